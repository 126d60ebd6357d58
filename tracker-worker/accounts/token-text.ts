import { encodeUtf8 } from '../../shared/text.ts';
import { encodeBase64Url } from './base64url.ts';

/** 256 bits: nobody guesses one, so that a fast hash of it is kept as safely as a slow one. */
const TOKEN_BYTES = 32;
const TOKEN_TEXT = /^evt_[A-Za-z0-9_-]{43}$/;

/** A new token's text. The prefix tells people, and scanners of sources, what it is. */
export function createTokenText(): string {
  return `evt_${encodeBase64Url(crypto.getRandomValues(new Uint8Array(TOKEN_BYTES)))}`;
}

/** Whether a text can be a token of the catalogue: what cannot costs no look. */
export function isTokenText(text: string): boolean {
  return TOKEN_TEXT.test(text);
}

/** The token in `Authorization: Bearer <token>` (RFC 6750); `undefined` in any other header. */
export function parseBearer(authorization: string): string | undefined {
  return /^Bearer +(\S+) *$/i.exec(authorization)?.[1];
}

/** What is kept and compared in a token's place. */
export async function hashToken(text: string): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest('SHA-256', encodeUtf8(text)));
}
