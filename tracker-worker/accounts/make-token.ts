import { toHex } from '../../shared/bytes.ts';
import type { AccessToken, AddTokenOutcome } from './access-token.ts';
import { type Scope, SCOPES } from './scope.ts';
import { createTokenText, hashToken } from './token-text.ts';
import type { Tokens } from './tokens.ts';

const TOKEN_ID_BYTES = 8;

/** What is asked of a new token. */
export interface NewToken {
  readonly name: string;
  readonly scopes: readonly Scope[];
}

export interface MadeToken {
  /** `token` is kept only where it was added. */
  readonly outcome: AddTokenOutcome;
  readonly token: AccessToken;
  /** What its holder shows. It leaves only now: what is kept cannot tell it. */
  readonly text: string;
}

/** Makes an access token and keeps it under the hash of its text. */
export async function makeToken(
  tokens: Tokens,
  wanted: NewToken,
  nowMs: number,
): Promise<MadeToken> {
  const text = createTokenText();
  const token: AccessToken = {
    id: toHex(crypto.getRandomValues(new Uint8Array(TOKEN_ID_BYTES))),
    name: wanted.name,
    // In their own order, as they are kept.
    scopes: SCOPES.filter((scope) => wanted.scopes.includes(scope)),
    createdAtSeconds: Math.floor(nowMs / 1000),
    lastUsedDay: null,
  };
  return { outcome: await tokens.add(token, toHex(await hashToken(text))), token, text };
}
