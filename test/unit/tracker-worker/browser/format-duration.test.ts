import { describe, expect, test } from 'vitest';
import { formatDuration } from '../../../../tracker-worker/browser/format-duration.ts';

describe('formatDuration()', () => {
  test.each([
    [0, '1 s'],
    [45.4, '45 s'],
    [60, '1 min'],
    [3599, '60 min'],
    [12_000, '3 h 20 min'],
    [86_400, '24 h 0 min'],
    [4 * 86_400, '4 days'],
    [1e9, 'very long'],
    [Number.POSITIVE_INFINITY, 'very long'],
  ])('of %d seconds is %s', (seconds, words) => {
    expect(formatDuration(seconds)).toBe(words);
  });
});
