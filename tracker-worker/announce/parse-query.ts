import { accept, refuse, type Result } from '../../shared/result.ts';
import { decodeLatin1, encodeUtf8 } from '../../shared/text.ts';

/** Fits a scrape of 64 info-hashes with every byte escaped. */
export const MAX_QUERY_BYTES = 8192;

/** A query's parameters in order: a key one character a byte, and the value's raw bytes. */
export type QueryParameters = readonly (readonly [key: string, value: Uint8Array])[];

const BYTE = { ampersand: 0x26, equals: 0x3d, percent: 0x25, plus: 0x2b, space: 0x20 } as const;

/**
 * Parses the query of a raw URL into bytes. An info-hash is 20 arbitrary bytes, which `URLSearchParams` would turn
 * into U+FFFD, so that different torrents became one.
 *
 * `+` is a space, as Python's `urlencode` and newTrackon write it; a broken escape stays as it is written, as most
 * trackers keep it, and then fails as a wrong length; parts without a key are passed over.
 */
export function parseQuery(url: string): Result<QueryParameters, 'query-too-long'> {
  const start = url.indexOf('?');
  if (start === -1) return accept([]);
  const query = url.slice(start + 1);
  // A byte takes at least a character's place: checked before anything is copied.
  if (query.length > MAX_QUERY_BYTES) return refuseLong();
  const bytes = encodeUtf8(query);
  if (bytes.length > MAX_QUERY_BYTES) return refuseLong();

  const parameters: (readonly [string, Uint8Array])[] = [];
  let from = 0;
  while (from < bytes.length) {
    const ampersand = bytes.indexOf(BYTE.ampersand, from);
    const end = ampersand === -1 ? bytes.length : ampersand;
    const part = bytes.subarray(from, end);
    from = end + 1;
    const equals = part.indexOf(BYTE.equals);
    const key = equals === -1 ? part : part.subarray(0, equals);
    if (key.length === 0) continue;
    const value = equals === -1 ? new Uint8Array() : part.subarray(equals + 1);
    parameters.push([decodeLatin1(unescape(key)), unescape(value)]);
  }
  return accept(parameters);
}

function refuseLong(): Result<never, 'query-too-long'> {
  return refuse('query-too-long', 'the query is longer than 8192 bytes');
}

/** The bytes that percent-encoded ones stand for. */
function unescape(escaped: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(escaped.length);
  let length = 0;
  for (let i = 0; i < escaped.length; i += 1) {
    const byte = escaped[i] ?? 0;
    const high = byte === BYTE.percent ? hexDigit(escaped[i + 1]) : undefined;
    const low = high === undefined ? undefined : hexDigit(escaped[i + 2]);
    if (high !== undefined && low !== undefined) {
      bytes[length] = high * 16 + low;
      i += 2;
    } else {
      bytes[length] = byte === BYTE.plus ? BYTE.space : byte;
    }
    length += 1;
  }
  return bytes.subarray(0, length);
}

function hexDigit(byte: number | undefined): number | undefined {
  if (byte === undefined) return undefined;
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const lowerCase = byte | 0x20;
  return lowerCase >= 0x61 && lowerCase <= 0x66 ? lowerCase - 0x61 + 10 : undefined;
}
