import type { InfoHash } from '../../shared/info-hash.ts';

/** The operator's lists: what the tracker never serves, and what it serves without a .torrent. */
export type ListName = 'blocklist' | 'allowlist';

/** An info-hash on a list. */
export interface Listing {
  readonly infoHash: InfoHash;
  /** Why, in words that anyone may read. */
  readonly reason: string | null;
  readonly listedAtSeconds: number;
}

/** What anyone may know of a publication that is blocked. */
export type Takedown = Pick<Listing, 'reason' | 'listedAtSeconds'>;
