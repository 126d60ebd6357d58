import { Hono } from 'hono';
import { logFault } from '../log.ts';
import { pageResponse } from '../pages/page-response.ts';
import { type Problem, problemResponse } from '../problem.ts';
import type { Swarms } from '../swarm/swarm-shards.ts';
import { formatMetrics, PROMETHEUS_CONTENT_TYPE } from '../../shared/prometheus.ts';
import { RecentStats, type StatsSnapshot } from './recent-stats.ts';
import { StatsPage } from './stats-page.tsx';
import { swarmMetrics } from './swarm-metrics.ts';
import { totalStats } from './total-stats.ts';

const STATS_UNAVAILABLE: Problem = {
  status: 503,
  code: 'stats-unavailable',
  title: 'Unavailable',
  detail: 'a part of the tracker did not answer: try again soon',
};

export interface StatsComponents {
  readonly swarms: Pick<Swarms, 'stats'>;
  readonly nowMs: () => number;
}

/** How the tracker is doing: `/stats` for people and programs, `/metrics` for Prometheus. */
export function statsRoutes({ swarms, nowMs }: StatsComponents): Hono {
  const app = new Hono();
  const recent = new RecentStats({ load: async () => swarms.stats(), nowMs });

  app.get('/stats', async (c) => {
    const stats = await readStats(recent);
    if (stats === undefined) return problemResponse(STATS_UNAVAILABLE);
    const isForPeople = c.req.header('accept')?.includes('text/html') === true;
    const response = isForPeople
      ? await pageResponse(<StatsPage stats={stats} />)
      : c.json(describeStats(stats), 200, { 'cache-control': 'no-store' });
    response.headers.set('vary', 'accept');
    return response;
  });

  app.get('/metrics', async (c) => {
    const stats = await readStats(recent);
    if (stats === undefined) return problemResponse(STATS_UNAVAILABLE);
    return c.body(formatMetrics(swarmMetrics(stats.shards)), 200, {
      'content-type': PROMETHEUS_CONTENT_TYPE,
      'cache-control': 'no-store',
    });
  });

  return app;
}

async function readStats(recent: RecentStats): Promise<StatsSnapshot | undefined> {
  try {
    return await recent.read();
  } catch (error) {
    logFault('reading statistics', error);
    return undefined;
  }
}

/** The keys are read by other people's programs: they may be added to, and never change. */
function describeStats({ atMs, shards }: StatsSnapshot) {
  return {
    at: new Date(atMs).toISOString(),
    ...totalStats(shards),
    shards: shards.map((shard) => ({ shard: shard.shard, ...totalStats([shard]) })),
  };
}
