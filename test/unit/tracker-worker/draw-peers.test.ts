import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { PeerRole } from '../../../shared/peer-role.ts';
import { drawPeers, type PeersAsker } from '../../../tracker-worker/swarm/draw-peers.ts';
import { PeerList, type Reach } from '../../../tracker-worker/swarm/peer-list.ts';
import { seatKey } from '../../../tracker-worker/swarm/seat.ts';
import { NONE } from '../../../tracker-worker/swarm/seat-index.ts';
import { SeatTable } from '../../../tracker-worker/swarm/seat-table.ts';
import { addressOf, ip, peerId, seededRandom } from './swarm-builders.ts';

type Counts = Readonly<Record<PeerRole, number>>;

/** Lists of so many peers, all of them `reach`, and the role of each. */
function listsOf(counts: Counts, reach: Reach = 'dialled') {
  const seats = new SeatTable(1);
  const lists = {
    seeder: new PeerList(seats),
    partial: new PeerList(seats),
    leecher: new PeerList(seats),
  };
  const roles = new Map<number, PeerRole>();
  for (const role of ['seeder', 'partial', 'leecher'] as const) {
    for (let n = 0; n < counts[role]; n += 1) {
      const slot = seats.add(seatKey(0, peerId(roles.size), ip(addressOf(roles.size))), NONE);
      lists[role].add(slot, reach);
      roles.set(slot, role);
    }
  }
  return { lists, roles };
}

function askerOf(given: Partial<PeersAsker> = {}): PeersAsker {
  return {
    lead: NONE,
    isAmongLeechers: false,
    role: 'leecher',
    event: 'update',
    peersWanted: 40,
    reach: 'dialled',
    ...given,
  };
}

function rolesDrawn(counts: Counts, asker: PeersAsker, reach?: Reach): PeerRole[] {
  const { lists, roles } = listsOf(counts, reach);
  return drawPeers(lists, asker, seededRandom(1)).map((slot) => roles.get(slot) ?? 'leecher');
}

function counted(
  drawn: readonly PeerRole[],
): [seeders: number, partials: number, leechers: number] {
  const of = (role: PeerRole): number => drawn.filter((one) => one === role).length;
  return [of('seeder'), of('partial'), of('leecher')];
}

describe('drawPeers() gives a leecher', () => {
  test.each([
    ['a dose of seeders among many leechers', [100, 0, 100], 40, [10, 0, 30]],
    ['all seeders where they are few', [3, 0, 100], 40, [3, 0, 37]],
    ['partial seeds for the seeders that are missing', [3, 100, 100], 40, [3, 7, 30]],
    ['partial seeds where there is no seeder', [0, 100, 100], 40, [0, 10, 30]],
    ['no partial seeds where seeders are enough', [100, 100, 100], 40, [10, 0, 30]],
    ['more seeders where leechers are few', [100, 100, 5], 40, [35, 0, 5]],
    ['more partial seeds where both are few', [5, 100, 5], 40, [5, 30, 5]],
    ['all there are', [5, 6, 7], 40, [5, 6, 7]],
    ['seeders alone where there is nobody else', [100, 0, 0], 40, [40, 0, 0]],
    ['partial seeds alone where there is nobody else', [0, 100, 0], 40, [0, 40, 0]],
    ['one seeder where it wants one', [5, 5, 5], 1, [1, 0, 0]],
    ['nobody where it wants nobody', [5, 5, 5], 0, [0, 0, 0]],
  ] as const)('%s', (_case, [seeder, partial, leecher], peersWanted, expected) => {
    const drawn = rolesDrawn({ seeder, partial, leecher }, askerOf({ peersWanted }));
    expect(counted(drawn)).toEqual(expected);
  });

  test('the seeders first', () => {
    const drawn = rolesDrawn({ seeder: 3, partial: 20, leecher: 20 }, askerOf({ peersWanted: 16 }));
    expect(drawn.slice(0, 4)).toEqual(['seeder', 'seeder', 'seeder', 'partial']);
  });
});

describe.each(['seeder', 'partial'] as const)('drawPeers() gives a %s', (role) => {
  const all = { seeder: 40, partial: 40, leecher: 5 };

  test.each([
    ['leechers only', 'update', 'dialled', [0, 0, 5]],
    ['leechers only, when it completes', 'completed', 'dialled', [0, 0, 5]],
    // aria2 with nothing but a magnet link calls itself a seeder.
    ['a dose of seeders too on its first announce', 'started', 'dialled', [5, 0, 5]],
    ['leechers only over a socket', 'started', 'socket', [0, 0, 5]],
  ] as const)('%s', (_case, event, reach, expected) => {
    const asker = askerOf({ role, event, reach, peersWanted: 20 });
    expect(counted(rolesDrawn(all, asker, 'either'))).toEqual(expected);
  });

  test('no more than it wants', () => {
    const asker = askerOf({ role, event: 'started', peersWanted: 4 });
    expect(counted(rolesDrawn(all, asker))).toEqual([0, 0, 4]);
    const few = askerOf({ role, event: 'started', peersWanted: 6 });
    expect(counted(rolesDrawn(all, few))).toEqual([1, 0, 5]);
  });
});

test.each([
  ['dialled', 'dialled', 6],
  ['dialled', 'socket', 0],
  ['socket', 'socket', 6],
  ['socket', 'dialled', 0],
  ['dialled', 'either', 6],
  ['socket', 'either', 6],
] as const)('drawPeers() to be %s of peers %s gives %i', (reach, peers, count) => {
  const drawn = rolesDrawn({ seeder: 2, partial: 2, leecher: 2 }, askerOf({ reach }), peers);
  expect(drawn).toHaveLength(count);
});

test('drawPeers() gives a leecher as many as it wants, or all, each once and never itself', () => {
  const peers = fc.record({ seeder: fc.nat(30), partial: fc.nat(30), leecher: fc.nat(30) });
  fc.assert(
    fc.property(peers, fc.nat(60), fc.nat(), fc.nat(), (counts, peersWanted, pick, seed) => {
      const { lists, roles } = listsOf(counts);
      const slots = [...roles.keys()];
      const lead = slots[pick % (slots.length + 1)] ?? NONE;
      const isAmongLeechers = roles.get(lead) === 'leecher';
      const asker = askerOf({ lead, isAmongLeechers, peersWanted });
      const drawn = drawPeers(lists, asker, seededRandom(seed));
      const others = slots.length - (lead === NONE ? 0 : 1);
      expect(drawn).toHaveLength(Math.min(peersWanted, others));
      expect(new Set(drawn).size).toBe(drawn.length);
      expect(drawn).not.toContain(lead);
    }),
  );
});
