import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ipAddressFromBytes } from '../../../shared/endpoint.ts';
import type { PeerRole } from '../../../shared/peer-role.ts';
import { type Origin, type SeatKey, seatKey } from '../../../tracker-worker/swarm/seat.ts';
import { NONE } from '../../../tracker-worker/swarm/seat-index.ts';
import { MAX_SWARM_NUMBERS, SeatTable } from '../../../tracker-worker/swarm/seat-table.ts';
import { required } from '../shared/required.ts';
import { ip, peerId, seededRandom, socketRef } from './swarm-builders.ts';

const NOW = 1_795_000_000;
const SEED = 12_345;
const MIB = 2 ** 20;

function keyOf(peer: string | number, origin: Origin, swarm = 0): SeatKey {
  return seatKey(swarm, peerId(peer), origin);
}

/** The slots of a peer's ring, sorted. */
function ring(seats: SeatTable, slot: number): number[] {
  const slots = [slot];
  for (let s = seats.next(slot); s !== slot; s = seats.next(s)) slots.push(s);
  return slots.toSorted((a, b) => a - b);
}

describe('SeatTable.add()', () => {
  test.each([
    ['an IPv4 address', ip('255.0.2.1'), 'ipv4', 65_535],
    ['an IPv6 address', ip('fe80:ffff::1'), 'ipv6', 1],
    ['a socket', socketRef(2 ** 32 - 1, 255), 'socket', 0],
  ] as const)('keeps the seat at %s, whatever is updated', (_case, origin, kind, port) => {
    const seats = new SeatTable(SEED);
    const key = keyOf(1, origin, MAX_SWARM_NUMBERS - 1);
    const slot = seats.add(key, NONE);
    for (const role of ['seeder', 'leecher', 'partial'] as const) {
      seats.update(slot, port, role, NOW);
      expect([seats.kind(slot), seats.role(slot), seats.port(slot)]).toEqual([kind, role, port]);
      expect(seats.swarm(slot)).toBe(MAX_SWARM_NUMBERS - 1);
      expect(seats.isAt(slot, key)).toBe(true);
      expect([...key.peer.keys()].map((word) => seats.peerIdWord(slot, word))).toEqual([
        ...key.peer,
      ]);
    }
    expect(seats.isCounted(slot)).toBe(false);
    seats.setCounted(slot);
    seats.update(slot, port, 'seeder', NOW);
    expect([seats.isCounted(slot), seats.role(slot), seats.kind(slot)]).toEqual([
      true,
      'seeder',
      kind,
    ]);
  });

  test('keeps the shard and the number of a socket', () => {
    const seats = new SeatTable(SEED);
    for (const socket of [socketRef(0), socketRef(2 ** 32 - 1, 255), socketRef(2 ** 31, 1)]) {
      const slot = seats.add(keyOf(1, socket), NONE);
      seats.update(slot, 0, 'seeder', NOW);
      expect(seats.socket(slot)).toEqual(socket);
    }
  });

  test('a slot that was used before holds nothing of it', () => {
    const seats = new SeatTable(SEED);
    const first = seats.add(keyOf(1, socketRef(7, 9)), NONE);
    seats.update(first, 0, 'seeder', NOW);
    seats.setCounted(first);
    seats.remove(first);
    const second = seats.add(keyOf(2, ip('192.0.2.1')), NONE);
    expect(second).toBe(first);
    expect([seats.role(second), seats.isCounted(second), seats.port(second)]).toEqual([
      'leecher',
      false,
      0,
    ]);
    expect([seats.place(second), seats.next(second)]).toEqual([NONE, second]);
  });
});

