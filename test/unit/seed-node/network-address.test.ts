import { describe, expect, test } from 'vitest';
import { isPublicIpAddress } from '../../../shared/endpoint.ts';
import { ipAddress } from '../shared/required.ts';
import {
  isLoopback,
  isWildcard,
  networkAddress,
  networkAddresses,
  originOf,
  publicIpv6Address,
  resolvePublicHost,
} from '../../../seed-node/network-address.ts';

describe('isLoopback()', () => {
  test.each([
    ['127.0.0.1', true],
    ['127.255.0.9', true],
    ['::1', true],
    ['0:0:0:0:0:0:0:1', true],
    ['::ffff:127.0.0.1', true],
    ['localhost', true],
    ['edge.localhost', true],
    ['LOCALHOST', true],
    ['Edge.LocalHost', true],
    ['128.0.0.1', false],
    ['0.0.0.0', false],
    ['::', false],
    ['::2', false],
    ['192.168.1.2', false],
    ['example.org', false],
    ['localhost.example.org', false],
    ['notlocalhost', false],
    ['NotLocalhost', false],
    ['.localhost', false],
  ])('%s: %s', (host, expected) => {
    expect(isLoopback(host)).toBe(expected);
  });
});

describe('isWildcard()', () => {
  test.each([
    ['0.0.0.0', true],
    ['::', true],
    ['::0', true],
    ['0::', true],
    ['0:0:0:0:0:0:0:0', true],
    ['0000:0000:0000:0000:0000:0000:0000:0000', true],
    ['::0.0.0.0', true],
    ['::ffff:0.0.0.0', true],
    ['0.0.0.1', false],
    ['1.0.0.0', false],
    ['1::', false],
    ['::ffff:0.0.0.1', false],
    ['', false],
    ['127.0.0.1', false],
    ['::1', false],
    ['localhost', false],
  ])('%s: %s', (host, expected) => {
    expect(isWildcard(host)).toBe(expected);
  });
});

describe('originOf()', () => {
  test.each([
    ['127.0.0.1', 8787, 'http://127.0.0.1:8787'],
    ['::1', 80, 'http://[::1]:80'],
    ['2001:db8::1', 8080, 'http://[2001:db8::1]:8080'],
    ['localhost', 1, 'http://localhost:1'],
    ['seed.example.org', 8080, 'http://seed.example.org:8080'],
  ])('%s and %i', (host, port, origin) => {
    expect(originOf(host, port)).toBe(origin);
  });

  test.each(['0.0.0.0', '::', '0:0:0:0:0:0:0:0', '::ffff:0.0.0.0'])(
    'of %s is an address that can be dialled',
    (host) => {
      const { hostname } = new URL(originOf(host, 8080));
      expect(isWildcard(hostname.replaceAll(/[[\]]/g, ''))).toBe(false);
    },
  );
});

describe('networkAddress()', () => {
  test('is never loopback nor link-local', () => {
    const address = networkAddress() ?? '192.0.2.1';
    expect(isLoopback(address)).toBe(false);
    expect(address).not.toMatch(/^fe80:/);
  });
});

describe('networkAddresses()', () => {
  test('are one of each family at most, never loopback nor link-local', () => {
    const { ipv4 = '192.0.2.1', ipv6 = '2001:db8::1' } = networkAddresses();
    expect([ipAddress(ipv4).length, ipAddress(ipv6).length]).toEqual([4, 16]);
    expect([ipv4, ipv6].some((address) => isLoopback(address))).toBe(false);
    expect(ipv6).not.toMatch(/^fe80:/);
  });
});

describe('publicIpv6Address()', () => {
  test('is one that the internet can dial, or none', () => {
    const address = publicIpv6Address() ?? '2606:4700::1111';
    expect(ipAddress(address)).toHaveLength(16);
    expect(isPublicIpAddress(ipAddress(address))).toBe(true);
  });
});

describe('resolvePublicHost()', () => {
  test.each([
    ['1.2.3.4', '1.2.3.4', undefined],
    ['2001:DB8:0:0:0:0:0:1', undefined, '2001:db8::1'],
    ['::ffff:1.2.3.4', '1.2.3.4', undefined],
  ])('of the literal %s is %s and %s', async (host, ipv4, ipv6) => {
    await expect(resolvePublicHost(host)).resolves.toEqual({ ipv4, ipv6 });
  });

  test('of a name has a family at least', async () => {
    const { ipv4, ipv6 } = await resolvePublicHost('localhost');
    expect([ipv4 ?? '127.0.0.1', ipv6 ?? '::1']).toEqual(['127.0.0.1', '::1']);
    expect(ipv4 ?? ipv6).toBeDefined();
  });
});
