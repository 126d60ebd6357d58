import { describe, expect, test } from 'vitest';
import { edgeUrls } from '../../../shared/edge-urls.ts';
import { infoHash } from './required.ts';

const HEX = 'f0123456789abcdef0123456789abcdef0123456';

describe('edgeUrls()', () => {
  test.each([
    ['http://127.0.0.1:8787', 'ws://127.0.0.1:8787'],
    ['https://edge.example.org', 'wss://edge.example.org'],
    ['https://http.example.org', 'wss://http.example.org'],
  ])('at %s', (edge, socketOrigin) => {
    expect(edgeUrls(edge, { v1: infoHash(HEX), v2: undefined })).toEqual({
      page: `${edge}/t/${HEX}`,
      torrent: `${edge}/t/${HEX}.torrent`,
      trackers: [[`${edge}/announce`], [`${socketOrigin}/announce/f0`]],
    });
  });
});
