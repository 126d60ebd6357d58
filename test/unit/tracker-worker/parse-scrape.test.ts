import { describe, expect, test } from 'vitest';
import type { InfoHash } from '../../../shared/info-hash.ts';
import type { Result } from '../../../shared/result.ts';
import { parseQuery } from '../../../tracker-worker/announce/parse-query.ts';
import { parseScrape } from '../../../tracker-worker/announce/parse-scrape.ts';
import { accepted, refusalOf } from '../shared/required.ts';

const limits = { fullScrape: false, maxScrapeInfoHashes: 64 };

function scrape(query: string, changed = {}): Result<readonly InfoHash[] | 'everything'> {
  return parseScrape(accepted(parseQuery(`?${query}`)), { ...limits, ...changed });
}

/** `count` different info-hashes, every byte escaped. */
function hashes(count: number): string {
  return Array.from(
    { length: count },
    (_, n) => `info_hash=${`%${n.toString(16).padStart(2, '0')}`.repeat(20)}`,
  ).join('&');
}

describe('parseScrape()', () => {
  test.each([
    ['one info_hash', hashes(1), ['00'.repeat(20)]],
    ['several in their order', hashes(3), ['00'.repeat(20), '01'.repeat(20), '02'.repeat(20)]],
    ['a repeated one once', `${hashes(1)}&${hashes(1)}`, ['00'.repeat(20)]],
    ['other keys', `a=b&${hashes(1)}&compact=1&peer_id=`, ['00'.repeat(20)]],
  ])('takes %s', (_case, query, infoHashes) => {
    expect(accepted(scrape(query))).toEqual(infoHashes);
  });

  test('takes 64 info_hash with every byte escaped, and refuses one more', () => {
    expect(accepted(scrape(hashes(64)))).toHaveLength(64);
    expect(refusalOf(scrape(`${hashes(64)}&info_hash=`)).code).toBe('too-many-info-hashes');
  });

  test('takes as many as the operator allows, and refuses one more, repeated or not', () => {
    expect(accepted(scrape(hashes(2), { maxScrapeInfoHashes: 2 }))).toHaveLength(2);
    for (const past of [hashes(3), `${hashes(2)}&${hashes(1)}`]) {
      expect(refusalOf(scrape(past, { maxScrapeInfoHashes: 2 })).code).toBe('too-many-info-hashes');
    }
  });

  test.each([
    'info_hash=abc',
    'info_hash=',
    'info_hash',
    `${hashes(1)}&info_hash=${'x'.repeat(21)}`,
  ])('refuses %s', (query) => {
    expect(refusalOf(scrape(query)).code).toBe('info-hash-length');
  });

  test.each(['', 'a=b', 'INFO_HASH=x'])('takes %j for everything, if that is on', (query) => {
    expect(accepted(scrape(query, { fullScrape: true }))).toBe('everything');
    expect(refusalOf(scrape(query)).code).toBe('full-scrape-off');
  });
});
