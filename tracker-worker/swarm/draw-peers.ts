import type { AnnounceEvent } from '../../shared/announce.ts';
import type { Peer } from './peer.ts';
import type { PeerList, Random } from './peer-list.ts';

/** A leecher's first quarter are seeders: enough to complete, while the leechers trade the rest among themselves. */
const SEEDER_DOSE = 0.25;

/** Who asks, and for how many; `peer` is `undefined` where it is new to the swarm. */
export interface PeersAsker {
  readonly peer: Peer | undefined;
  readonly isSeeder: boolean;
  readonly event: AnnounceEvent;
  readonly peersWanted: number;
}

/**
 * The peers that an asker gets: a seeder leechers (and on its first announce a dose of seeders), a leecher a dose of seeders, then leechers, then more
 * seeders where there are too few leechers.
 */
export function drawPeers(
  seeders: PeerList,
  leechers: PeerList,
  asker: PeersAsker,
  random: Random,
): Peer[] {
  const wanted = asker.peersWanted;
  if (asker.isSeeder) {
    const drawn = leechers.draw(wanted, asker.peer, random);
    // aria2 with nothing but a magnet link announces `left=0`, not knowing the size yet: without a seeder on its
    // first announce it would never get the metadata (BEP 9).
    if (asker.event !== 'started') return drawn;
    const dose = Math.min(Math.ceil(wanted * SEEDER_DOSE), wanted - drawn.length);
    return [...drawn, ...seeders.draw(dose, asker.peer, random)];
  }
  const isListed = asker.peer !== undefined && leechers.has(asker.peer);
  const otherLeechers = leechers.size - (isListed ? 1 : 0);
  const seedersWanted = Math.max(Math.ceil(wanted * SEEDER_DOSE), wanted - otherLeechers);
  const drawnSeeders = seeders.draw(seedersWanted, asker.peer, random);
  return [...drawnSeeders, ...leechers.draw(wanted - drawnSeeders.length, asker.peer, random)];
}
