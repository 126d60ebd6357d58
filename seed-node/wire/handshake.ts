import { concatBytes, equalBytes } from '../../shared/bytes.ts';
import { type InfoHash, infoHashBytes, infoHashFromBytes } from '../../shared/info-hash.ts';
import { type PeerId, peerIdBytes, peerIdFromBytes } from '../../shared/peer-id.ts';
import { encodeLatin1 } from '../../shared/text.ts';

/** What both sides say first (BEP 3): who they are, which torrent, which extensions. */
export interface Handshake {
  readonly infoHash: InfoHash;
  readonly peerId: PeerId;
  /** BEP 10. */
  readonly hasExtensions: boolean;
  /** BEP 6: in force where both sides say so. */
  readonly isFast: boolean;
  /** BEP 52: it knows v2 torrents, so that a conversation about a hybrid can be in its v2 swarm. */
  readonly hasV2: boolean;
}

export const HANDSHAKE_BYTES = 68;

const PREFIX = encodeLatin1('\x13BitTorrent protocol');
/** Of a handshake, those that are always the same. */
export const HANDSHAKE_PREFIX_BYTES: number = PREFIX.length;
/** Bit 20 of the reserved 64, counted from the right (BEP 10). */
const EXTENSION_BYTE = 5;
const EXTENSION_BIT = 0x10;
/** The third least significant bit of the last reserved byte (BEP 6). */
const FAST_BYTE = 7;
const FAST_BIT = 0x04;
/** The fourth most significant bit of the last reserved byte (BEP 52). */
const V2_BYTE = 7;
const V2_BIT = 0x10;

export function encodeHandshake(handshake: Handshake): Uint8Array<ArrayBuffer> {
  const reserved = new Uint8Array(8);
  if (handshake.hasExtensions) reserved[EXTENSION_BYTE] = EXTENSION_BIT;
  if (handshake.isFast) reserved[FAST_BYTE] = FAST_BIT;
  if (handshake.hasV2) reserved[V2_BYTE] = (reserved[V2_BYTE] ?? 0) | V2_BIT;
  return concatBytes([
    PREFIX,
    reserved,
    infoHashBytes(handshake.infoHash),
    peerIdBytes(handshake.peerId),
  ]);
}

/** The handshake that exactly `HANDSHAKE_BYTES` bytes are, or `undefined` where they are none. */
export function decodeHandshake(bytes: Uint8Array): Handshake | undefined {
  const reserved = bytes.subarray(PREFIX.length, PREFIX.length + 8);
  const infoHash = infoHashFromBytes(bytes.subarray(28, 48));
  const peerId = peerIdFromBytes(bytes.subarray(48));
  if (!startsLikeHandshake(bytes) || infoHash === undefined || peerId === undefined)
    return undefined;
  return {
    infoHash,
    peerId,
    hasExtensions: ((reserved[EXTENSION_BYTE] ?? 0) & EXTENSION_BIT) !== 0,
    isFast: ((reserved[FAST_BYTE] ?? 0) & FAST_BIT) !== 0,
    hasV2: ((reserved[V2_BYTE] ?? 0) & V2_BIT) !== 0,
  };
}

/** False as soon as the bytes so far cannot become a handshake: garbage and encrypted starts need not be waited out. */
export function startsLikeHandshake(bytes: Uint8Array): boolean {
  const length = Math.min(bytes.length, PREFIX.length);
  return equalBytes(bytes.subarray(0, length), PREFIX.subarray(0, length));
}
