import { Hono } from 'hono';
import { badRequest } from '../catalog/api-problems.ts';
import { readBody } from '../catalog/read-body.ts';
import { type Problem, problemResponse } from '../problem.ts';
import type { AccessToken } from './access-token.ts';
import { type Accounts, accountProblem } from './accounts.ts';
import type { Tokens } from './tokens.ts';
import { makeToken } from './make-token.ts';
import { MAX_NEW_TOKEN_BYTES, parseNewToken } from './parse-new-token.ts';

const MS_PER_DAY = 86_400_000;

const UNKNOWN_TOKEN: Problem = {
  status: 404,
  code: 'unknown-token',
  title: 'Not found',
  detail: 'there is no token with this id; the operator’s is the secret PUBLISHER_TOKEN',
};

const NAME_TAKEN: Problem = {
  status: 409,
  code: 'name-taken',
  title: 'Conflict',
  detail: 'another token has this name',
};

const TOO_MANY_TOKENS: Problem = {
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

export interface TokenComponents {
  readonly accounts: Accounts;
  readonly tokens: Tokens;
  readonly nowMs: () => number;
}

/** Access tokens: see them, make them, revoke them, which is for admins; and who one is oneself. */
export function tokenRoutes({ accounts, tokens, nowMs }: TokenComponents): Hono {
  const app = new Hono();

  app.use('/api/tokens/*', async (c, next) => {
    const identity = await accounts.authorize(c.req.raw, 'admin');
    return identity instanceof Response ? identity : next();
  });

  app.get('/api/tokens', async (c) => {
    const body = { tokens: (await tokens.all()).map(describeToken) };
    return c.json(body, 200, { 'cache-control': 'no-store' });
  });

  app.post('/api/tokens', async (c) => {
    const body = await readBody(c.req.raw, MAX_NEW_TOKEN_BYTES);
    if (!body.ok) return problemResponse(NEW_TOKEN_TOO_LARGE);
    const wanted = parseNewToken(body.value);
    if (!wanted.ok) return problemResponse(badRequest(wanted.refusal));
    const { outcome, token, text } = await makeToken(tokens, wanted.value, nowMs());
    if (outcome === 'name-taken') return problemResponse(NAME_TAKEN);
    if (outcome === 'too-many') return problemResponse(TOO_MANY_TOKENS);
    // The only time that the text leaves: what is kept cannot tell it.
    return c.json({ ...describeToken(token), token: text }, 201, { 'cache-control': 'no-store' });
  });

  app.delete('/api/tokens/:id', async (c) =>
    (await tokens.remove(c.req.param('id'))) ? c.body(null, 204) : problemResponse(UNKNOWN_TOKEN),
  );

  app.get('/api/session', async (c) => {
    const caller = await accounts.identify(c.req.raw);
    if (!caller.ok) return accountProblem(caller.refusal.code);
    const { identity, session } = caller.value;
    const body = {
      id: identity.id,
      name: identity.name,
      scopes: identity.scopes,
      csrf: session?.csrf ?? null,
      expiresAt:
        session === undefined ? null : new Date(session.expiresAtSeconds * 1000).toISOString(),
    };
    return c.json(body, 200, { 'cache-control': 'no-store' });
  });

  return app;
}

function describeToken({ id, name, scopes, createdAtSeconds, lastUsedDay }: AccessToken) {
  return {
    id,
    name,
    scopes,
    createdAt: new Date(createdAtSeconds * 1000).toISOString(),
    lastUsedOn:
      lastUsedDay === null ? null : new Date(lastUsedDay * MS_PER_DAY).toISOString().slice(0, 10),
  };
}
