import { describe, expect, test } from 'vitest';
import { linePath, niceCeiling } from '../../../tracker-worker/pages/chart-lines.ts';

describe('niceCeiling()', () => {
  test.each([
    [1, 1],
    [1.1, 2],
    [3, 5],
    [6, 10],
    [10, 10],
    [11, 20],
    [499, 500],
    [501, 1000],
    [1_234_567, 2_000_000],
  ])('of %f is %i', (value, ceiling) => {
    expect(niceCeiling(value)).toBe(ceiling);
  });
});

describe('linePath()', () => {
  test('goes from end to end, nothing at the bottom, the most at the top', () => {
    expect(linePath([0, 10, 5], 10)).toBe('M0 119L300 1L600 60');
  });

  test('is broken where nothing is known', () => {
    expect(linePath([1, 1, undefined, 1, 1], 1)).toBe('M0 1L150 1M450 1L600 1');
  });

  test('makes a lone value a dot', () => {
    expect(linePath([undefined, 1, undefined], 1)).toBe('M300 1h.1');
    expect(linePath([1], 1)).toBe('M0 1h.1');
  });

  test('of nothing is nothing', () => {
    expect(linePath([], 1)).toBe('');
    expect(linePath([undefined], 1)).toBe('');
  });
});
