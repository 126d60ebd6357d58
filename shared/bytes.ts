/** Byte strings: joining, comparing, hexadecimal. */

export function concatBytes(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  let length = 0;
  for (const part of parts) length += part.length;
  const whole = new Uint8Array(length);
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}

/** Below 0, 0 or above 0 as raw bytes order: the order of bencoded keys (BEP 3) and of file trees (BEP 52). */
export function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const shared = Math.min(a.length, b.length);
  for (let i = 0; i < shared; i += 1) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && compareBytes(a, b) === 0;
}

/** The four bytes from `offset` on as a signed number in network order. */
export function wordAt(bytes: Uint8Array, offset: number): number {
  return (
    ((bytes[offset] ?? 0) << 24) |
    ((bytes[offset + 1] ?? 0) << 16) |
    ((bytes[offset + 2] ?? 0) << 8) |
    (bytes[offset + 3] ?? 0)
  );
}

/** Two lower-case digits of every byte. */
const HEX_PAIRS = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

const NOT_A_DIGIT = 0xff;
/** The value of the hexadecimal digit with each character code, `NOT_A_DIGIT` for any other character. */
const HEX_VALUES = new Uint8Array(256).fill(NOT_A_DIGIT);
for (let value = 0; value < 16; value += 1) {
  const digit = value.toString(16);
  HEX_VALUES[digit.charCodeAt(0)] = value;
  HEX_VALUES[digit.toUpperCase().charCodeAt(0)] = value;
}

/** The value of a hexadecimal digit in either case; `undefined` where the code is no digit's, or `NaN`. */
export function hexDigitValue(characterCode: number): number | undefined {
  const value = HEX_VALUES[characterCode];
  return value === NOT_A_DIGIT ? undefined : value;
}

/** The byte at an index of what a hexadecimal string writes; 0 where it writes none. */
export function hexByteAt(hex: string, index: number): number {
  const high = hexDigitValue(hex.charCodeAt(2 * index)) ?? 0;
  const low = hexDigitValue(hex.charCodeAt(2 * index + 1)) ?? 0;
  return high * 16 + low;
}

export function toHex(bytes: Uint8Array): string {
  let hex = '';
  // By index: an iterator costs half as much again, and every announce comes through here.
  for (let i = 0; i < bytes.length; i += 1) hex += HEX_PAIRS[bytes[i] ?? 0] ?? '';
  return hex;
}

/** The bytes of an even-length hexadecimal string in either case, or `undefined`. */
export function fromHex(hex: string): Uint8Array<ArrayBuffer> | undefined {
  if (hex.length % 2 !== 0) return undefined;
  const bytes = new Uint8Array(hex.length / 2);
  for (let i = 0; i < bytes.length; i += 1) {
    const high = hexDigitValue(hex.charCodeAt(2 * i));
    const low = hexDigitValue(hex.charCodeAt(2 * i + 1));
    if (high === undefined || low === undefined) return undefined;
    bytes[i] = high * 16 + low;
  }
  return bytes;
}
