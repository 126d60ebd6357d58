import { describe, expect, test } from 'vitest';
import { formatMagnet } from '../../../shared/magnet.ts';
import { infoHash } from './required.ts';

const HEX = '0123456789abcdef0123456789abcdef01234567';
const LINK = { hashes: { v1: infoHash(HEX), v2: undefined }, name: 'a', trackers: [] };

describe('formatMagnet()', () => {
  test.each([
    ['hash and name', LINK, `magnet:?xt=urn:btih:${HEX}&dn=a`],
    [
      'a name that would end the parameter',
      { ...LINK, name: 'a b&tr=x#?+é%' },
      `magnet:?xt=urn:btih:${HEX}&dn=a%20b%26tr%3Dx%23%3F%2B%C3%A9%25`,
    ],
    [
      'every tracker, in order',
      { ...LINK, trackers: ['http://a:80/announce?k=v&l', 'wss://b/announce/01'] },
      `magnet:?xt=urn:btih:${HEX}&dn=a&tr=http%3A%2F%2Fa%3A80%2Fannounce%3Fk%3Dv%26l&tr=wss%3A%2F%2Fb%2Fannounce%2F01`,
    ],
    [
      'where the .torrent is',
      { ...LINK, torrentUrl: 'http://a/t/x.torrent' },
      `magnet:?xt=urn:btih:${HEX}&dn=a&xs=http%3A%2F%2Fa%2Ft%2Fx.torrent`,
    ],
  ])('%s', (_name, link, magnet) => {
    expect(formatMagnet(link)).toBe(magnet);
  });

  test('any reader of URLs gets the parts back', () => {
    const link = {
      ...LINK,
      name: 'größe & 100% #1',
      trackers: ['http://a/announce', 'wss://b/announce/01'],
      torrentUrl: 'http://a/t/x.torrent?y=1&z=2',
    };
    const { searchParams } = new URL(formatMagnet(link));
    expect(searchParams.get('xt')).toBe(`urn:btih:${HEX}`);
    expect(searchParams.get('dn')).toBe(link.name);
    expect(searchParams.getAll('tr')).toEqual(link.trackers);
    expect(searchParams.get('xs')).toBe(link.torrentUrl);
  });
});
