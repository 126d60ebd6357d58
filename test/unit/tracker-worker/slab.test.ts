import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { Slab } from '../../../tracker-worker/swarm/slab.ts';

const PAGE = 16_384;

test('Slab.take() gives every slot once, from 0 on', () => {
  const slab = new Slab(2);
  const slots = Array.from({ length: 2 * PAGE + 1 }, () => slab.take());
  expect(slots).toEqual(Array.from(slots.keys()));
  expect([slab.size, slab.end]).toEqual([slots.length, slots.length]);
});

test.each([
  [0, 0],
  [1, 1],
  [PAGE, 1],
  [PAGE + 1, 2],
])('Slab.bytes of %i records is %i pages', (records, pages) => {
  const slab = new Slab(3);
  for (let n = 0; n < records; n += 1) slab.take();
  expect(slab.bytes).toBe(pages * PAGE * 3 * 4);
});

test('Slab.take() gives what was freed last before anything new', () => {
  const slab = new Slab(1);
  for (let n = 0; n < 5; n += 1) slab.take();
  slab.free(1);
  slab.free(3);
  expect([slab.take(), slab.take(), slab.take()]).toEqual([3, 1, 5]);
  expect([slab.size, slab.end]).toEqual([6, 6]);
});

test.each([0, -1, 2 ** 31 - 1, -(2 ** 31)])('Slab.get() gives back the word %i', (word) => {
  const slab = new Slab(3);
  const [first, second] = [slab.take(), slab.take()];
  for (const slot of [first, second]) for (let i = 0; i < 3; i += 1) slab.set(slot, i, 7);
  slab.set(first, 2, word);
  expect([0, 1, 2].map((i) => slab.get(first, i))).toEqual([7, 7, word]);
  expect([0, 1, 2].map((i) => slab.get(second, i))).toEqual([7, 7, 7]);
});

test('Slab.read() copies records one after the other, in the order asked for', () => {
  const slab = new Slab(2);
  for (let n = 0; n < PAGE + 2; n += 1) {
    const slot = slab.take();
    for (let word = 0; word < 2; word += 1) slab.set(slot, word, slot * 2 + word);
  }
  const slots = [PAGE + 1, 0, PAGE - 1, PAGE];
  const words = new Int32Array(10).fill(-1);
  slab.read(slots, words);
  // What is past them stays as it is.
  expect([...words]).toEqual([...slots.flatMap((slot) => [slot * 2, slot * 2 + 1]), -1, -1]);
});

test('Slab keeps each record apart from the others, over any order of take() and free()', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 12 }),
      // Many more are taken than freed, so that several pages come into use.
      fc.array(fc.record({ takes: fc.nat(400), frees: fc.array(fc.nat()) }), { maxLength: 12 }),
      (words, steps) => {
        const slab = new Slab(words);
        const model = new Map<number, number[]>();
        let stamp = 0;
        for (const { takes, frees } of steps) {
          for (let n = 0; n < takes; n += 1) {
            const slot = slab.take();
            expect(model.has(slot)).toBe(false);
            stamp += 1;
            const record = Array.from({ length: words }, (_, i) => stamp * words + i);
            record.forEach((word, i) => slab.set(slot, i, word));
            model.set(slot, record);
          }
          for (const pick of frees) {
            const slot = [...model.keys()][pick % Math.max(1, model.size)];
            if (slot === undefined) continue;
            slab.free(slot);
            model.delete(slot);
          }
        }
        expect(slab.size).toBe(model.size);
        for (const [slot, record] of model) {
          expect(slot).toBeLessThan(slab.end);
          expect(record.map((_, i) => slab.get(slot, i))).toEqual(record);
        }
      },
    ),
    { numRuns: 20 },
  );
});
