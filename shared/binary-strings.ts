import { type InfoHash, INFO_HASH_BYTES, infoHashFromHex } from './info-hash.ts';
import { type PeerId, peerIdFromText } from './peer-id.ts';

// The WebTorrent protocol writes 20 bytes into JSON as 20 characters U+0000 to U+00FF. It is done for every message
// of every browser, so tables stand in for the byte codecs where that is cheaper.

const MAX_BYTE = 0xff;

const HEX_OF_BYTE = Array.from({ length: MAX_BYTE + 1 }, (_, byte) =>
  byte.toString(16).padStart(2, '0'),
);

/** The info-hash that a binary string writes; `undefined` for any other value. */
export function infoHashFromBinary(value: unknown): InfoHash | undefined {
  if (typeof value !== 'string' || value.length !== INFO_HASH_BYTES) return undefined;
  let hex = '';
  // A character past U+00FF is no byte and adds nothing, so that the length is wrong.
  for (let i = 0; i < INFO_HASH_BYTES; i += 1) hex += HEX_OF_BYTE[value.charCodeAt(i)] ?? '';
  return infoHashFromHex(hex);
}

/** The 20 characters that an info-hash is on the wire. */
export function infoHashToBinary(infoHash: InfoHash): string {
  const bytes: number[] = [];
  for (let i = 0; i < INFO_HASH_BYTES * 2; i += 2) {
    bytes.push(hexDigit(infoHash.charCodeAt(i)) * 16 + hexDigit(infoHash.charCodeAt(i + 1)));
  }
  return String.fromCharCode(...bytes);
}

/** What a lower-case hexadecimal digit stands for, by its character code. */
function hexDigit(code: number): number {
  return code <= 0x39 ? code - 0x30 : code - 0x61 + 10;
}

/** The peer id that a binary string writes, which is the same text; `undefined` for any other value. */
export function peerIdFromBinary(value: unknown): PeerId | undefined {
  return typeof value === 'string' ? peerIdFromText(value) : undefined;
}
