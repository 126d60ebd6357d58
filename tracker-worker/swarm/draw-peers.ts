import type { AnnounceEvent } from '../../shared/announce.ts';
import type { PeerRole } from '../../shared/peer-role.ts';
import type { PeerList, Random } from './peer-list.ts';

/** Of what a leecher gets, the part that has everything: enough to complete, while leechers trade among themselves. */
const SEEDER_DOSE = 0.25;

export type PeerLists = Readonly<Record<PeerRole, PeerList>>;

/** Who asks, and for what. */
export interface PeersAsker {
  /** The seat that stands for the asker in a list, or `NONE`. */
  readonly lead: number;
  /** Whether the asker is among the leechers that can be reached this way. */
  readonly isAmongLeechers: boolean;
  readonly role: PeerRole;
  readonly event: AnnounceEvent;
  readonly peersWanted: number;
  readonly reach: 'dialled' | 'socket';
}

/**
 * The peers that an asker gets, best first, as the seats that stand for them: a leecher a dose of seeders, or of
 * partial seeds where those are few, then leechers, and more seeders where leechers are few; any other leechers only.
 */
export function drawPeers(lists: PeerLists, asker: PeersAsker, random: Random): number[] {
  const { reach, lead, peersWanted: wanted } = asker;
  const drawn: number[] = [];
  const draw = (role: PeerRole, count: number): void =>
    lists[role].draw(reach, count, lead, random, drawn);
  const dose = Math.ceil(wanted * SEEDER_DOSE);

  if (asker.role !== 'leecher') {
    draw('leecher', wanted);
    // aria2 with nothing but a magnet link announces `left=0`, not knowing the size yet: without a seeder on its
    // first announce it would never get the metadata (BEP 9).
    if (asker.event === 'started' && reach === 'dialled') {
      draw('seeder', Math.min(dose, wanted - drawn.length));
    }
    return drawn;
  }
  const leechers = lists.leecher.count(reach) - (asker.isAmongLeechers ? 1 : 0);
  draw('seeder', Math.max(dose, wanted - leechers));
  draw('partial', Math.max(0, dose - drawn.length, wanted - drawn.length - leechers));
  draw('leecher', wanted - drawn.length);
  return drawn;
}
