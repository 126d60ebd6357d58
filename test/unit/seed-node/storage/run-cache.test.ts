import { describe, expect, test } from 'vitest';
import { RunCache, type RunShelf } from '../../../../seed-node/storage/run-cache.ts';

const RUN_BYTES = 10;

function keepRun(cache: RunCache, shelf: RunShelf, index: number): void {
  const buffer = cache.borrow(RUN_BYTES);
  buffer.fill(index);
  cache.keep(shelf, index, buffer, RUN_BYTES);
}

/** Reads all of it, in two parts. */
function readRun(cache: RunCache, shelf: RunShelf, index: number): void {
  cache.read(shelf, index, 0, 4);
  cache.read(shelf, index, 4, RUN_BYTES - 4);
}

describe('RunCache', () => {
  test('gives what was kept, and no more of it than was filled', () => {
    const cache = new RunCache(100);
    const shelf: RunShelf = new Map();
    const buffer = cache.borrow(RUN_BYTES);
    buffer.set([1, 2, 3]);
    cache.keep(shelf, 7, buffer, 3);

    expect([...(cache.read(shelf, 7, 0, 3) ?? [])]).toEqual([1, 2, 3]);
    expect([...(cache.read(shelf, 7, 1, 9) ?? [])]).toEqual([2, 3]);
    expect(cache.read(shelf, 8, 0, 3)).toBe(undefined);
    expect(cache.read(new Map(), 7, 0, 3)).toBe(undefined);
  });

  test('forgets what was used least lately, whosever it is, and never holds more than allowed', () => {
    const cache = new RunCache(3 * RUN_BYTES);
    const [one, other]: [RunShelf, RunShelf] = [new Map(), new Map()];
    keepRun(cache, one, 0);
    keepRun(cache, other, 1);
    keepRun(cache, one, 2);
    cache.read(one, 0, 0, 1);
    keepRun(cache, one, 3);

    expect([...one.keys(), ...other.keys()]).toEqual([0, 2, 3]);
    expect([...(cache.read(one, 0, 0, 10) ?? [])]).toEqual(
      Array.from({ length: RUN_BYTES }, () => 0),
    );
    expect(cache.heldBytes).toBe(3 * RUN_BYTES);
  });

  test('lends the memory of what was just read as a whole before anything else', () => {
    const cache = new RunCache(4 * RUN_BYTES);
    const shelf: RunShelf = new Map();
    for (const index of [0, 1, 2, 3]) keepRun(cache, shelf, index);
    const { buffer } = cache.read(shelf, 2, 0, 1) ?? new Uint8Array();
    readRun(cache, shelf, 1);
    cache.read(shelf, 2, 1, RUN_BYTES - 1);
    cache.read(shelf, 3, 0, RUN_BYTES - 1);

    const lent = cache.borrow(RUN_BYTES);
    expect(lent.buffer).toBe(buffer);
    cache.keep(shelf, 4, lent, RUN_BYTES);
    expect([...shelf.keys()]).toEqual([0, 1, 3, 4]);
    keepRun(cache, shelf, 5);
    expect([...shelf.keys()]).toEqual([0, 3, 4, 5]);
    keepRun(cache, shelf, 6);
    expect([...shelf.keys()]).toEqual([3, 4, 5, 6]);
    expect(cache.heldBytes).toBe(4 * RUN_BYTES);
  });

  test('keeps what is read again like any other, however often that is', () => {
    const cache = new RunCache(3 * RUN_BYTES);
    const shelf: RunShelf = new Map();
    for (const index of [0, 1, 2]) keepRun(cache, shelf, index);
    readRun(cache, shelf, 1);
    readRun(cache, shelf, 1);
    cache.read(shelf, 1, 0, 1);
    keepRun(cache, shelf, 3);
    keepRun(cache, shelf, 4);

    expect([...shelf.keys()]).toEqual([1, 3, 4]);
  });

  test('keeps one of 32 runs that were read once, so that it may be read again', () => {
    const cache = new RunCache(2 * RUN_BYTES);
    const shelf: RunShelf = new Map();
    for (let index = 0; index < 64; index += 1) {
      keepRun(cache, shelf, index);
      readRun(cache, shelf, index);
    }
    // Numbered from 0: the 32nd was kept for 32 others.
    expect([...shelf.keys()]).toEqual([31, 63]);
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

    expect(cache.read(shelf, 5, 0, 1)?.[0]).toBe(5);
    expect(cache.heldBytes).toBe(RUN_BYTES);
  });
});
