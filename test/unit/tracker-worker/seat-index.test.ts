import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { NONE, SeatIndex } from '../../../tracker-worker/swarm/seat-index.ts';

/** What a search for a hash comes across. */
function found(index: SeatIndex, hash: number): number[] {
  const slots: number[] = [];
  let cell = index.firstCell(hash);
  for (let slot = index.at(cell); slot !== NONE; slot = index.at(cell)) {
    slots.push(slot);
    cell = index.nextCell(cell);
  }
  return slots;
}

function all(index: SeatIndex): number[] {
  const slots: number[] = [];
  index.forEach((slot) => slots.push(slot));
  return slots.toSorted((a, b) => a - b);
}

test('SeatIndex finds slots of one hash in one run, also around the end of the table', () => {
  const hash = 0xffff_ffff;
  const index = new SeatIndex(() => hash);
  for (const slot of [5, 0, 9]) index.add(slot);
  expect(found(index, hash)).toEqual([5, 0, 9]);
  index.remove(5);
  expect(found(index, hash)).toEqual([0, 9]);
});

test('SeatIndex.remove() passes over a slot that is not in it', () => {
  const index = new SeatIndex((slot) => slot);
  index.add(1);
  index.remove(2);
  expect(all(index)).toEqual([1]);
});

test.each([
  // 1024 cells, of which 819 may be taken.
  [819, 1024],
  [820, 2048],
])('SeatIndex.bytes with %i slots is that of %i cells', (slots, cells) => {
  const index = new SeatIndex((slot) => Math.imul(slot, 0x9e3779b1) >>> 0);
  for (let slot = 0; slot < slots; slot += 1) index.add(slot);
  expect(index.bytes).toBe(cells * 4);
});

test('SeatIndex finds what is in it, and ends every search, over any adding and removing', () => {
  // Few homes near both ends of the table make long runs that cross, and go around the end.
  const home = fc.oneof(fc.nat(5), fc.integer({ min: 1020, max: 1023 }), fc.nat(2 ** 32 - 1));
  fc.assert(
    fc.property(
      fc.array(home, { minLength: 1, maxLength: 1200, size: 'max' }),
      fc.array(fc.tuple(fc.boolean(), fc.nat()), { maxLength: 400, size: 'max' }),
      (homes, steps) => {
        const hashOf = (slot: number): number => homes[slot] ?? 0;
        const index = new SeatIndex(hashOf);
        const present = new Set<number>();
        homes.forEach((_, slot) => {
          index.add(slot);
          present.add(slot);
        });
        for (const [isAdd, pick] of steps) {
          const slot = pick % homes.length;
          if (isAdd && !present.has(slot)) {
            index.add(slot);
            present.add(slot);
          } else if (!isAdd) {
            index.remove(slot);
            present.delete(slot);
          }
        }
        expect(all(index)).toEqual([...present].toSorted((a, b) => a - b));
        for (const slot of present) expect(found(index, hashOf(slot))).toContain(slot);
        for (const slot of present) index.remove(slot);
        expect(all(index)).toEqual([]);
      },
    ),
    { numRuns: 25 },
  );
});
