import { Hono } from 'hono';
import { infoHashInUrl } from '../../shared/info-hash.ts';
import type { SeedingReport } from '../seeding/seeding-report.ts';
import { problemResponse } from './api-problem.ts';
import type { ApiEnv } from './api-routes.ts';

const DEFAULT_LIMIT = 50;
const MAX_LIMIT = 200;
const NO_STORE = { 'cache-control': 'no-store' };

/** How seeding is going. It is the same for every account: what is published is known to all. */
export function seedingRoutes({ seeding }: { readonly seeding: SeedingReport }): Hono<ApiEnv> {
  const app = new Hono<ApiEnv>();

  app.get('/api/seeding', (c) => {
    const limit = Number(c.req.query('limit') ?? DEFAULT_LIMIT);
    const after = c.req.query('after') ?? '';
    if (!Number.isInteger(limit) || limit < 1 || !/^[0-9a-f]{0,40}$/i.test(after)) {
      const detail = 'a limit is a number from 1 on, and after is an info-hash';
      return problemResponse({ status: 400, code: 'bad-query', detail });
    }
    const torrents = seeding.page(after.toLowerCase(), Math.min(limit, MAX_LIMIT));
    return c.json({ torrents }, 200, NO_STORE);
  });

  app.get('/api/seeding/:infohash', (c) => {
    const infoHash = infoHashInUrl(c.req.param('infohash'));
    const torrent = infoHash && seeding.of(infoHash);
    if (torrent === undefined) {
      const detail = 'this torrent is not seeded here';
      return problemResponse({ status: 404, code: 'unknown-torrent', detail });
    }
    return c.json(torrent, 200, NO_STORE);
  });

  return app;
}
