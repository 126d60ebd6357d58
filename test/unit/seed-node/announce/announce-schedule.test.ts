import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type AnnounceAnswer,
  nextAnnounceSeconds,
  retrySeconds,
} from '../../../../seed-node/announce/announce-schedule.ts';

const SIX_HOURS = 6 * 3600;

function reply(intervalSeconds: number, minIntervalSeconds = 0): AnnounceAnswer {
  return { type: 'reply', intervalSeconds, minIntervalSeconds };
}

function refused(seconds: number | undefined): AnnounceAnswer {
  return { type: 'refused', retrySeconds: seconds };
}

describe('nextAnnounceSeconds()', () => {
  test.each<[name: string, outcome: AnnounceAnswer, earliest: number, latest: number]>([
    ['a reply: its interval, spread by a tenth', reply(1800), 1800, 1980],
    ['a reply whose min interval is longer', reply(60, 900), 900, 990],
    ['a reply whose min interval is shorter', reply(900, 60), 900, 990],
    ['an interval of a second is 5', reply(1), 5, 5.5],
    ['an interval at the most', reply(SIX_HOURS), SIX_HOURS, SIX_HOURS * 1.1],
    ['an interval of a year is six hours', reply(31_536_000), SIX_HOURS, SIX_HOURS * 1.1],
    ['a negative min interval', reply(60, -1), 60, 66],
    ['a refusal with a time', refused(600), 600, 660],
    ['a refusal without a time', refused(undefined), 300, 330],
    ['a refusal for ever', refused(Number.POSITIVE_INFINITY), SIX_HOURS, SIX_HOURS * 1.1],
  ])('%s', (_name, outcome, earliest, latest) => {
    expect(nextAnnounceSeconds(outcome, 0)).toBeCloseTo(earliest, 6);
    expect(nextAnnounceSeconds(outcome, 1)).toBeCloseTo(latest, 6);
  });

  test('never is sooner than a tracker asked for, nor later than six hours and a tenth', () => {
    const anySeconds = fc.integer({ min: 1, max: 10_000_000 });
    fc.assert(
      fc.property(
        anySeconds,
        fc.nat(),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (interval, min, random) => {
          const seconds = nextAnnounceSeconds(reply(interval, min), random);
          expect(seconds).toBeGreaterThanOrEqual(Math.min(SIX_HOURS, Math.max(interval, min)));
          expect(seconds).toBeLessThanOrEqual(SIX_HOURS * 1.1);
        },
      ),
    );
  });
});

describe('retrySeconds()', () => {
  test.each<
    [name: string, failuresInARow: number, maxSeconds: number, earliest: number, latest: number]
  >([
    ['the first failure', 1, 300, 1, 2],
    ['the second failure', 2, 300, 2, 4],
    ['the third failure', 3, 300, 4, 8],
    ['the eighth failure', 8, 300, 128, 256],
    ['the ninth failure: no longer than five minutes', 9, 300, 150, 300],
    ['the millionth failure', 1_000_000, 300, 150, 300],
    ['the fourth failure of one that is asked every eight seconds', 4, 8, 4, 8],
  ])('%s', (_name, failuresInARow, maxSeconds, earliest, latest) => {
    expect(retrySeconds(failuresInARow, 0, maxSeconds)).toBeCloseTo(earliest, 6);
    expect(retrySeconds(failuresInARow, 1, maxSeconds)).toBeCloseTo(latest, 6);
  });
});
