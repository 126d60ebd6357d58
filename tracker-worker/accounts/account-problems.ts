import type { Problem } from '../problem.ts';

/** Why a request is not let in: the codes that an API client may meet before anything is done. */
export type AccountRefusalCode =
  | 'token-missing'
  | 'token-wrong'
  | 'publishing-disabled'
  | 'session-ended'
  | 'csrf-refused'
  | 'scope-missing';

export const ACCOUNT_PROBLEMS: Readonly<Record<AccountRefusalCode, Problem>> = {
  'token-missing': {
    status: 401,
    code: 'token-missing',
    title: 'Unauthorized',
    detail: 'this needs "Authorization: Bearer <token>", or a session of the console',
  },
  'token-wrong': {
    status: 401,
    code: 'token-wrong',
    title: 'Unauthorized',
    detail: 'the token is wrong, or was revoked',
  },
  'publishing-disabled': {
    status: 403,
    code: 'publishing-disabled',
    title: 'Forbidden',
    detail: 'this edge has no PUBLISHER_TOKEN, so that nobody may publish',
  },
  'session-ended': {
    status: 401,
    code: 'session-ended',
    title: 'Unauthorized',
    detail: 'the session is over: sign in again',
  },
  'csrf-refused': {
    status: 403,
    code: 'csrf-refused',
    title: 'Forbidden',
    detail: 'with a session, a write needs its CSRF token, and must come from a page of this edge',
  },
  'scope-missing': {
    status: 403,
    code: 'scope-missing',
    title: 'Forbidden',
    detail: 'the token may not do this: it has not the scope',
  },
};

/** Sign-ins of one address that are looked at in a minute. */
export const MAX_SIGN_INS_PER_MINUTE = 10;

export const TOO_MANY_SIGN_INS: Problem = {
  status: 429,
  code: 'too-many-sign-ins',
  title: 'Too many requests',
  detail: 'there were too many attempts to sign in from this address: wait a minute',
};
