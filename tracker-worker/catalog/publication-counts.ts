import { type InfoHash, swarmsOf } from '../../shared/info-hash.ts';
import { NO_COUNTS, type SwarmCounts } from '../../shared/scrape.ts';
import type { Swarms } from '../swarm/swarm-shards.ts';
import type { PublishedTorrent } from './published-torrent.ts';

/**
 * How a publication is doing. A client that knows both halves of a hybrid is in both swarms, and counts once: each
 * number is the larger one of the two. Throws when a shard is away.
 */
export async function countPublication(
  swarms: Swarms,
  torrent: PublishedTorrent,
): Promise<SwarmCounts> {
  return largestCounts(torrent, await swarms.counts(swarmsOf(torrent.hashes)));
}

/** The same out of counts that were asked for already. */
export function largestCounts(
  torrent: PublishedTorrent,
  counts: ReadonlyMap<InfoHash, SwarmCounts>,
): SwarmCounts {
  // Of downloads, the catalogue may know more: the shards report to it now and then, and may be new ones.
  let largest = { ...NO_COUNTS, downloads: torrent.downloads };
  for (const swarm of swarmsOf(torrent.hashes)) {
    const { seeders, leechers, downloaders, downloads } = counts.get(swarm) ?? NO_COUNTS;
    largest = {
      seeders: Math.max(largest.seeders, seeders),
      leechers: Math.max(largest.leechers, leechers),
      downloaders: Math.max(largest.downloaders, downloaders),
      downloads: Math.max(largest.downloads, downloads),
    };
  }
  return largest;
}
