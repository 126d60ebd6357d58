import { Hono } from 'hono';
import { infoHashInUrl } from '../../shared/info-hash.ts';
import {
  MAX_WEB_SEED_TARGET_CHARACTERS,
  WEB_SEED_CORS,
  WEB_SEED_PREFLIGHT,
  WEB_SEED_SAFETY,
} from '../../shared/web-seed-headers.ts';
import { BAD_INFO_HASH, UNKNOWN_TORRENT } from '../catalog/api-problems.ts';
import type { Config } from '../config.ts';
import { type Problem, problemResponse } from '../problem.ts';
import type { Everseeds } from './catalog-everseeds.ts';
import { fetchFromEverseed } from './fetch-from-everseed.ts';
import { RecentSources } from './recent-sources.ts';

/** Seed boxes that are asked for one request. */
const MAX_ATTEMPTS = 3;
const RETRY_AFTER_SECONDS = '60';
/** What the client is told of a seed box's answer. */
const PASSED_BACK = [
  'accept-ranges',
  'cache-control',
  'content-length',
  'content-range',
  'content-type',
  'etag',
];

const PROXY_OFF: Problem = {
  status: 404,
  code: 'web-seed-off',
  title: 'Not found',
  detail: 'this edge relays no files',
};

const TOO_LONG: Problem = {
  status: 414,
  code: 'too-long',
  title: 'URI too long',
  detail: 'the URL of a file may have 8,192 characters',
};

const NO_SUCH_FILE: Problem = {
  status: 404,
  code: 'unknown-file',
  title: 'Not found',
  detail: 'no seed box has such a file',
};

const NO_EVERSEED: Problem = {
  status: 503,
  code: 'no-everseed',
  title: 'Unavailable',
  detail: 'no seed box can give this file now: try again soon',
};

export interface WebSeedComponents {
  readonly config: Config;
  readonly everseeds: Everseeds;
  readonly nowMs: () => number;
}

/** The web seed (BEP 19) at the edge: byte ranges from a seed box, streamed through and never held. */
export function webSeedRoutes({ config, everseeds, nowMs }: WebSeedComponents): Hono {
  const app = new Hono();
  const sources = new RecentSources({ everseeds, nowMs });

  app.options('/webseed/*', (c) =>
    config.webSeedProxy ? c.body(null, 204, WEB_SEED_PREFLIGHT) : refuse(PROXY_OFF),
  );

  app.get('/webseed/*', async (c) => {
    if (!config.webSeedProxy) return refuse(PROXY_OFF);
    const { pathname, search } = new URL(c.req.url);
    const target = pathname + search;
    if (target.length > MAX_WEB_SEED_TARGET_CHARACTERS) return refuse(TOO_LONG);
    const [, , hex = ''] = pathname.split('/');
    const infoHash = infoHashInUrl(hex);
    if (infoHash === undefined) return refuse(BAD_INFO_HASH);
    const urls = await sources.of(infoHash);
    if (urls === null) return refuse(UNKNOWN_TORRENT);

    let problem: Problem | undefined;
    for (const url of urls.slice(0, MAX_ATTEMPTS)) {
      const answer = await fetchFromEverseed(url + target, c.req.raw);
      if (answer !== undefined && isGood(answer.status)) return passBack(answer);
      // A seed box that has the torrent knows its files; one that is damaged or away may have them again.
      problem = answer?.status === 404 ? (problem ?? NO_SUCH_FILE) : NO_EVERSEED;
      await answer?.body?.cancel();
    }
    return refuse(problem ?? NO_EVERSEED);
  });

  return app;
}

function isGood(status: number): boolean {
  return status === 200 || status === 206 || status === 304 || status === 416;
}

function passBack(answer: Response): Response {
  const headers = new Headers({ ...WEB_SEED_CORS, ...WEB_SEED_SAFETY });
  for (const name of PASSED_BACK) {
    const value = answer.headers.get(name);
    if (value !== null) headers.set(name, value);
  }
  return new Response(answer.body, { status: answer.status, headers });
}

function refuse(problem: Problem): Response {
  const isPassing = problem.status === 503;
  return problemResponse(problem, {
    ...WEB_SEED_CORS,
    ...(isPassing ? { 'retry-after': RETRY_AFTER_SECONDS } : {}),
  });
}
