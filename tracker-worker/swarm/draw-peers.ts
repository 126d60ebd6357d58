import type { Peer } from './peer.ts';
import type { PeerList, Random } from './peer-list.ts';

/** A leecher's first quarter are seeders: enough to complete, while the leechers trade the rest among themselves. */
const SEEDER_DOSE = 0.25;

/** Who asks, and for how many; `peer` is `undefined` where it is new to the swarm. */
export interface PeersAsker {
  readonly peer: Peer | undefined;
  readonly isSeeder: boolean;
  readonly peersWanted: number;
}

/**
 * The peers that an asker gets: a seeder leechers alone, a leecher a dose of seeders, then leechers, then more
 * seeders where there are too few leechers.
 */
export function drawPeers(
  seeders: PeerList,
  leechers: PeerList,
  asker: PeersAsker,
  random: Random,
): Peer[] {
  const wanted = asker.peersWanted;
  if (asker.isSeeder) return leechers.draw(wanted, asker.peer, random);
  const isListed = asker.peer !== undefined && leechers.has(asker.peer);
  const otherLeechers = leechers.size - (isListed ? 1 : 0);
  const seedersWanted = Math.max(Math.ceil(wanted * SEEDER_DOSE), wanted - otherLeechers);
  const drawnSeeders = seeders.draw(seedersWanted, asker.peer, random);
  return [...drawnSeeders, ...leechers.draw(wanted - drawnSeeders.length, asker.peer, random)];
}
