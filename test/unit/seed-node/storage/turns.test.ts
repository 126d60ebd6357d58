import { describe, expect, test } from 'vitest';
import { Turns } from '../../../../seed-node/storage/turns.ts';

describe('Turns', () => {
  test('lets so many run at a time, in order, and goes on after a failure', async () => {
    const turns = new Turns(2);
    const started: number[] = [];
    const ends: ((value: undefined) => void)[] = [];
    const results = [0, 1, 2, 3].map((index) =>
      turns.take(async () => {
        started.push(index);
        await new Promise((resolve) => (ends[index] = resolve));
        if (index === 0) throw new Error('it failed');
        return index;
      }),
    );
    expect(started).toEqual([0, 1]);

    ends[0]?.(undefined);
    await expect(results[0]).rejects.toThrow('it failed');
    expect(started).toEqual([0, 1, 2]);
    ends[2]?.(undefined);
    expect(await results[2]).toBe(2);
    expect(started).toEqual([0, 1, 2, 3]);
    ends[1]?.(undefined);
    ends[3]?.(undefined);
    expect(await Promise.all([results[1], results[3]])).toEqual([1, 3]);
  });
});
