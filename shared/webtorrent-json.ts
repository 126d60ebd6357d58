import { decodeUtf8, encodeUtf8 } from './text.ts';
import { MAX_OFFER_ID_CHARACTERS } from './webtorrent-messages.ts';

// What messages to and from a WebTorrent tracker are made of.

/** What JSON calls an object. Only own keys are ever asked for that no prototype has. */
export type JsonObject = Readonly<Record<string, unknown>>;

export function isOfferId(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && value.length <= MAX_OFFER_ID_CHARACTERS;
}

export function isAbsent(value: unknown): value is null | undefined {
  return value === undefined || value === null;
}

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The value that JSON text writes; `undefined`, which none does, where it is no JSON. */
export function parseJson(data: string | Uint8Array): unknown {
  const text = typeof data === 'string' ? data : decodeUtf8(data);
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The session description of an `RTCSessionDescription`; all else that it holds goes no further. */
export function parseSdp(
  description: unknown,
  type: 'offer' | 'answer',
  maxSdpBytes: number,
): string | undefined {
  if (!isJsonObject(description) || description['type'] !== type) return undefined;
  const sdp = description['sdp'];
  return typeof sdp === 'string' && sdp !== '' && fitsUtf8(sdp, maxSdpBytes) ? sdp : undefined;
}

/** A UTF-16 unit is 1 to 3 bytes of UTF-8: only in between must they be counted. */
function fitsUtf8(text: string, maxBytes: number): boolean {
  if (text.length > maxBytes) return false;
  return text.length * 3 <= maxBytes || encodeUtf8(text).length <= maxBytes;
}
