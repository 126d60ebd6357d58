import { describe, expect, test } from 'vitest';
import { RunCache, type RunShelf } from '../../../../seed-node/storage/run-cache.ts';

const RUN_BYTES = 10;

function keepRun(cache: RunCache, shelf: RunShelf, index: number): void {
  const buffer = cache.borrow(RUN_BYTES);
  buffer.fill(index);
  cache.keep(shelf, index, buffer, RUN_BYTES);
}

describe('RunCache', () => {
  test('gives what was kept, and no more of it than was filled', () => {
    const cache = new RunCache(100);
    const shelf: RunShelf = new Map();
    const buffer = cache.borrow(RUN_BYTES);
    buffer.set([1, 2, 3]);
    cache.keep(shelf, 7, buffer, 3);

    expect([...(cache.find(shelf, 7) ?? [])]).toEqual([1, 2, 3]);
    expect(cache.find(shelf, 8)).toBe(undefined);
    expect(cache.find(new Map(), 7)).toBe(undefined);
  });

  test('forgets what was used least lately, whosever it is, and never holds more than allowed', () => {
    const cache = new RunCache(3 * RUN_BYTES);
    const [one, other]: [RunShelf, RunShelf] = [new Map(), new Map()];
    keepRun(cache, one, 0);
    keepRun(cache, other, 1);
    keepRun(cache, one, 2);
    cache.find(one, 0);
    keepRun(cache, one, 3);

    expect([...one.keys(), ...other.keys()]).toEqual([0, 2, 3]);
    expect([...(cache.find(one, 0) ?? [])]).toEqual(Array.from({ length: RUN_BYTES }, () => 0));
    expect(cache.heldBytes).toBe(3 * RUN_BYTES);
  });

  test('makes room for a run of another length', () => {
    const cache = new RunCache(3 * RUN_BYTES);
    const shelf: RunShelf = new Map();
    for (const index of [0, 1, 2]) keepRun(cache, shelf, index);
    cache.keep(shelf, 3, cache.borrow(2 * RUN_BYTES), 2 * RUN_BYTES);

    expect([...shelf.keys()]).toEqual([2, 3]);
    expect(cache.heldBytes).toBe(3 * RUN_BYTES);
  });

  test('never lends what is lent', () => {
    const cache = new RunCache(2 * RUN_BYTES);
    const lent = [cache.borrow(RUN_BYTES), cache.borrow(RUN_BYTES), cache.borrow(RUN_BYTES)];

    expect(new Set(lent.map(({ buffer }) => buffer)).size).toBe(3);
    for (const buffer of lent) cache.giveBack(buffer);
    expect(cache.heldBytes).toBe(0);
  });

  test('keeps the first of two readings of one run', () => {
    const cache = new RunCache(10 * RUN_BYTES);
    const shelf: RunShelf = new Map();
    keepRun(cache, shelf, 5);
    const again = cache.borrow(RUN_BYTES);
    cache.keep(shelf, 5, again.fill(9), RUN_BYTES);

    expect(cache.find(shelf, 5)?.[0]).toBe(5);
    expect(cache.heldBytes).toBe(RUN_BYTES);
  });
});