describe('SeatTable.find()', () => {
  const v4 = ip('192.0.2.1');
  const v6 = ip('2001:db8::1');

  test('knows a seat by swarm, peer-id and origin', () => {
    const seats = new SeatTable(SEED);
    const slot = seats.add(keyOf(1, v4), NONE);
    expect(seats.find(keyOf(1, v4)).seat).toBe(slot);
    expect(seats.find(keyOf(1, ip('192.0.2.2'))).seat).toBe(NONE);
    expect(seats.find(keyOf(2, v4)).seat).toBe(NONE);
    expect(seats.find(keyOf(1, v4, 1)).seat).toBe(NONE);
  });

  test('names the peer that a seat of another kind joins, and no other', () => {
    const seats = new SeatTable(SEED);
    const first = seats.add(keyOf(1, v4), NONE);
    expect(seats.find(keyOf(1, v6))).toEqual({ seat: NONE, half: first, seatsOfPeerId: 1 });
    seats.add(keyOf(1, v6), first);
    expect(seats.find(keyOf(1, ip('2001:db8::2')))).toEqual({
      seat: NONE,
      half: NONE,
      seatsOfPeerId: 2,
    });
    expect(ring(seats, required(seats.find(keyOf(1, socketRef(1))).half))).toHaveLength(2);
    expect(seats.find(keyOf(2, v6)).half).toBe(NONE);
    expect(seats.find(keyOf(1, v6, 1)).half).toBe(NONE);
  });

  test('findElsewhere() finds a peer-id and kind from anywhere', () => {
    const seats = new SeatTable(SEED);
    seats.add(keyOf(1, v4), NONE);
    expect(seats.findElsewhere(keyOf(1, socketRef(0)))).toBe(NONE);
    const slot = seats.add(keyOf(1, socketRef(5)), NONE);
    expect(seats.findElsewhere(keyOf(1, socketRef(0)))).toBe(slot);
  });
});

describe('SeatTable.silence()', () => {
  test.each([
    [0, 0],
    [1, 1],
    // The longest that anything waits: two of the longest intervals, then an alarm one interval later.
    [32_400, 32_400],
    [61_000, 61_000],
    // A clock that was set back must not end who has just announced.
    [-1, 0],
    [-60, 0],
    [-3600, 0],
  ])('%i s after the announce is %i', (elapsed, silence) => {
    for (const now of [NOW, 65_535, 65_536, 2 ** 31, 2 ** 32]) {
      const seats = new SeatTable(SEED);
      const slot = seats.add(keyOf(1, ip('192.0.2.1')), NONE);
      seats.update(slot, 6881, 'leecher', now);
      expect(seats.silence(slot, now + elapsed)).toBe(silence);
    }
  });
});

describe('SeatTable.countAtSource()', () => {
  test.each([
    ['the same IPv4 address', ip('192.0.2.1'), ip('192.0.2.1'), 1],
    ['another IPv4 address', ip('192.0.2.1'), ip('192.0.2.2'), 0],
    ['the same /64', ip('2001:db8::1'), ip('2001:db8::ffff:0:0:1'), 1],
    ['another /64', ip('2001:db8::1'), ip('2001:db8:0:1::1'), 0],
    ['another /64 of another /32', ip('2001:db8::1'), ip('2001:db9::1'), 0],
  ])('counts %s', (_case, first, second, count) => {
    const seats = new SeatTable(SEED);
    const slot = seats.add(keyOf(1, first), NONE);
    expect(seats.countAtSource(keyOf(2, second))).toBe(count);
    expect(seats.countAtSource(keyOf(2, second, 1))).toBe(0);
    seats.remove(slot);
    expect(seats.countAtSource(keyOf(2, second))).toBe(0);
  });
});

interface ModelSeat {
  readonly key: SeatKey;
  readonly slot: number;
  readonly peer: Set<ModelSeat>;
  role: PeerRole;
  port: number;
}

