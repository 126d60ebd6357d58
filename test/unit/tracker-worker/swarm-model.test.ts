import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { AnnounceEvent } from '../../../shared/announce.ts';
import type { PeerRole } from '../../../shared/peer-role.ts';
import { seatKey } from '../../../tracker-worker/swarm/seat.ts';
import { NONE } from '../../../tracker-worker/swarm/seat-index.ts';
import { SeatTable } from '../../../tracker-worker/swarm/seat-table.ts';
import { Swarm } from '../../../tracker-worker/swarm/swarm.ts';
import { type NaiveSeat, NaiveSwarm } from './naive-swarm.ts';
import { ip, peerId, seededRandom, socketRef } from './swarm-builders.ts';

const NOW = 1_795_000_000;
const LIMITS = { maxPeers: 9, maxPeersPerAddress: 3 };
const ORIGINS = [
  ip('192.0.2.1'),
  ip('192.0.2.2'),
  ip('198.51.100.1'),
  ip('2001:db8::1'),
  ip('2001:db8::2'),
  ip('2001:db8:0:1::1'),
  socketRef(1),
  socketRef(2),
  socketRef(1, 1),
];
const ROLES: PeerRole[] = ['seeder', 'partial', 'leecher'];
const EVENTS: AnnounceEvent[] = ['started', 'stopped', 'completed', 'update', 'update'];

const step = fc.record({
  does: fc.constantFrom('announce', 'announce', 'announce', 'announce', 'leave' as const),
  peer: fc.nat(6),
  origin: fc.constantFrom(...ORIGINS),
  role: fc.constantFrom(...ROLES),
  event: fc.constantFrom(...EVENTS),
  peersWanted: fc.constantFrom(0, 1, 2, 5, 50),
  port: fc.integer({ min: 1, max: 3 }),
});

function ring(seats: SeatTable, slot: number): number[] {
  const slots = [slot];
  for (let s = seats.next(slot); s !== slot; s = seats.next(s)) slots.push(s);
  return slots;
}

test('Swarm does what a plain list of seats would do, over any announces and leaves', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 80, size: 'max' }), fc.integer(), (steps, seed) => {
      const seats = new SeatTable(seed);
      const swarm = new Swarm(5, seats, LIMITS, 0);
      // Another swarm of the same table, whose peers must never come into sight.
      const other = new Swarm(6, seats, LIMITS, 0);
      const naive = new NaiveSwarm(LIMITS);
      const random = seededRandom(seed);
      let slots = new Map<number, NaiveSeat>();
      const relink = (): void => {
        slots = new Map(
          naive.seats.map((seat) => [seats.find(seatKey(5, seat.peerId, seat.origin)).seat, seat]),
        );
      };

      for (const { does, peer, ...given } of steps) {
        const request = { peerId: peerId(peer), ...given };
        const { origin } = request;
        const key = seatKey(5, request.peerId, origin);
        const port = key.kind === 'socket' ? 0 : request.port;
        other.announce({ ...request, port, key: { ...key, swarm: 6 } }, NOW, random);
        if (does === 'leave') {
          const known = naive.find(request.peerId, origin);
          assert.equal(swarm.leave(key), known !== undefined);
          if (known !== undefined) naive.remove(known);
        } else {
          const known = naive.find(request.peerId, origin);
          const halves = naive.halves(request.peerId, origin);
          const found = seats.find(key);
          const half = slots.get(found.half);
          assert.equal(found.seat !== NONE, known !== undefined);
          if (known === undefined) assert.equal(half !== undefined, halves.length > 0);
          if (known === undefined && half !== undefined) assert.ok(halves.includes(half));

          const own = known ?? half;
          const count = naive.drawCount(request, own?.peer);
          const reachable = naive.reachable(origin);
          const { drawn, seat } = swarm.announce({ ...request, port, key }, NOW, random);
          const drawnPeers = drawn.map((slot) => slots.get(slot)?.peer);
          assert.equal(drawnPeers.length, count);
          assert.equal(new Set(drawnPeers).size, count);
          assert.deepEqual(
            drawnPeers.filter((one) => one === undefined || !reachable.includes(one)),
            [],
          );
          if (own !== undefined) assert.ok(!drawnPeers.includes(own.peer));

          const stored = naive.announce({ ...request, port }, known ?? half, NOW);
          assert.equal(seat !== NONE, stored !== undefined);
        }
        relink();
        expect(swarm.counts()).toEqual(naive.counts());
        expect(swarm.isEmpty).toBe(naive.seats.length === 0);

        // Every seat is there once, those of one peer together, by exactly one of them with a place.
        const all = [...swarm.seats()];
        expect(new Set(all)).toEqual(new Set(slots.keys()));
        expect(all).toHaveLength(naive.seats.length);
        for (const [slot, seat] of slots) {
          const members = ring(seats, slot);
          expect(members.filter((one) => seats.place(one) !== NONE)).toHaveLength(1);
          expect(new Set(members.map((one) => slots.get(one)))).toEqual(
            new Set(naive.of(seat.peer)),
          );
          expect([seats.role(slot), seats.port(slot)]).toEqual([seat.role, seat.port]);
        }
      }
    }),
    { numRuns: 60 },
  );
});
