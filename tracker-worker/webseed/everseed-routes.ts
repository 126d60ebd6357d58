import { Hono } from 'hono';
import { badRequest } from '../catalog/api-problems.ts';
import { readBody } from '../catalog/read-body.ts';
import { tokenProblem } from '../catalog/token-problem.ts';
import type { Config } from '../config.ts';
import { type Problem, problemResponse } from '../problem.ts';
import type { Everseeds } from './catalog-everseeds.ts';
import type { Everseed } from './everseed.ts';
import { MAX_REPORT_BYTES, parseEverseedId, parseEverseedReport } from './parse-everseed.ts';

const REPORT_TOO_LARGE: Problem = {
  status: 413,
  code: 'too-large',
  title: 'Content too large',
  detail: 'the body of a report may have 4,096 bytes',
};

const TOO_MANY: Problem = {
  status: 409,
  code: 'too-many-everseeds',
  title: 'Conflict',
  detail: 'this edge knows 100 seed boxes and takes another when one of them is gone',
};

export interface EverseedComponents {
  readonly config: Config;
  readonly everseeds: Everseeds;
  readonly nowMs: () => number;
}

/** Where seed boxes report. Only for who has the publisher token, reading too: where they are is not for everyone. */
export function everseedRoutes({ config, everseeds, nowMs }: EverseedComponents): Hono {
  const app = new Hono();
  const nowSeconds = (): number => Math.floor(nowMs() / 1000);

  app.use(
    '/api/everseeds/*',
    async (c, next) =>
      (await tokenProblem(c.req.header('authorization'), config.publisherToken)) ?? (await next()),
  );

  app.put('/api/everseeds/:id', async (c) => {
    const id = parseEverseedId(c.req.param('id'));
    if (!id.ok) return problemResponse(badRequest(id.refusal));
    const body = await readBody(c.req.raw, MAX_REPORT_BYTES);
    if (!body.ok) return problemResponse(REPORT_TOO_LARGE);
    const report = parseEverseedReport(body.value);
    if (!report.ok) return problemResponse(badRequest(report.refusal));
    const everseed = { id: id.value, seenAtSeconds: nowSeconds(), ...report.value };
    const outcome = await everseeds.report(everseed);
    if (outcome === 'too-many') return problemResponse(TOO_MANY);
    return c.json(describeEverseed(everseed), outcome === 'new' ? 201 : 200);
  });

  app.get('/api/everseeds', async (c) => {
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
