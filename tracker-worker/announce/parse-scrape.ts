import { infoHashFromBinary } from '../../shared/binary-strings.ts';
import type { InfoHash } from '../../shared/info-hash.ts';
import { accept, refuse, type Result } from '../../shared/result.ts';
import type { QueryReader } from './parse-query.ts';

export interface ScrapeLimits {
  readonly fullScrape: boolean;
  readonly maxScrapeInfoHashes: number;
}

export type ScrapeRefusalCode = 'full-scrape-off' | 'info-hash-length' | 'too-many-info-hashes';

/** Parses a scrape (BEP 48): every `info_hash`, each once, or `everything` where none is named. */
export function parseScrape(
  query: QueryReader,
  limits: ScrapeLimits,
): Result<readonly InfoHash[] | 'everything', ScrapeRefusalCode> {
  const infoHashes = new Set<InfoHash>();
  let count = 0;
  while (query.next()) {
    if (query.key !== 'info_hash') continue;
    count += 1;
    if (count > limits.maxScrapeInfoHashes) {
      return refuse('too-many-info-hashes', 'too many info_hash for one scrape');
    }
    const infoHash = infoHashFromBinary(query.text());
    if (infoHash === undefined) return refuse('info-hash-length', 'info_hash is not 20 bytes');
    infoHashes.add(infoHash);
  }
  if (count > 0) return accept([...infoHashes]);
  return limits.fullScrape
    ? accept('everything')
    : refuse('full-scrape-off', 'info_hash is missing: this tracker answers no full scrape');
}
