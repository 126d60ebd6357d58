import { Hono } from 'hono';
import type { Accounts } from '../accounts/accounts.ts';
import { serveOperation } from '../api/operation-routes.ts';
import type { Publications } from './catalog-publications.ts';
import { READ_HISTORY } from './history-operations.ts';
import { HISTORY_RANGES } from './history-range.ts';
import type { Sample } from './history-store.ts';

export interface HistoryComponents {
  readonly accounts: Accounts;
  readonly publications: Pick<Publications, 'history'>;
  readonly nowMs: () => number;
}

/** What the charts of the console are drawn from. */
export function historyRoutes({ accounts, publications, nowMs }: HistoryComponents): Hono {
  const app = new Hono();

  serveOperation(app, accounts, READ_HISTORY, async ({ query: { range } }, c) => {
    const { seconds, stepSeconds } = HISTORY_RANGES[range];
    const fromSeconds = Math.floor(nowMs() / 1000) - seconds;
    const samples = await publications.history(fromSeconds, stepSeconds);
    return c.json({ range, stepSeconds, samples: samples.map(describeSample) }, 200, {
      'cache-control': 'no-store',
    });
  });

  return app;
}

function describeSample({ atSeconds, seeders, leechers, peerBytes, webSeedBytes }: Sample) {
  const at = new Date(atSeconds * 1000).toISOString();
  return { at, seeders, leechers, uploadedBytes: peerBytes, webSeedBytes };
}
