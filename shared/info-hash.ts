import { fromHex, toHex } from './bytes.ts';
import { invariant } from './invariant.ts';

declare const brand: unique symbol;

/** A v1 info-hash, or a v2 one cut to its first 20 bytes (BEP 52), as 40 lower-case hex digits: the name of a swarm. */
export type InfoHash = string & { readonly [brand]: 'InfoHash' };

/** A v2 info-hash whole (BEP 52), as 64 lower-case hex digits. */
export type InfoHashV2 = string & { readonly [brand]: 'InfoHashV2' };

export const INFO_HASH_BYTES = 20;
const INFO_HASH_V2_BYTES = 32;

/** What a torrent is known by: a v1 hash, a v2 hash, or both where it is a hybrid (BEP 52, upgrade path). */
export type InfoHashes =
  | { readonly v1: InfoHash; readonly v2: InfoHashV2 | undefined }
  | { readonly v1: undefined; readonly v2: InfoHashV2 };

export const TORRENT_FORMATS = ['v1', 'hybrid', 'v2'] as const;

/** Which swarms a torrent is made for: BEP 3, BEP 52, or both at once (BEP 52, upgrade path). */
export type TorrentFormat = (typeof TORRENT_FORMATS)[number];

export function formatOf({ v1, v2 }: InfoHashes): TorrentFormat {
  if (v1 === undefined) return 'v2';
  return v2 === undefined ? 'v1' : 'hybrid';
}

/** The info-hash that 20 raw bytes are; `undefined` for any other length. */
export function infoHashFromBytes(bytes: Uint8Array): InfoHash | undefined {
  return infoHashFromHex(toHex(bytes));
}

/** The info-hash that 40 hex digits in either case name; `undefined` for anything else. */
export function infoHashFromHex(hex: string): InfoHash | undefined {
  if (isInfoHash(hex)) return hex;
  const lowerCase = hex.toLowerCase();
  return isInfoHash(lowerCase) ? lowerCase : undefined;
}

function isInfoHash(hex: string): hex is InfoHash {
  return hex.length === INFO_HASH_BYTES * 2 && isLowerCaseHex(hex);
}

/** By character: every announce comes through here more than once, and a regular expression is slow to set out. */
function isLowerCaseHex(text: string): boolean {
  for (let i = 0; i < text.length; i += 1) {
    const code = text.charCodeAt(i);
    const isDigit = (code >= 0x30 && code <= 0x39) || (code >= 0x61 && code <= 0x66);
    if (!isDigit) return false;
  }
  return true;
}

export function infoHashBytes(infoHash: InfoHash): Uint8Array<ArrayBuffer> {
  const bytes = fromHex(infoHash);
  invariant(bytes !== undefined, 'an InfoHash is hexadecimal');
  return bytes;
}

/** The first two hex digits: the `:prefix` of an announce URL that ends in the owning shard. */
export function infoHashPrefix(infoHash: InfoHash): string {
  return infoHash.slice(0, 2);
}

/** The v2 info-hash that 64 hex digits in either case name; `undefined` for anything else. */
export function infoHashV2FromHex(hex: string): InfoHashV2 | undefined {
  const lowerCase = hex.toLowerCase();
  return isInfoHashV2(lowerCase) ? lowerCase : undefined;
}

function isInfoHashV2(hex: string): hex is InfoHashV2 {
  return hex.length === INFO_HASH_V2_BYTES * 2 && isLowerCaseHex(hex);
}

/** The v2 info-hash that 32 raw bytes are; `undefined` for any other length. */
export function infoHashV2FromBytes(bytes: Uint8Array): InfoHashV2 | undefined {
  return infoHashV2FromHex(toHex(bytes));
}

/** A v2 info-hash as trackers and handshakes carry it: its first 20 bytes (BEP 52, trackers). */
function truncateInfoHash(infoHash: InfoHashV2): InfoHash {
  const truncated = infoHashFromHex(infoHash.slice(0, INFO_HASH_BYTES * 2));
  invariant(truncated !== undefined, 'a v2 info-hash is longer than a v1 one');
  return truncated;
}

/** The swarms of a torrent, the one that it is filed under first: v1, then v2; a hybrid has both. */
export function swarmsOf({ v1, v2 }: InfoHashes): readonly [InfoHash, ...InfoHash[]] {
  if (v1 === undefined) return [truncateInfoHash(v2)];
  return v2 === undefined ? [v1] : [v1, truncateInfoHash(v2)];
}

/** The info-hashes of a torrent that is filed under `swarm`, `swarmsOf()` the other way round; `v2` is whole. */
export function hashesFiledUnder(swarm: InfoHash, v2: InfoHashV2 | undefined): InfoHashes {
  if (v2 === undefined) return { v1: swarm, v2 };
  return truncateInfoHash(v2) === swarm ? { v1: undefined, v2 } : { v1: swarm, v2 };
}

/**
 * The swarm that an `:infohash` in a URL names: a v1 info-hash, a v2 one, or the part of that which trackers use. The
 * second form is 64 hex digits, the others are 40; `undefined` for anything else.
 */
export function infoHashInUrl(text: string): InfoHash | undefined {
  const v2 = infoHashV2FromHex(text);
  return v2 === undefined ? infoHashFromHex(text) : truncateInfoHash(v2);
}
