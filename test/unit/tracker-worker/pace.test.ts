import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { IntervalPace } from '../../../tracker-worker/swarm/announce-intervals.ts';
import {
  FLUSH_INTERVAL_MS,
  FlushPace,
  PROMPT_FLUSHES,
} from '../../../tracker-worker/swarm/flush-pace.ts';

const NOW = 1_795_000_000;
const BASE = 1800;
const MIDDLE = (): number => 0.5;

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

/** Counts `perSecond` requests each second from `from` to before `to`. */
function load(pace: IntervalPace, perSecond: number, from: number, to: number): void {
  for (let now = from; now < to; now += 1) pace.count(perSecond, BASE, now);
}

describe('IntervalPace.intervals()', () => {
  test.each([
    [1800, 0, 1710, 855],
    [1800, 0.5, 1800, 900],
    [1800, 0.999_999, 1890, 945],
    [1, 0, 1, 1],
    [1, 0.999_999, 1, 1],
    [10_800, 0, 10_260, 5130],
    [10_800, 0.5, 10_800, 5400],
    [10_800, 0.999_999, 10_800, 5400],
  ])('of %i s with %d', (base, random, intervalSeconds, minIntervalSeconds) => {
    const intervals = new IntervalPace().intervals(base, () => random);
    expect(intervals).toEqual({ intervalSeconds, minIntervalSeconds });
  });

  test.each([
    ['nothing', 0, 1800],
    ['what is no burden', 500, 1800],
    ['twice that', 1000, 3600],
    ['six times that', 3000, 10_800],
    ['more than intervals can stretch', 6000, 10_800],
  ])('stretches the base with %s', (_case, perSecond, intervalSeconds) => {
    const pace = new IntervalPace();
    load(pace, perSecond, NOW, NOW + 11);
    expect(pace.intervals(BASE, MIDDLE).intervalSeconds).toBe(intervalSeconds);
  });

  test('counts a batch as so many requests', () => {
    const pace = new IntervalPace();
    pace.count(10_000, BASE, NOW);
    pace.count(1, BASE, NOW + 10);
    expect(pace.intervals(BASE, MIDDLE).intervalSeconds).toBe(3600);
  });

  test.each([
    [10, 10_800],
    [19, 7579],
    [20, 1800],
    [1000, 1800],
  ])('a burst that was followed by %i s of silence', (silence, intervalSeconds) => {
    const pace = new IntervalPace();
    pace.count(40_000, BASE, NOW);
    pace.count(1, BASE, NOW + silence);
    expect(pace.intervals(BASE, MIDDLE).intervalSeconds).toBe(intervalSeconds);
  });

  test('is the base again when the load has ended', () => {
    const pace = new IntervalPace();
    load(pace, 1000, NOW, NOW + 20);
    load(pace, 1, NOW + 20, NOW + 41);
    expect(pace.intervals(BASE, MIDDLE).intervalSeconds).toBe(1800);
  });

  test('counts no more than a window when the clock is set back', () => {
    const pace = new IntervalPace();
    load(pace, 400, NOW, NOW + 5);
    load(pace, 400, NOW - 1000, NOW + 11);
    expect(pace.intervals(BASE, MIDDLE).intervalSeconds).toBe(1800);
  });
});

describe('IntervalPace.expirySeconds()', () => {
  test('is two intervals', () => {
    const pace = new IntervalPace();
    expect([pace.expirySeconds(BASE), pace.expirySeconds(120)]).toEqual([3600, 240]);
  });

  test('is two of the longest until they have run, and not longer', () => {
    const pace = new IntervalPace();
    load(pace, 1000, NOW, NOW + 11);
    expect([pace.expirySeconds(BASE), pace.expirySeconds(120)]).toEqual([7200, 480]);
    pace.count(1, BASE, NOW + 40);
    const lastTold = NOW + 11;
    pace.count(1, BASE, lastTold + 7198);
    expect(pace.expirySeconds(BASE)).toBe(7200);
    pace.count(1, BASE, lastTold + 7200);
    expect(pace.expirySeconds(BASE)).toBe(3600);
  });

  test('falls to what was told last before a longer one has run out', () => {
    const pace = new IntervalPace();
    load(pace, 2000, NOW, NOW + 11);
    expect(pace.expirySeconds(BASE)).toBe(14_400);
    const later = NOW + 14_000;
    load(pace, 1000, later, later + 11);
    load(pace, 1, later + 11, NOW + 14_500);
    expect(pace.intervals(BASE, MIDDLE).intervalSeconds).toBe(1800);
    expect(pace.expirySeconds(BASE)).toBe(7200);
  });

  test('waits for everybody who was told an interval, under any load', () => {
    const step = fc.record({
      perSecond: fc.constantFrom(1, 400, 700, 1500, 4000, 20_000),
      seconds: fc.integer({ min: 1, max: 40 }),
      pause: fc.constantFrom(0, 0, 15, 2000, 9000),
    });
    fc.assert(
      fc.property(
        fc.array(step, { maxLength: 25 }),
        fc.constantFrom(1, 60, BASE),
        (steps, base) => {
          const pace = new IntervalPace();
          const told: { interval: number; at: number }[] = [];
          let now = NOW;
          for (const { perSecond, seconds, pause } of steps) {
            for (let n = 0; n < seconds; n += 1) {
              pace.count(perSecond, base, now);
              const { intervalSeconds, minIntervalSeconds } = pace.intervals(base, () => 0.99);
              expect(intervalSeconds).toBeLessThanOrEqual(10_800);
              expect(minIntervalSeconds).toBeLessThanOrEqual(intervalSeconds);
              told.push({ interval: pace.intervals(base, MIDDLE).intervalSeconds, at: now });
              now += 1;
            }
            now += pause;
            pace.count(1, base, now);
            const waiting = told.filter(({ interval, at }) => now < at + 2 * interval);
            const longest = Math.max(base, ...waiting.map(({ interval }) => interval));
            expect(pace.expirySeconds(base)).toBeGreaterThanOrEqual(2 * longest);
          }
        },
      ),
      { numRuns: 40 },
    );
  });
});
