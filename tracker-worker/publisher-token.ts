import { encodeUtf8 } from '../shared/text.ts';

/** Whether a request may do what only publishers may. */
export type TokenCheck = 'right' | 'wrong' | 'missing' | 'not-configured';

/**
 * Checks `Authorization: Bearer <token>` (RFC 6750) against the secret, in a time that tells nothing of it.
 * Without a secret no token is right.
 */
export async function checkPublisherToken(
  authorization: string | undefined,
  secret: string | undefined,
): Promise<TokenCheck> {
  if (secret === undefined) return 'not-configured';
  const offered = /^Bearer +(\S+) *$/i.exec(authorization ?? '')?.[1];
  if (offered === undefined) return authorization === undefined ? 'missing' : 'wrong';
  return (await equalInConstantTime(offered, secret)) ? 'right' : 'wrong';
}

/** Compares digests: they have one length, and their first differing byte says nothing about the texts. */
async function equalInConstantTime(a: string, b: string): Promise<boolean> {
  const [digestA, digestB] = await Promise.all([sha256(a), sha256(b)]);
  let difference = 0;
  for (const [index, byte] of digestA.entries()) difference |= byte ^ (digestB[index] ?? 0);
  return difference === 0;
}

async function sha256(text: string): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest('SHA-256', encodeUtf8(text)));
}
