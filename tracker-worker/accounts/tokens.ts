import type { AccessToken, AddTokenOutcome } from './access-token.ts';

/** The access tokens as the edge sees them. Calls throw when the catalogue is away. */
export interface Tokens {
  /** Keeps a token under the hash of its text, in hexadecimal digits. */
  add(token: AccessToken, hash: string): Promise<AddTokenOutcome>;
  /** Revokes a token; whether there was one. */
  remove(id: string): Promise<boolean>;
  /** All of them, the oldest first. */
  all(): Promise<readonly AccessToken[]>;
  /** The token whose text has this hash, or that has this id, and notes on which day it was used. */
  use(by: 'id' | 'hash', value: string, day: number): Promise<AccessToken | null>;
}
