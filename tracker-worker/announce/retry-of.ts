import type { SwarmRefusalCode } from '../swarm/swarm-announce.ts';
import type { AnnounceRefusalCode } from './parse-announce.ts';
import type { ScrapeRefusalCode } from './parse-scrape.ts';
import type { SenderRefusalCode } from './sender.ts';

export type TrackerRefusalCode =
  | AnnounceRefusalCode
  | ScrapeRefusalCode
  | SenderRefusalCode
  | SwarmRefusalCode
  | 'stated-address-invalid'
  | 'query-too-long'
  | 'shard-away';

/** How long a client stays away after a refusal (BEP 31). */
export type Retry = { readonly seconds: number } | 'never';

/** Seconds, or `interval`: as long as a regular announce. What only a person can put right is soon tried again. */
const RETRIES: Readonly<Record<TrackerRefusalCode, number | 'interval' | 'never'>> = {
  'shard-away': 60,
  'too-many-requests': 60,
  'token-refused': 300,
  'stated-address-invalid': 300,
  'address-unknown': 300,
  'not-registered': 'interval',
  'too-many-swarms': 'interval',
  blocked: 'never',
  // The same client would send the same again.
  'query-too-long': 'never',
  'info-hash-missing': 'never',
  'info-hash-repeated': 'never',
  'info-hash-length': 'never',
  'too-many-info-hashes': 'never',
  'full-scrape-off': 'never',
  'peer-id-missing': 'never',
  'peer-id-length': 'never',
  'port-missing': 'never',
  'port-invalid': 'never',
};

/** When an announce or scrape that was refused may be answered otherwise. */
export function retryOf(code: TrackerRefusalCode, intervalSeconds: number): Retry {
  const retry = RETRIES[code];
  if (retry === 'never') return retry;
  return { seconds: retry === 'interval' ? intervalSeconds : retry };
}
