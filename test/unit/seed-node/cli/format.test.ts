import { describe, expect, test } from 'vitest';
import { formatSeconds, printable } from '../../../../seed-node/cli/format.ts';

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
