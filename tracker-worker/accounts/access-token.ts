import type { Identity } from './scope.ts';

/** Tokens that one edge has at a time. */
export const MAX_ACCESS_TOKENS = 100;

/** An access token, without its text: that is shown once, and only its hash is kept. */
export interface AccessToken extends Identity {
  readonly createdAtSeconds: number;
  /** The day when it was last used, counted from 1970-01-01; null for one that never was. */
  readonly lastUsedDay: number | null;
}

/** What became of a new token. */
export type AddTokenOutcome = 'added' | 'name-taken' | 'too-many';
