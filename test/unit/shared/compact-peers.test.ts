import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  COMPACT_IPV4_BYTES,
  COMPACT_IPV6_BYTES,
  decodeCompactPeers,
  encodeCompactPeers,
} from '../../../shared/compact-peers.ts';
import { formatEndpoint, ipAddressFromBytes } from '../../../shared/endpoint.ts';
import { ipAddress, required } from './required.ts';

describe('encodeCompactPeers()', () => {
  test('writes address and port in network order', () => {
    const peers = [
      { address: ipAddress('1.2.3.4'), port: 0x1ae1 },
      { address: ipAddress('255.0.0.1'), port: 65_535 },
    ];
    expect([...encodeCompactPeers(peers, COMPACT_IPV4_BYTES)]).toEqual([
      1, 2, 3, 4, 0x1a, 0xe1, 255, 0, 0, 1, 255, 255,
    ]);
  });

  test.each([
    ['IPv6 among IPv4', '::1', COMPACT_IPV4_BYTES],
    ['IPv4 among IPv6', '1.2.3.4', COMPACT_IPV6_BYTES],
  ] as const)('throws on %s', (_name, address, stride) => {
    expect(() => encodeCompactPeers([{ address: ipAddress(address), port: 1 }], stride)).toThrow(
      'compact peers are of one address family',
    );
  });
});

describe('decodeCompactPeers()', () => {
  test.each([
    [0, 0],
    [5, undefined],
    [6, 1],
    [7, undefined],
    [12, 2],
  ])('of %i bytes of IPv4', (length, count) => {
    const peers = decodeCompactPeers(new Uint8Array(length).fill(1), COMPACT_IPV4_BYTES);
    expect(peers?.length).toBe(count);
  });

  test.each([
    [17, undefined],
    [18, 1],
    [19, undefined],
  ])('of %i bytes of IPv6', (length, count) => {
    const peers = decodeCompactPeers(new Uint8Array(length).fill(1), COMPACT_IPV6_BYTES);
    expect(peers?.length).toBe(count);
  });

  test('leaves out port 0, which nobody can dial', () => {
    const bytes = Uint8Array.of(1, 2, 3, 4, 0, 0, 5, 6, 7, 8, 0, 1);
    expect(decodeCompactPeers(bytes, COMPACT_IPV4_BYTES)?.map(formatEndpoint)).toEqual([
      '5.6.7.8:1',
    ]);
  });

  test('makes an IPv4-mapped peer IPv4', () => {
    const bytes = Uint8Array.from([...new Uint8Array(10), 0xff, 0xff, 1, 2, 3, 4, 0x1a, 0xe1]);
    expect(decodeCompactPeers(bytes, COMPACT_IPV6_BYTES)?.map(formatEndpoint)).toEqual([
      '1.2.3.4:6881',
    ]);
  });

  test.each([
    ['IPv4', COMPACT_IPV4_BYTES],
    ['IPv6', COMPACT_IPV6_BYTES],
  ] as const)('gives back any %s peers that were encoded', (_name, stride) => {
    const bytes = fc.uint8Array({ minLength: stride - 2, maxLength: stride - 2 });
    // The first byte keeps random IPv6 out of ::ffff:0:0/96.
    const address = bytes.map((raw) => required(ipAddressFromBytes(raw.with(0, 32))));
    const peers = fc.array(fc.record({ address, port: fc.integer({ min: 1, max: 65_535 }) }));
    fc.assert(
      fc.property(peers, (all) => {
        const decoded = required(decodeCompactPeers(encodeCompactPeers(all, stride), stride));
        expect(decoded.map(formatEndpoint)).toEqual(all.map(formatEndpoint));
      }),
    );
  });
});