test('SeatTable keeps seats, rings and sources over any adding and removing', () => {
  const origins: Origin[] = [
    ip('192.0.2.1'),
    ip('192.0.2.2'),
    ip('2001:db8::1'),
    ip('2001:db8::2'),
    ip('2001:db8:1::1'),
    socketRef(1),
    socketRef(2 ** 31, 200),
  ];
  const roles: PeerRole[] = ['seeder', 'leecher', 'partial'];
  const step = fc.record({
    isAdd: fc.boolean(),
    swarm: fc.nat(1),
    peer: fc.nat(6),
    origin: fc.constantFrom(...origins),
    role: fc.constantFrom(...roles),
    port: fc.integer({ min: 1, max: 65_535 }),
  });
  fc.assert(
    fc.property(fc.integer(), fc.array(step, { maxLength: 150, size: 'max' }), (seed, steps) => {
      const seats = new SeatTable(seed);
      const model = new Map<string, ModelSeat>();
      for (const { isAdd, swarm, peer, origin, role, port } of steps) {
        const key = keyOf(peer, origin, swarm);
        const name = [swarm, peer, key.kind, ...key.origin].join(' ');
        const known = model.get(name);
        const found = seats.find(key);
        expect(found.seat).toBe(known?.slot ?? NONE);
        const ofPeerId = [...model.values()].filter(
          (seat) => seat.key.swarm === swarm && String(seat.key.peer) === String(key.peer),
        );
        expect(found.seatsOfPeerId).toBe(ofPeerId.length);
        const open = ofPeerId.filter((seat) =>
          [...seat.peer].every((one) => one.key.kind !== key.kind),
        );
        const half = open.find((seat) => seat.slot === found.half);
        expect(known !== undefined || (half !== undefined) === open.length > 0).toBe(true);
        if (isAdd && known === undefined) {
          const slot = seats.add(key, found.half);
          const seat: ModelSeat = { key, slot, peer: half?.peer ?? new Set(), role, port };
          seat.peer.add(seat);
          model.set(name, seat);
          seats.update(slot, port, role, NOW);
        } else if (!isAdd && known !== undefined) {
          seats.remove(known.slot);
          known.peer.delete(known);
          model.delete(name);
        }
      }

      expect(seats.size).toBe(model.size);
      const visited: number[] = [];
      seats.forEach((slot) => visited.push(slot));
      expect(new Set(visited)).toEqual(new Set(Array.from(model.values(), ({ slot }) => slot)));
      expect(visited).toHaveLength(model.size);
      for (const { key, slot, peer, role, port } of model.values()) {
        expect(seats.isAt(slot, key)).toBe(true);
        expect([seats.role(slot), seats.swarm(slot)]).toEqual([role, key.swarm]);
        expect(seats.port(slot)).toBe(key.kind === 'socket' ? 0 : port);
        expect(ring(seats, slot)).toEqual(
          Array.from(peer, (one) => one.slot).toSorted((a, b) => a - b),
        );
        const words = key.kind === 'ipv6' ? 2 : 1;
        const atSource = [...model.values()].filter(
          (one) =>
            one.key.swarm === key.swarm &&
            one.key.kind === key.kind &&
            String(one.key.origin.slice(0, words)) === String(key.origin.slice(0, words)),
        );
        // Nobody asks how many sockets there are of a number.
        const count = key.kind === 'socket' ? atSource.length : seats.countAtSource(key);
        expect(count).toBe(atSource.length);
      }
    }),
    { numRuns: 100 },
  );
});

/** As many seats as `count`, 70 % IPv4, 20 % IPv6, 10 % sockets. */
function fill(seats: SeatTable, count: number): SeatKey[] {
  const random = seededRandom(3);
  const bytes = (length: number): Uint8Array =>
    Uint8Array.from({ length }, () => Math.floor(random() * 256));
  return Array.from({ length: count }, (_, n) => {
    const kind = n % 10;
    const origin =
      kind === 9
        ? socketRef(Math.floor(random() * 2 ** 32), n % 256)
        : required(ipAddressFromBytes(bytes(kind < 7 ? 4 : 16)));
    const key = keyOf(n, origin, n % 100);
    seats.add(key, NONE);
    return key;
  });
}

test('SeatTable takes at most 64 bytes a peer, with 100,000 of them', () => {
  const seats = new SeatTable(SEED);
  const keys = fill(seats, 100_000);
  expect(seats.bytes / keys.length).toBeLessThanOrEqual(64);
});

test('SeatTable takes no more after all have left and as many come, and finds every one', () => {
  const seats = new SeatTable(SEED);
  const keys = fill(seats, 20_000);
  const { bytes } = seats;
  for (const key of keys) seats.remove(seats.find(key).seat);
  expect(seats.size).toBe(0);
  expect(fill(seats, 20_000).every((key) => seats.find(key).seat !== NONE)).toBe(true);
  expect(seats.bytes).toBe(bytes);
  expect(bytes).toBeLessThan(3 * MIB);
});
