import { Hono } from 'hono';
import { infoHashInUrl } from '../../shared/info-hash.ts';
import { RequestLimiter } from '../announce/request-limiter.ts';
import { admitSender } from '../announce/sender.ts';
import { BAD_INFO_HASH, UNKNOWN_TORRENT } from '../catalog/api-problems.ts';
import type { Config } from '../config.ts';
import { type Problem, problemResponse } from '../problem.ts';
import type { Swarms } from '../swarm/swarm-shards.ts';

const NO_UPGRADE: Problem = {
  status: 426,
  code: 'upgrade-required',
  title: 'Upgrade required',
  detail: 'the live counts are sent over a WebSocket',
};

const TOO_MANY: Problem = {
  status: 429,
  code: 'too-many-requests',
  title: 'Too many requests',
  detail: 'too many requests from your address, try again in a minute',
};

export interface LiveComponents {
  readonly swarms: Swarms;
  readonly config: Config;
  readonly nowMs: () => number;
}

/** `/t/:infohash/live`: a WebSocket over which the counts of a torrent's swarm are sent when they change. */
export function liveRoutes({ swarms, config, nowMs }: LiveComponents): Hono {
  const app = new Hono();
  const gate = { limiter: new RequestLimiter(config), nowMs };

  app.get('/t/:infohash/live', async (c) => {
    const infoHash = infoHashInUrl(c.req.param('infohash'));
    if (infoHash === undefined) return problemResponse(BAD_INFO_HASH);
    if (c.req.header('upgrade')?.toLowerCase() !== 'websocket') {
      return problemResponse(NO_UPGRADE, { upgrade: 'websocket' });
    }
    const sender = admitSender(c.req.raw.headers, gate);
    if (!sender.ok) return problemResponse(TOO_MANY, { 'retry-after': '60' });
    const answer = await swarms.watch(c.req.raw, infoHash, sender.value);
    return answer.status === 404 ? problemResponse(UNKNOWN_TORRENT) : answer;
  });

  return app;
}
