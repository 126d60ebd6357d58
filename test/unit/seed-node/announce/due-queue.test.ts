import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DueQueue } from '../../../../seed-node/announce/due-queue.ts';

function popAll<T>(queue: DueQueue<T>): (T | undefined)[] {
  return Array.from({ length: queue.size }, () => queue.pop());
}

describe('DueQueue', () => {
  test('pop() takes the earliest first, in the order of arrival where times are equal', () => {
    const anyTimes = fc.array(fc.integer({ min: 0, max: 20 }), { maxLength: 200 });
    fc.assert(
      fc.property(anyTimes, (times) => {
        const queue = new DueQueue<number>();
        for (const [index, dueAtMs] of times.entries()) queue.push(index, dueAtMs);
        // Sorting is stable.
        const sorted = [...times.keys()].toSorted((a, b) => (times[a] ?? 0) - (times[b] ?? 0));
        expect(queue.dueAtMs).toBe(Math.min(...times));
        expect(popAll(queue)).toEqual(sorted);
      }),
    );
  });

  test('push() between pops keeps the order', () => {
    const queue = new DueQueue<string>();
    queue.push('late', 30);
    queue.push('early', 10);
    expect(queue.pop()).toBe('early');
    queue.push('soon', 20);
    queue.push('now', 0);

    expect(popAll(queue)).toEqual(['now', 'soon', 'late']);
  });

  test('an empty one is never due', () => {
    const queue = new DueQueue<string>();
    queue.push('a', 1);
    queue.clear();

    expect(queue.dueAtMs).toBe(Number.POSITIVE_INFINITY);
    expect(queue.pop()).toBeUndefined();
  });
});
