import { describe, expect, test } from 'vitest';
import { MessageRate } from '../../../tracker-worker/socket/message-rate.ts';

const NOW_MS = 1_795_000_000_000;

/** How many messages a socket may send at a time. */
function takeAll(rate: MessageRate, nowMs: number): number {
  for (let taken = 0; ; taken += 1) if (!rate.take(nowMs)) return taken;
}

describe('MessageRate.take()', () => {
  test.each([1, 50, 10_000])('allows ten seconds of %i a second at once, and no more', (rate) => {
    expect(takeAll(new MessageRate(rate, NOW_MS), NOW_MS)).toBe(10 * rate);
  });

  test.each([
    [0, 0],
    [19, 0],
    [20, 1],
    [1000, 50],
    [10_000, 500],
    [3_600_000, 500],
    [-5000, 0],
  ])('%i ms after the last of 50 a second allows %i', (elapsedMs, allowed) => {
    const rate = new MessageRate(50, NOW_MS);
    takeAll(rate, NOW_MS);
    expect(takeAll(rate, NOW_MS + elapsedMs)).toBe(allowed);
  });

  test('a refused message costs nothing', () => {
    const rate = new MessageRate(1, NOW_MS);
    takeAll(rate, NOW_MS);
    for (let ms = 100; ms < 1000; ms += 100) expect(rate.take(NOW_MS + ms)).toBe(false);
    expect(rate.take(NOW_MS + 1001)).toBe(true);
  });

  test('allows the rate for ever', () => {
    const rate = new MessageRate(50, NOW_MS);
    for (let n = 0; n < 5000; n += 1) expect(rate.take(NOW_MS + n * 20)).toBe(true);
  });
});
