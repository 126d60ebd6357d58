import { Hono } from 'hono';
import { serveOperation } from '../api/operation-routes.ts';
import { problemResponse } from '../problem.ts';
import type { AccessToken } from './access-token.ts';
import { type Accounts, accountProblem } from './accounts.ts';
import {
  CREATE_TOKEN,
  NAME_TAKEN,
  READ_SESSION,
  READ_TOKENS,
  REVOKE_TOKEN,
  TOO_MANY_TOKENS,
  UNKNOWN_TOKEN,
} from './token-operations.ts';
import { makeToken } from './make-token.ts';
import type { Tokens } from './tokens.ts';

const MS_PER_DAY = 86_400_000;

export interface TokenComponents {
  readonly accounts: Accounts;
  readonly tokens: Tokens;
  readonly nowMs: () => number;
}

/** Access tokens: see them, make them, revoke them, which is for admins; and who one is oneself. */
export function tokenRoutes({ accounts, tokens, nowMs }: TokenComponents): Hono {
  const app = new Hono();

  serveOperation(app, accounts, READ_TOKENS, async (_entered, c) => {
    const body = { tokens: (await tokens.all()).map(describeToken) };
    return c.json(body, 200, { 'cache-control': 'no-store' });
  });

  serveOperation(app, accounts, CREATE_TOKEN, async ({ body }, c) => {
    const { outcome, token, text } = await makeToken(tokens, body, nowMs());
    if (outcome === 'name-taken') return problemResponse(NAME_TAKEN);
    if (outcome === 'too-many') return problemResponse(TOO_MANY_TOKENS);
    // The only time that the text leaves: what is kept cannot tell it.
    return c.json({ ...describeToken(token), token: text }, 201, { 'cache-control': 'no-store' });
  });

  serveOperation(app, accounts, REVOKE_TOKEN, async ({ params }, c) =>
    (await tokens.remove(params.id)) ? c.body(null, 204) : problemResponse(UNKNOWN_TOKEN),
  );

  serveOperation(app, accounts, READ_SESSION, async (_entered, c) => {
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
