import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeLatin1 } from '../../../shared/text.ts';
import { parseAnnounce } from '../../../tracker-worker/announce/parse-announce.ts';
import { MAX_QUERY_BYTES, parseQuery } from '../../../tracker-worker/announce/parse-query.ts';
import { parseScrape } from '../../../tracker-worker/announce/parse-scrape.ts';

/** Keys and values, both one character a byte. */
function parsed(query: string): string[][] {
  const result = parseQuery(`http://edge.example/announce${query}`);
  if (!result.ok) throw new Error(result.refusal.reason);
  return result.value.map(([key, value]) => [key, decodeLatin1(value)]);
}

test.each([
  ['no query', '', []],
  ['an empty query', '?', []],
  [
    'keys and values in their order',
    '?b=1&a=2&b=3',
    [
      ['b', '1'],
      ['a', '2'],
      ['b', '3'],
    ],
  ],
  ['every byte', '?a=%00%7f%80%Ff', [['a', '\u0000\u007f\u0080\u00ff']]],
  [
    'bytes that are not UTF-8 apart',
    '?a=%ff%fe&a=%fd%fc',
    [
      ['a', '\u00ff\u00fe'],
      ['a', '\u00fd\u00fc'],
    ],
  ],
  ['a plus as a space', '?a=1+2%2B3', [['a', '1 2+3']]],
  [
    'broken escapes as they are written',
    '?a=%zz%4&b=%&c=%4',
    [
      ['a', '%zz%4'],
      ['b', '%'],
      ['c', '%4'],
    ],
  ],
  ['an escape right behind a broken one', '?a=%%41', [['a', '%A']]],
  ['an escaped key', '?%69p=1', [['ip', '1']]],
  ['what follows a second equals sign', '?a=b=c', [['a', 'b=c']]],
  [
    'a key without a value',
    '?a&b=',
    [
      ['a', ''],
      ['b', ''],
    ],
  ],
  ['no key: passed over', '?&&=x&a=1&', [['a', '1']]],
  ['a second question mark', '?a=?', [['a', '?']]],
  ['__proto__ as any key', '?__proto__=1', [['__proto__', '1']]],
  ['text that no URL has, as UTF-8', '?a=é', [['a', '\u00c3\u00a9']]],
])('parseQuery() keeps %s', (_case, query, expected) => {
  expect(parsed(query)).toEqual(expected);
});

test('parseQuery() takes 8192 bytes and refuses one more', () => {
  const longest = `a=${'x'.repeat(MAX_QUERY_BYTES - 2)}`;
  expect(parseQuery(`http://e/?${longest}`).ok).toBe(true);
  for (const past of [`${longest}x`, `a=${'é'.repeat(MAX_QUERY_BYTES / 2)}`]) {
    expect(parseQuery(`http://e/?${past}`)).toMatchObject({ refusal: { code: 'query-too-long' } });
  }
});

const limits = { defaultPeersPerReply: 50, maxPeersPerReply: 200 };

test('parseQuery(), parseAnnounce() and parseScrape() throw for no query', () => {
  const part = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom('info_hash=', 'peer_id=', 'port=', '&', '=', '%', '%f', '+', '-1', '\ud800'),
  );
  fc.assert(
    fc.property(fc.array(part), (parts) => {
      const query = parseQuery(`?${parts.join('')}`);
      if (!query.ok) return;
      // Nothing that is drawn here holds all three needed parameters.
      expect(parseAnnounce(query.value, limits).ok).toBe(false);
      expect(() => parseScrape(query.value)).not.toThrow();
    }),
    { numRuns: 2000 },
  );
});

test('parseQuery() gives back any bytes that were escaped', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
      const escaped = Array.from(bytes, (byte) => `%${byte.toString(16).padStart(2, '0')}`).join(
        '',
      );
      expect(parsed(`?info_hash=${escaped}`)).toEqual([['info_hash', decodeLatin1(bytes)]]);
    }),
  );
});
