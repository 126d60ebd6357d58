import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { announceUrl } from '../../../../seed-node/announce/announce-url.ts';
import type { Whereabouts } from '../../../../seed-node/announce/peer-location.ts';
import { infoHashFromBytes } from '../../../../shared/info-hash.ts';
import { infoHash, peerId, required } from '../../shared/required.ts';

const HASH_BYTES = '%00%ff%7f%20%26%3d%25%2b%0a%80%00%ff%7f%20%26%3d%25%2b%0a%80';
const ANNOUNCE = {
  infoHash: infoHash(HASH_BYTES.replaceAll('%', '')),
  peerId: peerId('-ET0001-\xff\x00&=%+ abcdz'),
  port: 6881,
  uploadedBytes: 12_345_678_901,
  event: 'update',
  peersWanted: 50,
  trackerId: undefined,
} as const;

const PARAMETERS =
  `info_hash=${HASH_BYTES}` +
  '&peer_id=%2d%45%54%30%30%30%31%2d%ff%00%26%3d%25%2b%20%61%62%63%64%7a' +
  '&port=6881&uploaded=12345678901&downloaded=0&left=0&compact=1&numwant=50';

function at(address: string | undefined, ipv6Address?: string): Whereabouts {
  return { port: ANNOUNCE.port, address, ipv6Address };
}

describe('announceUrl()', () => {
  test.each([
    ['every byte percent-encoded, no event', ANNOUNCE, undefined, ''],
    ['started', { ...ANNOUNCE, event: 'started' } as const, undefined, '&event=started'],
    ['stopped', { ...ANNOUNCE, event: 'stopped' } as const, undefined, '&event=stopped'],
    ['an IPv4 address', ANNOUNCE, at('1.2.3.4'), '&ip=1.2.3.4'],
    ['an IPv6 address', ANNOUNCE, at('2001:db8::1'), '&ip=2001%3Adb8%3A%3A1'],
    [
      'an IPv6 address beside the one that is seen',
      ANNOUNCE,
      at(undefined, '2001:db8::1'),
      '&ipv6=2001%3Adb8%3A%3A1',
    ],
    ['both', ANNOUNCE, at('1.2.3.4', '2001:db8::1'), '&ip=1.2.3.4&ipv6=2001%3Adb8%3A%3A1'],
    [
      'an event and an address',
      { ...ANNOUNCE, event: 'started' } as const,
      at('::1'),
      '&event=started&ip=%3A%3A1',
    ],
    [
      'addresses and a tracker id',
      { ...ANNOUNCE, trackerId: 'a' },
      at('1.2.3.4', '2001:db8::1'),
      '&ip=1.2.3.4&ipv6=2001%3Adb8%3A%3A1&trackerid=%61',
    ],
    [
      'a tracker id of any bytes',
      { ...ANNOUNCE, trackerId: 'a&\u00ff' },
      undefined,
      '&trackerid=%61%26%ff',
    ],
  ])('%s', (_name, announce, whereabouts, more) => {
    expect(announceUrl('http://t/announce', announce, whereabouts)).toBe(
      `http://t/announce?${PARAMETERS}${more}`,
    );
  });

  test('says the port of the whereabouts, where they are told', () => {
    const url = announceUrl('http://t/announce', ANNOUNCE, { port: 7000, address: undefined });
    expect(url).toBe(`http://t/announce?${PARAMETERS.replace('port=6881', 'port=7000')}`);
  });

  test('goes on where the tracker’s URL has a query', () => {
    expect(announceUrl('http://t/announce?passkey=x', ANNOUNCE)).toBe(
      `http://t/announce?passkey=x&${PARAMETERS}`,
    );
  });

  test('any info-hash is three characters a byte, and stays so through URL', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 20, maxLength: 20 }), (bytes) => {
        const hash = required(infoHashFromBytes(bytes));
        const url = announceUrl('http://t/announce', { ...ANNOUNCE, infoHash: hash });
        const value = /[?&]info_hash=([^&]*)/.exec(new URL(url).search)?.[1];
        expect(value).toMatch(/^(%[0-9a-f]{2}){20}$/);
        expect(value?.replaceAll('%', '')).toBe(hash);
      }),
    );
  });
});
