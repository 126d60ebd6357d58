import { describe, expect, test } from 'vitest';
import { assetHeaders } from '../../../shared/asset-headers.ts';

describe('assetHeaders()', () => {
  test.each([
    ['/assets/torrent-page-abc.js', 'public, max-age=86400'],
    ['/sw.js', 'no-cache'],
    ['/sw.json', undefined],
    ['/', undefined],
  ])('of %s', (path, cacheControl) => {
    expect(assetHeaders(path)['cache-control']).toBe(cacheControl);
  });
});
