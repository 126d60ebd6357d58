import { describe, expect, test } from 'vitest';
import { formatLiveCounts, parseLiveCounts } from '../../../shared/live-counts.ts';

describe('parseLiveCounts()', () => {
  test('reads what formatLiveCounts() writes', () => {
    const counts = { seeders: 1, leechers: 2, browsers: 3, downloads: 4 };
    expect(parseLiveCounts(formatLiveCounts(counts))).toEqual(counts);
  });

  test.each([
    'no JSON',
    'null',
    '[]',
    '{"seeders":1,"leechers":2,"browsers":3}',
    '{"seeders":1,"leechers":2,"browsers":3,"downloads":-1}',
    '{"seeders":1,"leechers":2,"browsers":3,"downloads":"4"}',
    '{"seeders":1.5,"leechers":2,"browsers":3,"downloads":4}',
  ])('refuses %s', (text) => {
    expect(parseLiveCounts(text)).toBeUndefined();
  });
});
