import { hexByteAt } from './bytes.ts';
import { type InfoHash, INFO_HASH_BYTES, infoHashFromHex } from './info-hash.ts';
import { type PeerId, peerIdFromText } from './peer-id.ts';
import { StringBuilder } from './string-builder.ts';

// The WebTorrent protocol writes 20 bytes into JSON as 20 characters U+0000 to U+00FF, and so does a query that is
// unescaped. It is done for every announce, so that nothing stands between one form and the other.

const MAX_BYTE = 0xff;
const HEX_DIGITS = '0123456789abcdef';
/** Empty between two info-hashes. */
const digits = new StringBuilder();

/** The info-hash that a binary string writes; `undefined` for any other value. */
export function infoHashFromBinary(value: unknown): InfoHash | undefined {
  if (typeof value !== 'string' || value.length !== INFO_HASH_BYTES) return undefined;
  for (let i = 0; i < INFO_HASH_BYTES; i += 1) if (value.charCodeAt(i) > MAX_BYTE) return undefined;
  for (let i = 0; i < INFO_HASH_BYTES; i += 1) {
    const byte = value.charCodeAt(i);
    digits.push(HEX_DIGITS.charCodeAt(byte >>> 4));
    digits.push(HEX_DIGITS.charCodeAt(byte & 0xf));
  }
  return infoHashFromHex(digits.take());
}

/** The 20 characters that an info-hash is on the wire. */
export function infoHashToBinary(infoHash: InfoHash): string {
  const bytes: number[] = [];
  for (let i = 0; i < INFO_HASH_BYTES; i += 1) bytes.push(hexByteAt(infoHash, i));
  return String.fromCharCode(...bytes);
}

/** The peer id that a binary string writes, which is the same text; `undefined` for any other value. */
export function peerIdFromBinary(value: unknown): PeerId | undefined {
  return typeof value === 'string' ? peerIdFromText(value) : undefined;
}
