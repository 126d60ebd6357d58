import { describe, expect, test } from 'vitest';
import { formatBytes } from '../../../shared/format-bytes.ts';

describe('formatBytes()', () => {
  test.each([
    [0, '0 B'],
    [1, '1 B'],
    [999, '999 B'],
    [1000, '1.0 kB'],
    [1500, '1.5 kB'],
    [99_949, '99.9 kB'],
    [99_950, '100 kB'],
    [99_999, '100 kB'],
    [100_000, '100 kB'],
    [999_499, '999 kB'],
    [999_500, '1.0 MB'],
    [52_428_800, '52.4 MB'],
    [99_949_999, '99.9 MB'],
    [99_950_000, '100 MB'],
    [1_000_000_000, '1.0 GB'],
    [2 ** 40, '1.1 TB'],
    [1e15, '1.0 PB'],
    [1e18, '1000 PB'],
  ])('%d is %s', (bytes, text) => {
    expect(formatBytes(bytes)).toBe(text);
  });
});
