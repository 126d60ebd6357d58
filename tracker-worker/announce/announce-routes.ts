import { type Context, Hono } from 'hono';
import {
  type AnnounceReply,
  encodeAnnounceFailure,
  encodeAnnounceReply,
} from '../../shared/announce.ts';
import { accept, refuse, type Result } from '../../shared/result.ts';
import { encodeScrapeReply, type SwarmCounts } from '../../shared/scrape.ts';
import type { InfoHash } from '../../shared/info-hash.ts';
import type { Config } from '../config.ts';
import { logFault } from '../log-fault.ts';
import type { Swarms } from '../swarm/swarm-shards.ts';
import { parseAnnounce } from './parse-announce.ts';
import { parseQuery } from './parse-query.ts';
import { parseScrape } from './parse-scrape.ts';
import { retryOf, type TrackerRefusalCode } from './retry-of.ts';
import { type AnnounceSender, sourceAddress } from './source-address.ts';
import { trackerResponse } from './tracker-response.ts';

export interface AnnounceComponents {
  readonly config: Config;
  readonly swarms: Swarms;
}

/** Two hex digits of the info-hash; HTTP announces are routed by the info-hash itself and ignore it. */
const PREFIX = ':prefix{[0-9A-Fa-f]{2}}';

/** The HTTP tracker (BEP 3, 7, 23, 31, 48). */
export function announceRoutes({ config, swarms }: AnnounceComponents): Hono {
  const respond = <T>(
    result: Result<T, TrackerRefusalCode>,
    encode: (value: T) => Uint8Array<ArrayBuffer>,
  ): Response => {
    if (result.ok) return trackerResponse(encode(result.value));
    const { reason, code } = result.refusal;
    const retry = retryOf(code, config.announceIntervalSeconds);
    return trackerResponse(encodeAnnounceFailure(reason, retry));
  };

  const announce = async (c: Context): Promise<Response> => {
    if (c.req.header('upgrade')?.toLowerCase() === 'websocket') {
      return c.text('WebSocket announces are not served here; announce over HTTP.\n', 501);
    }
    const sender = {
      connectingIp: c.req.header('cf-connecting-ip'),
      authorization: c.req.header('authorization'),
    };
    return respond(
      await answerAnnounce(c.req.url, sender, { config, swarms }),
      encodeAnnounceReply,
    );
  };
  const scrape = async (c: Context): Promise<Response> =>
    respond(await answerScrape(c.req.url, swarms), encodeScrapeReply);

  return new Hono()
    .get('/announce', announce)
    .get(`/announce/${PREFIX}`, announce)
    .get('/scrape', scrape)
    .get(`/scrape/${PREFIX}`, scrape);
}

async function answerAnnounce(
  url: string,
  sender: AnnounceSender,
  { config, swarms }: AnnounceComponents,
): Promise<Result<AnnounceReply, TrackerRefusalCode>> {
  const parameters = parseQuery(url);
  if (!parameters.ok) return parameters;
  const query = parseAnnounce(parameters.value, config);
  if (!query.ok) return query;
  const { statedAddress, ...announce } = query.value;
  const address = await sourceAddress(sender, statedAddress, config.publisherToken);
  if (!address.ok) return address;
  return askShard('announcing', async () =>
    swarms.announce({ ...announce, address: address.value }),
  );
}

async function answerScrape(
  url: string,
  swarms: Swarms,
): Promise<Result<ReadonlyMap<InfoHash, SwarmCounts>, TrackerRefusalCode>> {
  const parameters = parseQuery(url);
  if (!parameters.ok) return parameters;
  const infoHashes = parseScrape(parameters.value);
  if (!infoHashes.ok) return infoHashes;
  return askShard('scraping', async () => accept(await swarms.counts(infoHashes.value)));
}

/** A shard that is away is no fault of the client's: it is told to come back soon. */
async function askShard<T>(
  doing: string,
  ask: () => Promise<Result<T, TrackerRefusalCode>>,
): Promise<Result<T, TrackerRefusalCode>> {
  try {
    return await ask();
  } catch (error) {
    logFault(doing, error);
    return refuse('shard-away', 'the tracker is busy, try again soon');
  }
}
