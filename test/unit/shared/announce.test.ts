import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type AnnounceFailure,
  type AnnounceReply,
  parseAnnounceReply,
} from '../../../shared/announce.ts';
import { type Encodable, encodeBencode } from '../../../shared/bencode.ts';
import { encodeLatin1, encodeUtf8 } from '../../../shared/text.ts';
import { formatEndpoint } from '../../../shared/endpoint.ts';
import { accepted, refusalOf } from './required.ts';

/** What a tracker that says all it can writes. */
const WRITTEN = encodeBencode({
  complete: 3,
  downloaded: 9,
  'external ip': Uint8Array.of(192, 0, 2, 1),
  incomplete: 2,
  interval: 1800,
  'min interval': 900,
  peers: Uint8Array.of(1, 2, 3, 4, 1, 2),
  peers6: Uint8Array.from([...new Uint8Array(15), 1, 0, 2]),
});

function parse(reply: Encodable): AnnounceReply | AnnounceFailure {
  return accepted(parseAnnounceReply(encodeBencode(reply)));
}

function peersOf(reply: AnnounceReply | AnnounceFailure): string[] {
  return 'peers' in reply ? reply.peers.map(formatEndpoint) : ['a failure'];
}

describe('parseAnnounceReply() reads', () => {
  test('compact peers of both families, IPv4 before IPv6, and passes over keys that it has no use for', () => {
    expect(accepted(parseAnnounceReply(WRITTEN))).toMatchObject({
      intervalSeconds: 1800,
      minIntervalSeconds: 900,
      seeders: 3,
      leechers: 2,
    });
    expect(peersOf(accepted(parseAnnounceReply(WRITTEN)))).toEqual(['1.2.3.4:258', '[::1]:2']);
  });

  test('a reply of an interval alone', () => {
    expect(parse({ interval: 60 })).toEqual({
      intervalSeconds: 60,
      minIntervalSeconds: 0,
      trackerId: undefined,
      seeders: 0,
      leechers: 0,
      peers: [],
    });
  });

  test.each<[name: string, id: Encodable, expected: string | undefined]>([
    ['any bytes, one character each', Uint8Array.of(0, 0x61, 0xff), '\u0000a\u00ff'],
    ['as long as allowed', 'x'.repeat(256), 'x'.repeat(256)],
    ['longer than allowed: none', 'x'.repeat(257), undefined],
    ['empty: none', '', undefined],
    ['a number: none', 7, undefined],
  ])('a tracker id: %s', (_name, id, expected) => {
    expect(parse({ interval: 60, 'tracker id': id })).toMatchObject({ trackerId: expected });
  });

  test('negative counts as 0', () => {
    const reply = { interval: 60, 'min interval': -1, complete: -1, incomplete: -1_000_000 };
    expect(parse(reply)).toEqual({
      intervalSeconds: 60,
      minIntervalSeconds: 0,
      trackerId: undefined,
      seeders: 0,
      leechers: 0,
      peers: [],
    });
  });

  test('counts of 1 as they are', () => {
    const reply = { interval: 1, 'min interval': 1, complete: 1, incomplete: 1 };
    expect(parse(reply)).toMatchObject({ minIntervalSeconds: 1, seeders: 1, leechers: 1 });
  });

  test.each<[name: string, reason: Uint8Array, text: string]>([
    ['Latin-1', Uint8Array.of(0x67, 0xfc, 0x6e), 'gün'],
    ['cut-off UTF-8', Uint8Array.of(0x61, 0xc3), 'aÃ'],
    ['no text at all', new Uint8Array(), ''],
  ])('a failure whose reason is %s, also beside an interval', (_name, reason, text) => {
    const reply = { 'failure reason': reason, interval: 60, 'retry in': '5' };
    expect(parse(reply)).toEqual({ failureReason: text, retrySeconds: 300 });
  });

  test('peers as dictionaries, those that cannot be dialled left out', () => {
    const peers = [
      { ip: '1.2.3.4', port: 6881 },
      { ip: '2001:db8::1', port: 65_535, 'peer id': 'x'.repeat(20) },
      { ip: 'tracker.example.org', port: 1 },
      { ip: '1.2.3', port: 1 },
      { ip: '1.2.3.4', port: 0 },
      { ip: '1.2.3.4', port: -1 },
      { ip: '1.2.3.4', port: 65_536 },
      { ip: '1.2.3.4', port: '1' },
      { ip: '1.2.3.4' },
      { port: 1 },
      'peer',
      7,
    ];
    expect(peersOf(parse({ interval: 60, peers }))).toEqual([
      '1.2.3.4:6881',
      '[2001:db8::1]:65535',
    ]);
  });

  test.each<[name: string, reply: Encodable, peers: string[]]>([
    ['cut-off compact peers as none', { interval: 60, peers: 'x'.repeat(7) }, []],
    ['cut-off IPv6 peers as none', { interval: 60, peers6: 'x'.repeat(17) }, []],
    ['peers that are an integer as none', { interval: 60, peers: 7 }, []],
    ['peers that are a dictionary as none', { interval: 60, peers: {} }, []],
    [
      'IPv6 peers though the IPv4 ones are cut off',
      { interval: 60, peers: 'x', peers6: Uint8Array.from([...new Uint8Array(15), 1, 0, 9]) },
      ['[::1]:9'],
    ],
  ])('%s', (_name, reply, peers) => {
    expect(peersOf(parse(reply))).toEqual(peers);
  });

  test.each<[name: string, retry: Encodable | undefined, retrySeconds: number | undefined]>([
    ['nothing', undefined, undefined],
    ['minutes', '5', 300],
    ['minutes as an integer', 5, 300],
    ['never', 'never', Number.POSITIVE_INFINITY],
    ['0', '0', undefined],
    ['a negative number', -1, undefined],
    ['an empty string', '', undefined],
    ['other text', 'soon', undefined],
    ['a list', [], undefined],
  ])('a failure with retry in %s', (_name, retry, retrySeconds) => {
    expect(parse({ 'failure reason': 'gone', 'retry in': retry })).toEqual({
      failureReason: 'gone',
      retrySeconds,
    });
  });
});

describe('parseAnnounceReply() refuses', () => {
  test.each<[name: string, bytes: Uint8Array]>([
    ['nothing', new Uint8Array()],
    ['an HTML page', encodeUtf8('<html>502 Bad Gateway</html>')],
    ['a list', encodeBencode([])],
    ['a reply without an interval', encodeBencode({ peers: '' })],
    ['an interval of 0', encodeBencode({ interval: 0 })],
    ['a negative interval', encodeBencode({ interval: -1 })],
    ['an interval that is text', encodeBencode({ interval: '60' })],
    ['a cut-off reply', WRITTEN.subarray(0, -1)],
    ['a byte after the end', encodeLatin1('d8:intervali60ee\n')],
    ['more than a megabyte', encodeBencode({ interval: 60, x: 'x'.repeat(1_000_000) })],
  ])('%s', (_name, bytes) => {
    expect(refusalOf(parseAnnounceReply(bytes)).code).toBe('not-a-reply');
  });

  test('any bytes without a throw', () => {
    const changed = fc
      .tuple(fc.nat({ max: WRITTEN.length - 1 }), fc.nat({ max: 255 }))
      .map(([position, byte]) => WRITTEN.with(position, byte));
    fc.assert(
      fc.property(fc.oneof(changed, fc.uint8Array()), (bytes) => {
        expect(() => parseAnnounceReply(bytes)).not.toThrow();
      }),
      { numRuns: 1000 },
    );
  });
});
