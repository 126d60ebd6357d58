import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { PeerList, type Reach } from '../../../tracker-worker/swarm/peer-list.ts';
import { seatKey } from '../../../tracker-worker/swarm/seat.ts';
import { NONE } from '../../../tracker-worker/swarm/seat-index.ts';
import { SeatTable } from '../../../tracker-worker/swarm/seat-table.ts';
import { addressOf, ip, peerId, seededRandom } from './swarm-builders.ts';

const REACHES: readonly Reach[] = ['dialled', 'either', 'socket'];

function createList() {
  const seats = new SeatTable(1);
  const list = new PeerList(seats);
  let peers = 0;
  const addPeer = (reach: Reach): number => {
    peers += 1;
    const slot = seats.add(seatKey(0, peerId(peers), ip(addressOf(peers))), NONE);
    list.add(slot, reach);
    return slot;
  };
  return { seats, list, addPeer };
}

function drawFrom(
  list: PeerList,
  reach: 'dialled' | 'socket',
  count: number,
  asker = NONE,
  random = Math.random,
): number[] {
  const drawn: number[] = [];
  list.draw(reach, count, asker, random, drawn);
  return drawn;
}

test('PeerList is empty at first, and draws nobody', () => {
  const { list } = createList();
  expect([list.size, list.count('dialled'), list.count('socket'), [...list]]).toEqual([
    0,
    0,
    0,
    [],
  ]);
  expect(drawFrom(list, 'dialled', 5)).toEqual([]);
});

describe('PeerList.draw()', () => {
  test.each([
    ['dialled', ['dialled', 'either']],
    ['socket', ['either', 'socket']],
  ] as const)('by %s gives those in reach, each once, never the asker', (reach, within) => {
    const { list, addPeer } = createList();
    const slots = REACHES.flatMap((each) =>
      Array.from({ length: 5 }, () => ({ each, slot: addPeer(each) })),
    );
    const inReach = slots.filter(({ each }) => within.some((one) => one === each));
    for (const asker of [NONE, inReach[0]?.slot ?? NONE, inReach.at(-1)?.slot ?? NONE]) {
      const others = inReach.map(({ slot }) => slot).filter((slot) => slot !== asker);
      for (const count of [0, 1, others.length - 1, others.length, others.length + 1, 100]) {
        const drawn = drawFrom(list, reach, count, asker);
        expect(drawn).toHaveLength(Math.min(count, others.length));
        expect(new Set(drawn).size).toBe(drawn.length);
        expect(drawn.filter((slot) => !others.includes(slot))).toEqual([]);
      }
    }
  });

  test('adds to what was drawn before', () => {
    const { list, addPeer } = createList();
    for (let n = 0; n < 5; n += 1) addPeer('dialled');
    const drawn = [77, 78];
    list.draw('dialled', 3, NONE, Math.random, drawn);
    expect(drawn).toHaveLength(5);
    expect(drawn.slice(0, 2)).toEqual([77, 78]);
  });

  test.each([0, 0.999_999_999_999])('takes a random number of %d', (number) => {
    const { list, addPeer } = createList();
    const slots = Array.from({ length: 5 }, () => addPeer('either'));
    for (const reach of ['dialled', 'socket'] as const) {
      expect(drawFrom(list, reach, 5, NONE, () => number).toSorted((a, b) => a - b)).toEqual(slots);
    }
  });

  test.each([
    ['dialled', 1],
    ['dialled', 4],
    ['dialled', 9],
    ['socket', 4],
  ] as const)('by %s gives every set of %i as often as any other', (reach, count) => {
    const { list, addPeer } = createList();
    const asker = addPeer('either');
    const slots = Array.from({ length: 12 }, (_, n) =>
      addPeer(n % 2 === 0 || n < 4 ? 'either' : reach),
    );
    const random = seededRandom(9);
    const rounds = 12_000;
    const times = new Map<number, number>();
    const pairs = new Map<string, number>();
    for (let round = 0; round < rounds; round += 1) {
      const drawn = drawFrom(list, reach, count, asker, random);
      for (const slot of drawn) times.set(slot, (times.get(slot) ?? 0) + 1);
      for (const a of drawn) {
        for (const b of drawn) {
          if (a < b) pairs.set(`${a} ${b}`, (pairs.get(`${a} ${b}`) ?? 0) + 1);
        }
      }
    }
    const expected = (rounds * count) / slots.length;
    let chiSquare = 0;
    for (const slot of slots) chiSquare += ((times.get(slot) ?? 0) - expected) ** 2 / expected;
    // 11 degrees of freedom: above 35 once in 4000 seeds.
    expect(chiSquare).toBeLessThan(35);
    const expectedOfPair = (rounds * count * (count - 1)) / (slots.length * (slots.length - 1));
    for (const timesOfPair of pairs.values()) {
      expect(Math.abs(timesOfPair - expectedOfPair)).toBeLessThan(6 * Math.sqrt(expectedOfPair));
    }
  });
});

test('PeerList keeps its sections and places over any adding, removing and drawing', () => {
  const step = fc.record({
    does: fc.constantFrom('add', 'add', 'remove', 'draw' as const),
    reach: fc.constantFrom(...REACHES),
    pick: fc.nat(),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200, size: 'max' }), fc.nat(), (steps, seed) => {
      const { seats, list, addPeer } = createList();
      const random = seededRandom(seed);
      const model = new Map<number, Reach>();
      const gone: number[] = [];
      for (const { does, reach, pick } of steps) {
        const slot = [...model.keys()][pick % Math.max(1, model.size)];
        if (does === 'add') model.set(addPeer(reach), reach);
        else if (slot === undefined) continue;
        else if (does === 'draw')
          drawFrom(list, reach === 'socket' ? reach : 'dialled', 3, slot, random);
        else {
          list.remove(slot, model.get(slot) ?? reach);
          model.delete(slot);
          gone.push(slot);
        }
      }
      expect(gone.filter((slot) => seats.place(slot) !== NONE)).toEqual([]);
      const slots = [...list];
      expect(list.size).toBe(model.size);
      expect(new Set(slots)).toEqual(new Set(model.keys()));
      expect(slots.map((slot) => seats.place(slot))).toEqual([...slots.keys()]);
      const sections = slots.map((slot) => REACHES.indexOf(model.get(slot) ?? 'dialled'));
      expect(sections).toEqual(sections.toSorted((a, b) => a - b));
      const counted = (...some: Reach[]): number =>
        [...model.values()].filter((reach) => some.includes(reach)).length;
      expect(list.count('dialled')).toBe(counted('dialled', 'either'));
      expect(list.count('socket')).toBe(counted('either', 'socket'));
    }),
    { numRuns: 100 },
  );
});
