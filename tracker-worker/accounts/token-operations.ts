import * as v from 'valibot';
import { defineOperation } from '../api/operation.ts';
import { TIMESTAMP } from '../catalog/publication-schema.ts';
import type { Problem } from '../problem.ts';
import { OPERATOR, SCOPES } from './scope.ts';

const MAX_NEW_TOKEN_BYTES = 4096;
export const MAX_TOKEN_NAME_CHARACTERS = 64;

export const UNKNOWN_TOKEN: Problem = {
  status: 404,
  code: 'unknown-token',
  title: 'Not found',
  detail: 'there is no token with this id; the operator’s is the secret PUBLISHER_TOKEN',
};

export const NAME_TAKEN: Problem = {
  status: 409,
  code: 'name-taken',
  title: 'Conflict',
  detail: 'another token has this name',
};

export const TOO_MANY_TOKENS: Problem = {
  status: 409,
  code: 'too-many-tokens',
  title: 'Conflict',
  detail: 'this edge has 100 tokens and makes another when one of them is revoked',
};

const NEW_TOKEN_TOO_LARGE: Problem = {
  status: 413,
  code: 'too-large',
  title: 'Content too large',
  detail: 'the body of a new token may have 4,096 bytes',
};

const BAD_NAME = 'it is not a name of 1 to 64 characters';
const BAD_SCOPES = 'it is not a list of "publish", "seedbox" and "admin"';

export const NEW_TOKEN = v.strictObject(
  {
    name: v.pipe(
      v.string(BAD_NAME),
      v.check(isName, BAD_NAME),
      v.description('1 to 64 characters'),
    ),
    scopes: v.pipe(
      v.array(v.picklist(SCOPES, BAD_SCOPES), BAD_SCOPES),
      v.minLength(1, BAD_SCOPES),
      v.check((scopes) => new Set(scopes).size === scopes.length, BAD_SCOPES),
      v.description(
        'publish: publications; seedbox: register, report, announce for another address; admin: everything',
      ),
    ),
  },
  'the body is not a JSON object with the keys "name" and "scopes" alone',
);

const TOKEN = v.object({
  id: v.string(),
  name: v.string(),
  scopes: v.array(v.picklist(SCOPES)),
  createdAt: TIMESTAMP,
  lastUsedOn: v.nullable(v.pipe(v.string(), v.isoDate())),
});

export const READ_TOKENS = defineOperation({
  method: 'GET',
  path: '/api/tokens',
  id: 'readTokens',
  tag: 'Accounts',
  summary: 'See the access tokens',
  access: ['admin'],
  answers: {
    200: { description: 'The oldest first.', schema: v.object({ tokens: v.array(TOKEN) }) },
  },
});

export const CREATE_TOKEN = defineOperation({
  method: 'POST',
  path: '/api/tokens',
  id: 'createToken',
  tag: 'Accounts',
  summary: 'Make an access token',
  access: ['admin'],
  body: { schema: NEW_TOKEN, maxBytes: MAX_NEW_TOKEN_BYTES, tooLarge: NEW_TOKEN_TOO_LARGE },
  answers: {
    201: {
      description: 'The token. Its text is shown this once.',
      schema: v.object({ ...TOKEN.entries, token: v.string() }),
    },
  },
  problems: [NAME_TAKEN, TOO_MANY_TOKENS],
});

export const REVOKE_TOKEN = defineOperation({
  method: 'DELETE',
  path: '/api/tokens/:id',
  id: 'revokeToken',
  tag: 'Accounts',
  summary: 'Revoke an access token',
  description: 'Its sessions end at once; announces with it within a minute.',
  access: ['admin'],
  params: { id: v.pipe(v.string(), v.description('as it was made with')) },
  answers: { 204: { description: 'It is worth nothing any more.' } },
  problems: [UNKNOWN_TOKEN],
});

export const READ_SESSION = defineOperation({
  method: 'GET',
  path: '/api/session',
  id: 'readSession',
  tag: 'Accounts',
  summary: 'See whose the token or the session is that one sends',
  access: SCOPES,
  answers: {
    200: {
      description: 'Who one is.',
      schema: v.object({
        id: v.string(),
        name: v.string(),
        scopes: v.array(v.picklist(SCOPES)),
        csrf: v.pipe(
          v.nullable(v.string()),
          v.description('for the header x-csrf-token of writes; null without a session'),
        ),
        expiresAt: v.nullable(TIMESTAMP),
      }),
    },
  },
});

/** Text that reads as it is written: without control and format characters, and nobody else's. */
function isName(name: string): boolean {
  const length = Array.from(name).length;
  const isLegible =
    name.isWellFormed() && name.trim() === name && !/[\p{C}\p{Zl}\p{Zp}]/u.test(name);
  return isLegible && length >= 1 && length <= MAX_TOKEN_NAME_CHARACTERS && name !== OPERATOR.name;
}
