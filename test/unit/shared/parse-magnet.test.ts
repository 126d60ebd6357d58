import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatMagnet } from '../../../shared/magnet.ts';
import { infoHashV2FromHex } from '../../../shared/info-hash.ts';
import { parseMagnet } from '../../../shared/parse-magnet.ts';
import { accepted, infoHash, refusalOf, required } from './required.ts';

const V1 = '0123456789abcdef0123456789abcdef01234567';
const V2 = 'ab'.repeat(32);
/** The same as `V1`, five bits a character. */
const BASE32 = 'AERUKZ4JVPG66AJDIVTYTK6N54ASGRLH';

function parse(parameters: string): unknown {
  return accepted(parseMagnet(`magnet:?${parameters}`));
}

describe('parseMagnet() reads', () => {
  test.each([
    ['a v1 hash in hex', `xt=urn:btih:${V1}`, { v1: V1, v2: undefined }],
    ['one in upper case', `xt=urn:btih:${V1.toUpperCase()}`, { v1: V1, v2: undefined }],
    ['one in base32', `xt=urn:btih:${BASE32}`, { v1: V1, v2: undefined }],
    ['one in lower-case base32', `xt=urn:btih:${BASE32.toLowerCase()}`, { v1: V1, v2: undefined }],
    ['a v2 hash', `xt=urn:btmh:1220${V2}`, { v1: undefined, v2: V2 }],
    ['both', `xt=urn:btih:${V1}&xt=urn:btmh:1220${V2}`, { v1: V1, v2: V2 }],
    ['numbered keys', `xt.1=urn:btmh:1220${V2}&xt.2=urn:btih:${V1}`, { v1: V1, v2: V2 }],
    ['an escaped topic', `xt=urn%3Abtih%3A${V1}`, { v1: V1, v2: undefined }],
    [
      'hashes of other networks beside',
      `xt=urn:sha1:X&xt=urn:btih:${V1}`,
      { v1: V1, v2: undefined },
    ],
  ])('%s', (_case, parameters, hashes) => {
    expect(parse(parameters)).toMatchObject({ hashes });
  });

  test('everything else that it may carry', () => {
    const link = [
      `dn=a+name%26&xt=urn:btih:${V1}&tr=udp%3A%2F%2Fa.example%3A80&tr.2=wss://b.example/announce`,
      'ws=https%3A%2F%2Fc.example%2F&xs=https%3A%2F%2Fd.example%2Fx.torrent&as=http://e.example/',
      'x.pe=192.0.2.1:6881&x.pe=[2001:db8::1]:6881&so=0,2,4-6&x.unknown=1&lonely',
    ].join('&');
    expect(parse(link)).toMatchObject({
      name: 'a name&',
      trackers: ['udp://a.example:80', 'wss://b.example/announce'],
      webSeeds: ['https://c.example/'],
      torrentUrls: ['https://d.example/x.torrent', 'http://e.example/'],
      peers: ['192.0.2.1:6881', '[2001:db8::1]:6881'],
      selectedFiles: [
        { first: 0, last: 0 },
        { first: 2, last: 2 },
        { first: 4, last: 6 },
      ],
    });
  });

  test('all files where none is selected', () => {
    expect(parse(`xt=urn:btih:${V1}`)).toMatchObject({ selectedFiles: undefined, trackers: [] });
  });

  test('past URLs and peers that are none', () => {
    const link = `xt=urn:btih:${V1}&tr=gopher://x&tr=&ws=udp://x&xs=x&x.pe=nowhere`;
    expect(parse(link)).toMatchObject({ trackers: [], webSeeds: [], torrentUrls: [], peers: [] });
  });

  test('what formatMagnet() writes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.boolean(), (name, isHybrid) => {
        const v2 = isHybrid ? required(infoHashV2FromHex(V2)) : undefined;
        const trackers = ['http://a.example/announce?k=v&l', 'udp://b.example:80'];
        const link = { hashes: { v1: infoHash(V1), v2 }, name, trackers };
        expect(accepted(parseMagnet(formatMagnet(link)))).toMatchObject(link);
      }),
    );
  });
});

describe('parseMagnet() refuses', () => {
  test.each([
    ['another scheme', 'http://x', undefined],
    ['no hash', 'magnet:?dn=x', 'xt'],
    ['a short hash', `magnet:?xt=urn:btih:${V1.slice(1)}`, 'xt'],
    ['a hash of no digits', `magnet:?xt=urn:btih:${'z'.repeat(40)}`, 'xt'],
    ['base32 of no digits', `magnet:?xt=urn:btih:${'1'.repeat(32)}`, 'xt'],
    ['another multihash', `magnet:?xt=urn:btmh:1114${V1}`, 'xt'],
    ['a short v2 hash', `magnet:?xt=urn:btmh:1220${V1}`, 'xt'],
    ['a wrong hash beside a good one', `magnet:?xt=urn:btih:${V1}&xt=urn:btmh:1220`, 'xt'],
    ['a broken escape', `magnet:?xt=urn:btih:${V1}&dn=%zz`, undefined],
    ['a file number that is none', `magnet:?xt=urn:btih:${V1}&so=a`, 'so'],
    ['a range from behind', `magnet:?xt=urn:btih:${V1}&so=5-2`, 'so'],
    ['an endless range', `magnet:?xt=urn:btih:${V1}&so=0-999999`, 'so'],
    ['too many ranges', `magnet:?xt=urn:btih:${V1}&so=${'0,'.repeat(1_000)}0`, 'so'],
    ['a link without end', `magnet:?xt=urn:btih:${V1}&dn=${'x'.repeat(70_000)}`, undefined],
  ])('%s', (_case, link, at) => {
    expect(refusalOf(parseMagnet(link))).toEqual({ code: 'not-a-magnet', at });
  });

  test('or reads any string, and never throws', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string(), (start, end) => {
        expect(parseMagnet(start)).toHaveProperty('ok');
        expect(parseMagnet(`magnet:?${start}&xt=urn:btih:${V1}&${end}`)).toHaveProperty('ok');
      }),
    );
  });
});
