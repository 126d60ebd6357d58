import { type InfoHash, infoHashFromBytes } from '../../shared/info-hash.ts';
import { accept, refuse, type Result } from '../../shared/result.ts';
import type { QueryParameters } from './parse-query.ts';

const MAX_SCRAPE_INFO_HASHES = 64;

export type ScrapeRefusalCode = 'info-hash-missing' | 'info-hash-length' | 'too-many-info-hashes';

/** Parses a scrape (BEP 48): every `info_hash`, each once. A scrape of all torrents is not served. */
export function parseScrape(
  parameters: QueryParameters,
): Result<readonly InfoHash[], ScrapeRefusalCode> {
  const values = parameters.filter(([key]) => key === 'info_hash').map(([, value]) => value);
  if (values.length === 0) return refuse('info-hash-missing', 'info_hash is missing');
  if (values.length > MAX_SCRAPE_INFO_HASHES) {
    return refuse('too-many-info-hashes', 'a scrape takes at most 64 info_hash');
  }
  const infoHashes = values.map((value) => infoHashFromBytes(value));
  const proven = infoHashes.filter((infoHash) => infoHash !== undefined);
  if (proven.length !== values.length) {
    return refuse('info-hash-length', 'info_hash is not 20 bytes');
  }
  return accept([...new Set(proven)]);
}
