import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { SourceCounts } from '../../../tracker-worker/swarm/source-counts.ts';
import { seededRandom } from './swarm-builders.ts';

test('SourceCounts.count() is exact while there are few', () => {
  const counts = new SourceCounts(1);
  counts.add(1, 2, 3, 1);
  counts.add(1, 2, 3, 1);
  counts.add(1, 2, 4, 1);
  expect(counts.count(1, 2, 3)).toBe(2);
  expect(counts.count(1, 2, 4)).toBe(1);
  expect(counts.count(2, 2, 3)).toBe(0);
  counts.add(1, 2, 3, -1);
  expect(counts.count(1, 2, 3)).toBe(1);
});

test('SourceCounts.count() of one is 1, also where its two cells are the same', () => {
  const counts = new SourceCounts(3);
  let wrong = 0;
  // One key in 262,144 has but one cell.
  for (let source = 0; source < 2_000_000; source += 1) {
    counts.add(1, source, 0, 1);
    if (counts.count(1, source, 0) !== 1) wrong += 1;
    counts.add(1, source, 0, -1);
  }
  expect(wrong).toBe(0);
});

test('SourceCounts.count() is never too low, and 0 of everything when all have left', () => {
  const key = fc.tuple(fc.nat(3), fc.integer(), fc.nat(1));
  fc.assert(
    fc.property(fc.integer(), fc.array(key, { maxLength: 300 }), (seed, keys) => {
      const counts = new SourceCounts(seed);
      for (const [swarm, source, rest] of keys) counts.add(swarm, source, rest, 1);
      const model = Map.groupBy(keys, String);
      for (const [[swarm, source, rest] = [0, 0, 0], ...others] of model.values()) {
        expect(counts.count(swarm, source, rest)).toBeGreaterThanOrEqual(others.length + 1);
      }
      for (const [swarm, source, rest] of keys) counts.add(swarm, source, rest, -1);
      for (const [swarm, source, rest] of keys) expect(counts.count(swarm, source, rest)).toBe(0);
    }),
    { numRuns: 30 },
  );
});

test('SourceCounts.count() of strangers stays small with 200,000 sources', () => {
  const counts = new SourceCounts(7);
  const random = seededRandom(2);
  const word = (): number => Math.floor(random() * 2 ** 32) | 0;
  for (let n = 0; n < 200_000; n += 1) counts.add(1, word(), 0, 1);
  const strangers = Array.from({ length: 10_000 }, () => counts.count(1, word(), 1));
  // The lower of two cells that hold 1.5 each on the average.
  expect(strangers.reduce((sum, count) => sum + count, 0) / strangers.length).toBeLessThan(1.5);
  expect(Math.max(...strangers)).toBeLessThan(12);
});
