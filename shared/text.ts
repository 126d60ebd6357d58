/** UTF-8 to and from bytes, and Latin-1 where a string must hold bytes one to one. */

// The WHATWG Encoding classes exist in every runtime that this package meets; declaring just what is
// used here keeps `shared/` free of any one runtime's types.
declare class TextEncoder {
  encode(text: string): Uint8Array<ArrayBuffer>;
}
declare class TextDecoder {
  constructor(label: string, options: { fatal: boolean; ignoreBOM: boolean });
  decode(bytes: Uint8Array): string;
}

const utf8Encoder = new TextEncoder();
const utf8Decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

export function encodeUtf8(text: string): Uint8Array<ArrayBuffer> {
  return utf8Encoder.encode(text);
}

/** The text, or `undefined` where the bytes are not UTF-8. */
export function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return utf8Decoder.decode(bytes);
  } catch {
    return undefined;
  }
}

/** One character U+0000 to U+00FF a byte: a bytes-as-string key that loses nothing. */
export function decodeLatin1(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return text;
}

/** The bytes of a string that `decodeLatin1` made; characters above U+00FF lose their high bits. */
export function encodeLatin1(text: string): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(text.length);
  writeLatin1(text, bytes, 0);
  return bytes;
}

/** Writes what `encodeLatin1` makes of a text into `bytes` from `start` on; where it ends. */
export function writeLatin1(text: string, bytes: Uint8Array, start: number): number {
  // oxlint-disable-next-line no-param-reassign -- the caller's buffer is what is filled
  for (let i = 0; i < text.length; i += 1) bytes[start + i] = text.charCodeAt(i);
  return start + text.length;
}
