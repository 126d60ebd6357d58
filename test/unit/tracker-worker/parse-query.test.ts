import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeLatin1, encodeLatin1 } from '../../../shared/text.ts';
import { parseAnnounce } from '../../../tracker-worker/announce/parse-announce.ts';
import { MAX_QUERY_BYTES, parseQuery } from '../../../tracker-worker/announce/parse-query.ts';
import { parseScrape } from '../../../tracker-worker/announce/parse-scrape.ts';
import { accepted } from '../shared/required.ts';

/** Keys and values, both one character a byte. */
function parsed(query: string): string[][] {
  const reader = accepted(parseQuery(`http://edge.example/announce${query}`));
  const parameters: string[][] = [];
  while (reader.next()) {
    parameters.push([reader.key, reader.text()]);
  }
  expect(reader.next()).toBe(false);
  return parameters;
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
  [
    'an escaped delimiter as part of its value',
    '?a=%26%3d&b=1',
    [
      ['a', '&='],
      ['b', '1'],
    ],
  ],
  [
    'keys without values before one that has',
    '?a&b&c=1&d',
    [
      ['a', ''],
      ['b', ''],
      ['c', '1'],
      ['d', ''],
    ],
  ],
  [
    'an escape cut off by the next parameter',
    '?a=%4&1=2',
    [
      ['a', '%4'],
      ['1', '2'],
    ],
  ],
  ['a null byte and a fragment', '?a=%00#b', [['a', '\u0000#b']]],
  ['text that no URL has, as UTF-8', '?a=é€%ff', [['a', '\u00c3\u00a9\u00e2\u0082\u00ac\u00ff']]],
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

test('parseQuery() reads on where one before was left', () => {
  const [first, second] = [accepted(parseQuery('?a=%41')), accepted(parseQuery('?b=%42'))];
  first.next();
  second.next();
  expect([first.text(), second.text()]).toEqual(['A', 'B']);
});

const announceLimits = { defaultPeersPerReply: 50, maxPeersPerReply: 200 };
const NO_HASH = '00'.repeat(20);
const scrapeLimits = { fullScrape: true, maxScrapeInfoHashes: 64 };

test('parseQuery(), parseAnnounce() and parseScrape() throw for no query', () => {
  const hash = `info_hash=${'%ff'.repeat(20)}`;
  const part = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom('info_hash=', 'peer_id=', 'port=', '&', '=', '%', '%f', '+', '-1', '\ud800'),
    fc.constantFrom(hash, `&${hash}&`, `&peer_id=${'p'.repeat(20)}&`, '&port=1&', '&left=', '&ip='),
  );
  fc.assert(
    fc.property(fc.array(part), (parts) => {
      const url = `?${parts.join('')}`;
      const [first, second] = [parseQuery(url), parseQuery(url)];
      const announce = first.ok ? parseAnnounce(first.value, announceLimits) : first;
      const scrape = second.ok ? parseScrape(second.value, scrapeLimits) : second;
      // Whatever is accepted is what it is said to be.
      expect(announce.ok ? announce.value.infoHash : NO_HASH).toMatch(/^[0-9a-f]{40}$/);
      expect(announce.ok ? announce.value.peersWanted : 0).toBeLessThanOrEqual(200);
      expect(scrape.ok ? scrape.value.length : 0).toBeLessThanOrEqual(64);
    }),
    { numRuns: 2000 },
  );
});

test('parseQuery() reads what any parameters were escaped to', () => {
  const escaped = fc.string({ unit: 'binary-ascii', minLength: 1 });
  fc.assert(
    fc.property(fc.array(fc.tuple(escaped, escaped)), (parameters) => {
      const query = parameters
        .map((pair) => pair.map((text) => percentEncoded(encodeLatin1(text))).join('='))
        .join('&');
      fc.pre(query.length <= MAX_QUERY_BYTES);
      expect(parsed(`?${query}`)).toEqual(parameters);
    }),
  );
});

test('parseQuery() gives back any bytes that were escaped', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
      const expected = [['info_hash', decodeLatin1(bytes)]];
      expect(parsed(`?info_hash=${percentEncoded(bytes)}`)).toEqual(expected);
    }),
  );
});

function percentEncoded(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => `%${byte.toString(16).padStart(2, '0')}`).join('');
}
