import { fromHex, toHex } from './bytes.ts';
import { invariant } from './invariant.ts';

declare const brand: unique symbol;

/** A v1 info-hash, or a v2 one cut to its first 20 bytes (BEP 52), as 40 lower-case hex digits. */
export type InfoHash = string & { readonly [brand]: 'InfoHash' };

export const INFO_HASH_BYTES = 20;

/** The info-hash that 20 raw bytes are; `undefined` for any other length. */
export function infoHashFromBytes(bytes: Uint8Array): InfoHash | undefined {
  return infoHashFromHex(toHex(bytes));
}

/** The info-hash that 40 hex digits in either case name; `undefined` for anything else. */
export function infoHashFromHex(hex: string): InfoHash | undefined {
  const lowerCase = hex.toLowerCase();
  return isInfoHash(lowerCase) ? lowerCase : undefined;
}

function isInfoHash(hex: string): hex is InfoHash {
  return hex.length === INFO_HASH_BYTES * 2 && /^[0-9a-f]*$/.test(hex);
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
