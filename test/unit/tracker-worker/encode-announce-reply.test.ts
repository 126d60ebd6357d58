import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseAnnounceReply } from '../../../shared/announce.ts';
import { type Encodable, encodeBencode } from '../../../shared/bencode.ts';
import { concatBytes } from '../../../shared/bytes.ts';
import { decodeCompactPeers } from '../../../shared/compact-peers.ts';
import {
  formatEndpoint,
  formatIpAddress,
  type IpAddress,
  ipAddressFromBytes,
} from '../../../shared/endpoint.ts';
import { decodeLatin1 } from '../../../shared/text.ts';
import {
  encodeCompactReply,
  encodeDictionaryReply,
} from '../../../tracker-worker/announce/encode-announce-reply.ts';
import type { SwarmReply } from '../../../tracker-worker/swarm/swarm-announce.ts';
import { accepted, ipAddress, required } from '../shared/required.ts';
import { pairsOf, replyOf } from './swarm-builders.ts';

const REPLY = replyOf({ seeders: 3, leechers: 2, downloads: 7 });
const START =
  'd8:completei3e10:downloadedi7e11:external ip4:\x01\x02\x03\x0410:incompletei2e8:intervali1800e12:min intervali900e';
const self = ipAddress('1.2.3.4');

interface AnyPeer {
  readonly address: IpAddress;
  readonly port: number;
  readonly id: Uint8Array;
}

function bytesOfLength(length: number): fc.Arbitrary<Uint8Array> {
  return fc.uint8Array({ minLength: length, maxLength: length });
}

/** Any address of a family; the first byte keeps random IPv6 out of ::ffff:0:0/96. */
function anyAddress(length: 4 | 16): fc.Arbitrary<IpAddress> {
  return bytesOfLength(length).map((bytes) => required(ipAddressFromBytes(bytes.with(0, 32))));
}

function anyPeers(length: 4 | 16): fc.Arbitrary<AnyPeer[]> {
  const port = fc.integer({ min: 1, max: 65_535 });
  const peer = fc.record({ address: anyAddress(length), port, id: bytesOfLength(20) });
  return fc.array(peer, { maxLength: 5 });
}

function compact(peers: readonly AnyPeer[]): Uint8Array {
  return concatBytes(
    peers.flatMap(({ address, port }) => [address, Uint8Array.of(port >>> 8, port & 0xff)]),
  );
}

const count = fc.nat({ max: Number.MAX_SAFE_INTEGER });
const anyReply = fc.record({
  counts: fc.record({
    intervalSeconds: fc.integer({ min: 1 }),
    minIntervalSeconds: count,
    seeders: count,
    leechers: count,
    downloads: count,
  }),
  ipv4: anyPeers(4),
  ipv6: anyPeers(16),
  external: fc.oneof(anyAddress(4), anyAddress(16)),
});
type AnyReply = typeof anyReply extends fc.Arbitrary<infer T> ? T : never;

function swarmReply({ counts, ipv4, ipv6 }: AnyReply, withIds: boolean): SwarmReply {
  return {
    ...counts,
    ipv4Peers: pairsOf(compact(ipv4)),
    ipv6Peers: pairsOf(compact(ipv6)),
    ipv4PeerIds: withIds ? ipv4.map((peer) => pairsOf(peer.id)).join('') : '',
    ipv6PeerIds: withIds ? ipv6.map((peer) => pairsOf(peer.id)).join('') : '',
  };
}

/** What the encoding library makes of a reply. */
function byLibrary({ counts, external }: AnyReply, peers: Record<string, Encodable>): Uint8Array {
  return encodeBencode({
    complete: counts.seeders,
    downloaded: counts.downloads,
    'external ip': external,
    incomplete: counts.leechers,
    interval: counts.intervalSeconds,
    'min interval': counts.minIntervalSeconds,
    ...peers,
  });
}

