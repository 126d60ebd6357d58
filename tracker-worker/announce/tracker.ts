import { refuse, type Result } from '../../shared/result.ts';
import { AnnounceTokens } from '../accounts/announce-tokens.ts';
import type { Tokens } from '../accounts/tokens.ts';
import { logFault, logSampled } from '../log.ts';
import { answerAnnounce } from './answer-announce.ts';
import { answerScrape } from './answer-scrape.ts';
import { encodeFailure } from './encode-failure.ts';
import { openSocket } from './open-socket.ts';
import { RequestLimiter } from './request-limiter.ts';
import { retryOf, type TrackerRefusalCode } from './retry-of.ts';
import type { TrackerContext, TrackerRequest } from './tracker-context.ts';
import { trackerResponse } from './tracker-response.ts';

const MAX_LOGGED_URL_CHARACTERS = 1000;

export interface TrackerComponents extends Omit<TrackerContext, 'limiter' | 'announceTokens'> {
  readonly tokens: Tokens;
}

export interface Tracker {
  /** The answer to a request for the tracker, which never fails; `undefined` for a request that is for another. */
  handle(request: Request): Promise<Response> | undefined;
}

/**
 * `/announce` and `/scrape`, also with two hex digits of an info-hash behind them, which lead a socket to the shard
 * that owns it (HTTP announces are routed by the info-hash itself); and `/`, where only sockets are the tracker's.
 */
const PATH = /^\/(?:(announce|scrape)(?:\/([0-9A-Fa-f]{2}))?)?$/;

/** What `PATH` makes of `/announce`. */
const ANNOUNCE: readonly (string | undefined)[] = ['/announce', 'announce', undefined];

/**
 * The tracker over HTTP (BEP 3, 7, 21, 23, 24, 31, 48) and the door to the one over WebSocket. It stands before the
 * app's router, whose routing and headers would cost an announce as much again.
 */
export function createTracker(components: TrackerComponents): Tracker {
  const { config } = components;
  const context: TrackerContext = {
    ...components,
    limiter: new RequestLimiter(config),
    announceTokens: new AnnounceTokens({ ...components, publisherToken: config.publisherToken }),
  };

  const respond = async (
    doing: string,
    answer: typeof answerAnnounce,
    request: TrackerRequest,
  ): Promise<Response> => {
    const result = await answer(request, context).catch((error: unknown) => away(doing, error));
    logSampled(config.logSampleRate, Math.random, doing, () => ({
      outcome: result.ok ? 'answered' : result.refusal.code,
      url: request.url.slice(0, MAX_LOGGED_URL_CHARACTERS),
    }));
    if (result.ok) return trackerResponse(result.value);
    const { code, reason } = result.refusal;
    return trackerResponse(encodeFailure(reason, retryOf(code, config.announceIntervalSeconds)));
  };

  return {
    handle: (request) => {
      const { method } = request;
      if (method !== 'GET' && method !== 'HEAD') return undefined;
      const { url, headers } = request;
      const path = pathOf(url);
      // Nearly every request: it needs no regular expression.
      const parts = path === '/announce' ? ANNOUNCE : PATH.exec(path);
      if (parts === null) return undefined;
      const [, action, prefix] = parts;
      // A question whether the tracker is there; nobody announces with it.
      if (method === 'HEAD' && action !== undefined) return Promise.resolve(trackerResponse(null));
      if (action === 'scrape') return respond('scraping', answerScrape, { url, headers });
      if (isUpgrade(headers)) return openSocket(request, prefix, context);
      return action === 'announce'
        ? respond('announcing', answerAnnounce, { url, headers })
        : undefined;
    },
  };
}

/** A shard that is away is no fault of the client's: it is told to come back soon. */
function away(doing: string, error: unknown): Result<never, TrackerRefusalCode> {
  logFault(doing, error);
  return refuse('shard-away', 'the tracker is busy, try again soon');
}

const LONGEST_SCHEME = 'https://';

/** The path as the client wrote it. */
function pathOf(url: string): string {
  const start = url.indexOf('/', LONGEST_SCHEME.length);
  const end = url.indexOf('?', start);
  return url.slice(start, end === -1 ? url.length : end);
}

function isUpgrade(headers: Headers): boolean {
  return headers.get('upgrade')?.toLowerCase() === 'websocket';
}
