import { concatBytes } from '../../shared/bytes.ts';

/** The ids of the messages (BEP 3, 6, 10, 52). */
export const ID = {
  choke: 0,
  unchoke: 1,
  interested: 2,
  notInterested: 3,
  have: 4,
  bitfield: 5,
  request: 6,
  piece: 7,
  cancel: 8,
  haveAll: 14,
  haveNone: 15,
  reject: 16,
  allowedFast: 17,
  extended: 20,
  hashRequest: 21,
  hashes: 22,
  hashReject: 23,
} as const;

/** Four bytes of length in front of every message. */
export const LENGTH_PREFIX_BYTES = 4;

/** A whole message: its length, its id, its payload. */
export function frameMessage(id: number, parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const length = parts.reduce((sum, part) => sum + part.length, 1);
  const prefix = new Uint8Array(LENGTH_PREFIX_BYTES + 1);
  writeUint32(prefix, 0, length);
  prefix[LENGTH_PREFIX_BYTES] = id;
  return concatBytes([prefix, ...parts]);
}

/** Unsigned: `<< 24` alone would turn a length of 2^31 or more negative. */
export function readUint32(bytes: Uint8Array, offset: number): number {
  const [a, b, c, d] = [bytes[offset], bytes[offset + 1], bytes[offset + 2], bytes[offset + 3]];
  if (a === undefined || b === undefined || c === undefined || d === undefined) {
    throw new RangeError('The number lies beyond the end');
  }
  return ((a << 24) | (b << 16) | (c << 8) | d) >>> 0;
}

export function writeUint32(bytes: Uint8Array, offset: number, value: number): void {
  new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).setUint32(offset, value);
}
