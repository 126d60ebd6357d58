import { expect, test } from 'vitest';
import { announceIntervals } from '../../../tracker-worker/swarm/announce-intervals.ts';
import {
  FLUSH_INTERVAL_MS,
  FlushPace,
  PROMPT_FLUSHES,
} from '../../../tracker-worker/swarm/flush-pace.ts';

test('FlushPace.planDelayMs() is 0 while quiet, then waits for the end of the interval', () => {
  const pace = new FlushPace();
  for (let n = 0; n < PROMPT_FLUSHES; n += 1) expect(pace.planDelayMs(1000 + n)).toBe(0);
  expect(pace.planDelayMs(1500)).toBe(FLUSH_INTERVAL_MS - 500);
  expect(pace.planDelayMs(1000 + FLUSH_INTERVAL_MS)).toBe(0);
});

test('FlushPace.planDelayMs() waits no longer than an interval when the clock is set back', () => {
  const pace = new FlushPace();
  for (let n = 0; n < PROMPT_FLUSHES; n += 1) pace.planDelayMs(1_000_000);
  expect(pace.planDelayMs(0)).toBe(FLUSH_INTERVAL_MS);
});

test.each([
  [1800, 0, 1710, 855],
  [1800, 0.5, 1800, 900],
  [1800, 0.999_999, 1890, 945],
  [1, 0, 1, 1],
])('announceIntervals() of %i s with %d', (base, random, intervalSeconds, minIntervalSeconds) => {
  expect(announceIntervals(base, () => random)).toEqual({ intervalSeconds, minIntervalSeconds });
});
