import { Hono } from 'hono';
import type { Accounts } from '../accounts/accounts.ts';
import { serveOperation } from '../api/operation-routes.ts';
import { problemResponse } from '../problem.ts';
import type { Everseeds } from './catalog-everseeds.ts';
import type { Everseed } from './everseed.ts';
import { READ_EVERSEEDS, REPORT_EVERSEED, TOO_MANY_EVERSEEDS } from './everseed-operations.ts';

export interface EverseedComponents {
  readonly accounts: Accounts;
  readonly everseeds: Everseeds;
  readonly nowMs: () => number;
}

/** Where seed boxes report. Only for them, reading too: where they are is not for everyone. */
export function everseedRoutes({ accounts, everseeds, nowMs }: EverseedComponents): Hono {
  const app = new Hono();
  const nowSeconds = (): number => Math.floor(nowMs() / 1000);

  serveOperation(app, accounts, REPORT_EVERSEED, async ({ params, body }, c) => {
    const everseed = { id: params.id, seenAtSeconds: nowSeconds(), ...body };
    const outcome = await everseeds.report(everseed);
    if (outcome === 'too-many') return problemResponse(TOO_MANY_EVERSEEDS);
    return c.json(describeEverseed(everseed), outcome === 'new' ? 201 : 200);
  });

  serveOperation(app, accounts, READ_EVERSEEDS, async (_entered, c) => {
    const live = await everseeds.live(nowSeconds());
    const body = { everseeds: live.map(describeEverseed) };
    return c.json(body, 200, { 'cache-control': 'no-store' });
  });

  return app;
}

/** Not with its access key: that is between the seed box and the edge. */
function describeEverseed({ id, url, transports, health, seenAtSeconds }: Everseed) {
  return { id, url, transports, health, seenAt: new Date(seenAtSeconds * 1000).toISOString() };
}
