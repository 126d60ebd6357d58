import { describe, expect, test } from 'vitest';
import { PeerLocation } from '../../../../seed-node/announce/peer-location.ts';

describe('PeerLocation.now()', () => {
  test('is the port that listens, and the addresses of the moment', () => {
    let ipv6Address = '2001:db8::1';
    const location = new PeerLocation(6881, () => ({ address: undefined, ipv6Address }));
    ipv6Address = '2001:db8::2';
    expect(location.now()).toEqual({ port: 6881, address: undefined, ipv6Address: '2001:db8::2' });
  });

  test('is the router’s port, and no IPv6 address, which has another', () => {
    const location = new PeerLocation(6881, () => ({
      address: '203.0.113.9',
      ipv6Address: '2001:db8::1',
    }));
    expect(location.moveTo(6881)).toBe(false);
    expect(location.moveTo(7000)).toBe(true);
    expect(location.moveTo(7000)).toBe(false);
    expect(location.now()).toEqual({ port: 7000, address: '203.0.113.9' });
    expect(location.externalPort).toBe(7000);
  });

  test('stays where it is told over IPv6 alone', () => {
    const location = new PeerLocation(6881, () => ({ address: '2001:db8::1' }));
    location.moveTo(7000);
    expect(location.now()).toEqual({ port: 6881, address: '2001:db8::1' });
    expect(location.externalPort).toBe(7000);
  });
});
