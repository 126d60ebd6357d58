import { encodeUtf8 } from '../../shared/text.ts';
import { encodeBase64Url } from './base64url.ts';
import { equalSecrets } from './equal-secrets.ts';
import { SESSION_SECONDS, type Session } from './session.ts';

const SESSION_ID_BYTES = 16;
/** Token id, expiry, session id, HMAC. Each has one spelling, so that no two texts are one session. */
const COOKIE_VALUE =
  /^([a-z0-9]{1,32})\.([1-9][0-9]{0,11})\.([A-Za-z0-9_-]{22})\.[A-Za-z0-9_-]{43}$/;

/**
 * Opens sessions and knows its own again. The key is derived from the operator's secret (HKDF-SHA-256, RFC 5869), so
 * that another secret ends every session.
 */
export class SessionSigner {
  readonly #secret: string;
  /** A key, and not the promise of one: a promise belongs to the request that began it. */
  #key: CryptoKey | undefined;

  constructor(secret: string) {
    this.#secret = secret;
  }

  /** A new session and the value of its cookie. */
  async open(tokenId: string, nowSeconds: number): Promise<{ session: Session; value: string }> {
    const session: Session = {
      tokenId,
      expiresAtSeconds: nowSeconds + SESSION_SECONDS,
      id: encodeBase64Url(crypto.getRandomValues(new Uint8Array(SESSION_ID_BYTES))),
    };
    const signed = `${tokenId}.${session.expiresAtSeconds}.${session.id}`;
    return { session, value: `${signed}.${await this.#mac('session', signed)}` };
  }

  /** The session in a cookie's value; `undefined` for one that is over or was not signed here. */
  async read(value: string, nowSeconds: number): Promise<Session | undefined> {
    const [, tokenId, expiry, id] = COOKIE_VALUE.exec(value) ?? [];
    if (tokenId === undefined || expiry === undefined || id === undefined) return undefined;
    const signed = `${tokenId}.${expiry}.${id}`;
    const expected = `${signed}.${await this.#mac('session', signed)}`;
    if (!(await equalSecrets(value, expected))) return undefined;
    const expiresAtSeconds = Number(expiry);
    return nowSeconds < expiresAtSeconds ? { tokenId, expiresAtSeconds, id } : undefined;
  }

  /** What a page of this session sends with each write, which no other site's page can know. */
  async csrfOf(session: Session): Promise<string> {
    return this.#mac('csrf', session.id);
  }

  /** The purpose is signed too: what proves one thing never proves another. */
  async #mac(purpose: 'session' | 'csrf', text: string): Promise<string> {
    this.#key ??= await deriveKey(this.#secret);
    const mac = await crypto.subtle.sign('HMAC', this.#key, encodeUtf8(`${purpose}:${text}`));
    return encodeBase64Url(new Uint8Array(mac));
  }
}

async function deriveKey(secret: string): Promise<CryptoKey> {
  const material = await crypto.subtle.importKey('raw', encodeUtf8(secret), 'HKDF', false, [
    'deriveKey',
  ]);
  const info = encodeUtf8('evertorrent sessions');
  const derivation = { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(), info };
  const algorithm = { name: 'HMAC', hash: 'SHA-256', length: 256 };
  return crypto.subtle.deriveKey(derivation, material, algorithm, false, ['sign']);
}
