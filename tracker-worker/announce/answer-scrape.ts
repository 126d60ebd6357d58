import { accept, type Result } from '../../shared/result.ts';
import { encodeScrapeReply } from './encode-scrape-reply.ts';
import { parseQuery } from './parse-query.ts';
import { parseScrape } from './parse-scrape.ts';
import type { TrackerRefusalCode } from './retry-of.ts';
import { admitSender } from './sender.ts';
import type { TrackerContext, TrackerRequest } from './tracker-context.ts';

/** The bencoded reply to a scrape (BEP 48). What can be refused here never reaches a shard. */
export async function answerScrape(
  { url, headers }: TrackerRequest,
  context: TrackerContext,
): Promise<Result<Uint8Array<ArrayBuffer>, TrackerRefusalCode>> {
  const { config, swarms } = context;
  const sender = admitSender(headers, context);
  if (!sender.ok) return sender;
  const parameters = parseQuery(url);
  if (!parameters.ok) return parameters;
  const infoHashes = parseScrape(parameters.value, config);
  if (!infoHashes.ok) return infoHashes;
  const counts = await (infoHashes.value === 'everything'
    ? swarms.allCounts(config.maxFullScrapeSwarms)
    : swarms.counts(infoHashes.value));
  return accept(encodeScrapeReply(counts, config.announceIntervalSeconds));
}
