import { describe, expect, test } from 'vitest';
import { formatBytes, formatSeconds, printable } from '../../../../seed-node/cli/format.ts';

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

describe('formatSeconds()', () => {
  test.each([
    [0, '0:00'],
    [-1, '0:00'],
    [6.1, '0:07'],
    [59, '0:59'],
    [59.5, '1:00'],
    [754, '12:34'],
    [3599, '59:59'],
    [3599.5, '1:00:00'],
    [3723, '1:02:03'],
    [360_000, '100:00:00'],
  ])('%d is %s', (seconds, text) => {
    expect(formatSeconds(seconds)).toBe(text);
  });
});

describe('printable()', () => {
  test.each([
    ['plain text', 'a b.txt', 'a b.txt'],
    ['text of any script', 'größe 日本 𝕏 👩‍👩‍👧', 'größe 日本 𝕏 👩‍👩‍👧'],
    ['an escape sequence', '\x1b[2Ka', '\uFFFD[2Ka'],
    ['a line break', 'a\r\nb', 'a\uFFFD\uFFFDb'],
    ['a NUL, a backspace, a delete', '\0\b\x7f', '\uFFFD\uFFFD\uFFFD'],
    ['an 8-bit control', '\x9b2Ka', '\uFFFD2Ka'],
    ['text turned around', 'exe\u202Egpj', 'exe\uFFFDgpj'],
    ['an isolate', '\u2066a\u2069', '\uFFFDa\uFFFD'],
  ])('%s', (_name, text, shown) => {
    expect(printable(text)).toBe(shown);
  });
});
