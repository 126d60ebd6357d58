import { describe, expect, test } from 'vitest';
import { parseMediaRange } from '../../../../tracker-worker/browser/media-range.ts';

describe('parseMediaRange()', () => {
  test.each([
    [null, { start: 0, end: 99 }],
    ['bytes=0-', { start: 0, end: 99 }],
    ['bytes=10-19', { start: 10, end: 19 }],
    ['bytes=10-1000', { start: 10, end: 99 }],
    ['bytes=-5', { start: 95, end: 99 }],
    ['bytes=-500', { start: 0, end: 99 }],
    ['bytes=99-', { start: 99, end: 99 }],
    ['bytes=100-', undefined],
    ['bytes=20-10', undefined],
    ['lines=1-2', { start: 0, end: 99 }],
  ])('of %j in 100 bytes', (header, range) => {
    expect(parseMediaRange(header, 100)).toEqual(range);
  });
});
