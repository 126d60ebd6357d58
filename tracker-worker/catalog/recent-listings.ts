import { swarmsOf } from '../../shared/info-hash.ts';
import type { SwarmCounts } from '../../shared/scrape.ts';
import { logFault } from '../log.ts';
import type { Swarms } from '../swarm/swarm-shards.ts';
import type { Publications } from './catalog-publications.ts';
import { largestCounts } from './publication-counts.ts';
import type { PublishedTorrent } from './published-torrent.ts';
import type { ListingQuery } from './torrent-search.ts';

/** How old a listing may be: anyone may ask for it, and each costs a call to the catalogue and one to each shard. */
const KEPT_MS = 2_000;
const MAX_KEPT = 100;

/** A publication, and how it is doing; undefined where the tracker did not say. */
export interface ListedTorrent {
  readonly torrent: PublishedTorrent;
  readonly counts: SwarmCounts | undefined;
}

export interface ListedPage {
  readonly torrents: readonly ListedTorrent[];
  readonly total: number;
}

export interface RecentListingsInit {
  readonly publications: Pick<Publications, 'page'>;
  readonly swarms: Pick<Swarms, 'counts'>;
  readonly nowMs: () => number;
}

/**
 * Pages of publications, looked up at most once every two seconds each, for any number of readers. Values are kept,
 * never promises, which belong to the request that made them.
 */
export class RecentListings {
  readonly #init: RecentListingsInit;
  /** Oldest first. */
  readonly #kept = new Map<string, { readonly atMs: number; readonly page: ListedPage }>();

  constructor(init: RecentListingsInit) {
    this.#init = init;
  }

  /** Throws where the catalogue is away; a tracker that is away costs the counts alone. */
  async read(query: ListingQuery): Promise<ListedPage> {
    const key = JSON.stringify(query);
    const atMs = this.#init.nowMs();
    const kept = this.#kept.get(key);
    if (kept !== undefined && atMs - kept.atMs < KEPT_MS) return kept.page;
    const page = await this.#load(query);
    this.#kept.delete(key);
    this.#kept.set(key, { atMs, page });
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size <= MAX_KEPT) break;
      this.#kept.delete(oldest);
    }
    return page;
  }

  async #load(query: ListingQuery): Promise<ListedPage> {
    const { publications, swarms } = this.#init;
    const { torrents, total } = await publications.page(query);
    const infoHashes = torrents.flatMap(({ hashes }) => swarmsOf(hashes));
    const counts = await swarms.counts(infoHashes).catch((error: unknown) => {
      logFault('counting for a listing', error);
      return undefined;
    });
    return {
      total,
      torrents: torrents.map((torrent) => ({
        torrent,
        counts: counts && largestCounts(torrent, counts),
      })),
    };
  }
}