describe('encodeCompactReply()', () => {
  test.each<[string, Partial<SwarmReply>, string]>([
    ['without peers: `peers` is there and `peers6` is not', {}, '5:peers0:e'],
    ['IPv4', { ipv4Peers: '\u0506\u0708\u0102' }, '5:peers6:\x05\x06\x07\x08\x01\x02e'],
    ['IPv6 alone', { ipv6Peers: '\0'.repeat(9) }, `5:peers0:6:peers618:${'\0'.repeat(18)}e`],
  ])('%s', (_case, changed, end) => {
    expect(decodeLatin1(encodeCompactReply({ ...REPLY, ...changed }, self))).toBe(START + end);
  });

  test('`external ip` of an IPv6 client is its 16 bytes', () => {
    const bytes = encodeCompactReply(REPLY, ipAddress('2001:db8::1'));
    expect(decodeLatin1(bytes)).toContain(
      `11:external ip16:\x20\x01\x0d\xb8${'\0'.repeat(11)}\x0110:`,
    );
  });

  test('writes what the encoding library writes', () => {
    fc.assert(
      fc.property(anyReply, (any) => {
        const peers6 = any.ipv6.length > 0 ? { peers6: compact(any.ipv6) } : {};
        expect(encodeCompactReply(swarmReply(any, false), any.external)).toEqual(
          byLibrary(any, { peers: compact(any.ipv4), ...peers6 }),
        );
      }),
    );
  });

  test('is read back by parseAnnounceReply(), IPv4 before IPv6', () => {
    fc.assert(
      fc.property(anyReply, (any) => {
        const bytes = encodeCompactReply(swarmReply(any, false), any.external);
        const reply = accepted(parseAnnounceReply(bytes));
        const { downloads: _, ...counts } = any.counts;
        expect(reply).toMatchObject(counts);
        expect('peers' in reply && reply.peers.map(formatEndpoint)).toEqual(
          [...any.ipv4, ...any.ipv6].map(formatEndpoint),
        );
      }),
    );
  });
});

describe('encodeDictionaryReply()', () => {
  const xs = 'x'.repeat(20);
  const one = { ipv4Peers: '\u0506\u0708\u0102' };
  test.each<[string, Partial<SwarmReply>, string]>([
    ['without peers: an empty list', {}, '5:peerslee'],
    ['without ids', one, '5:peersld2:ip7:5.6.7.84:porti258eeee'],
    [
      'with ids',
      { ...one, ipv4PeerIds: '\u7878'.repeat(10) },
      `5:peersld2:ip7:5.6.7.87:peer id20:${xs}4:porti258eeee`,
    ],
    [
      'IPv6 as text in the same list',
      { ...one, ipv6Peers: `\u2001\u0db8${'\0'.repeat(5)}\u0001\u0009` },
      '5:peersld2:ip7:5.6.7.84:porti258eed2:ip11:2001:db8::14:porti9eeee',
    ],
  ])('%s', (_case, changed, end) => {
    expect(decodeLatin1(encodeDictionaryReply({ ...REPLY, ...changed }, self))).toBe(START + end);
  });

  test.each([true, false])('writes what the encoding library writes, ids: %s', (withIds) => {
    fc.assert(
      fc.property(anyReply, (any) => {
        const peers = [...any.ipv4, ...any.ipv6].map(({ address, port, id }) => ({
          ip: formatIpAddress(address),
          port,
          'peer id': withIds ? id : undefined,
        }));
        expect(encodeDictionaryReply(swarmReply(any, withIds), any.external)).toEqual(
          byLibrary(any, { peers }),
        );
      }),
    );
  });

  test('names the peers that the compact reply names', () => {
    fc.assert(
      fc.property(anyReply, (any) => {
        const bytes = encodeDictionaryReply(swarmReply(any, true), any.external);
        const reply = accepted(parseAnnounceReply(bytes));
        const expected = [
          ...required(decodeCompactPeers(compact(any.ipv4), 6)),
          ...required(decodeCompactPeers(compact(any.ipv6), 18)),
        ];
        expect('peers' in reply && reply.peers.map(formatEndpoint)).toEqual(
          expected.map(formatEndpoint),
        );
      }),
    );
  });
});
