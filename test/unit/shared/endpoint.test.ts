import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  addressSourceKey,
  formatEndpoint,
  formatIpAddress,
  ipAddressFromBytes,
  ipAddressKey,
  isIpv4,
  parseIpAddress,
} from '../../../shared/endpoint.ts';
import { ipAddress, required } from './required.ts';

describe('parseIpAddress()', () => {
  test.each([
    ['1.2.3.4', [1, 2, 3, 4]],
    ['0.0.0.0', [0, 0, 0, 0]],
    ['255.255.255.255', [255, 255, 255, 255]],
    ['::', [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]],
    ['2001:db8::1', [0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]],
    ['2001:DB8:0:0:0:0:0:1', [0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]],
    ['64:ff9b::1.2.3.4', [0, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4]],
  ])('%s', (text, bytes) => {
    expect(parseIpAddress(text)).toEqual(Uint8Array.from(bytes));
  });

  test.each([
    ['::ffff:1.2.3.4', '1.2.3.4'],
    ['::FFFF:102:304', '1.2.3.4'],
    ['0:0:0:0:0:ffff:7f00:1', '127.0.0.1'],
  ])('%s is the IPv4 address %s', (text, ipv4) => {
    expect(isIpv4(ipAddress(text))).toBe(true);
    expect(ipAddressKey(ipAddress(text))).toBe(ipAddressKey(ipAddress(ipv4)));
  });

  test.each([
    [''],
    ['1.2.3'],
    ['1.2.3.4.5'],
    ['1'],
    ['16909060'],
    ['0x7f.1.1.1'],
    ['0177.0.0.1'],
    ['01.2.3.4'],
    ['256.1.1.1'],
    ['-1.2.3.4'],
    ['1.2.3.4 '],
    [' 1.2.3.4'],
    ['1.2.3.4\n'],
    ['1.2.3.4\0'],
    ['1.2.3.4:80'],
    ['１.2.3.4'],
    ['[::1]'],
    ['1::2::3'],
    ['1:2:3:4:5:6:7'],
    ['1:2:3:4:5:6:7:8:9'],
    ['12345::'],
    ['2001:db8::g'],
    ['::ffff:256.1.1.1'],
    ['localhost'],
    ['example.org'],
  ])('refuses %j', (text) => {
    expect(parseIpAddress(text)).toBeUndefined();
  });

  test('any text gives an address or undefined', () => {
    const addressLike = fc.string({
      unit: fc.constantFrom('0', '1', '255', 'f', 'ffff', ':', '::', '.', '%', 'x', ' '),
      maxLength: 20,
    });
    fc.assert(
      fc.property(addressLike, (text) => {
        expect([undefined, 4, 16]).toContain(parseIpAddress(text)?.length);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('ipAddressFromBytes()', () => {
  test.each([
    [0, undefined],
    [3, undefined],
    [4, 4],
    [5, undefined],
    [15, undefined],
    [16, 16],
    [17, undefined],
  ])('of %i bytes', (length, kept) => {
    expect(ipAddressFromBytes(new Uint8Array(length).fill(9))?.length).toBe(kept);
  });

  test('makes IPv4-mapped bytes IPv4', () => {
    const mapped = Uint8Array.from([...new Uint8Array(10), 0xff, 0xff, 1, 2, 3, 4]);
    expect(ipAddressFromBytes(mapped)).toEqual(Uint8Array.of(1, 2, 3, 4));
  });

  test.each([
    ['the prefix has another byte', 0, 1],
    ['the marker is half there', 11, 0xfe],
  ])('keeps IPv6 where %s', (_name, position, byte) => {
    const bytes = Uint8Array.from([...new Uint8Array(10), 0xff, 0xff, 1, 2, 3, 4]);
    bytes[position] = byte;
    expect(ipAddressFromBytes(bytes)?.length).toBe(16);
  });
});

describe('formatIpAddress()', () => {
  test.each(['1.2.3.4', '::', '::1', '2001:db8::1', 'fe80::1:0:0:1'])('%s', (text) => {
    expect(formatIpAddress(ipAddress(text))).toBe(text);
  });

  test('what it writes parses to the same address', () => {
    const bytes = fc.oneof(
      fc.uint8Array({ minLength: 4, maxLength: 4 }),
      fc.uint8Array({ minLength: 16, maxLength: 16 }),
    );
    fc.assert(
      fc.property(bytes, (raw) => {
        const address = required(ipAddressFromBytes(raw));
        expect(parseIpAddress(formatIpAddress(address))).toEqual(new Uint8Array(address));
      }),
      { numRuns: 500 },
    );
  });
});

describe('formatEndpoint()', () => {
  test.each([
    ['1.2.3.4', 6881, '1.2.3.4:6881'],
    ['2001:db8::1', 1, '[2001:db8::1]:1'],
    ['::ffff:1.2.3.4', 65_535, '1.2.3.4:65535'],
  ])('%s and %i', (address, port, text) => {
    expect(formatEndpoint({ address: ipAddress(address), port })).toBe(text);
  });
});

describe('addressSourceKey()', () => {
  test.each([
    ['two IPv4 addresses', '192.0.2.1', '192.0.2.2', false],
    ['an IPv4 address and its mapped form', '192.0.2.1', '::ffff:192.0.2.1', true],
    ['two addresses of an IPv6 /64', '2001:db8:0:1::1', '2001:db8:0:1:ffff::2', true],
    ['two IPv6 /64', '2001:db8:0:1::1', '2001:db8:0:2::1', false],
    ['an IPv4 and an IPv6 address of the same first bytes', '32.1.13.184', '2001:db8::', false],
  ])('%s: %s, %s: the same: %s', (_case, one, other, isSame) => {
    expect(addressSourceKey(ipAddress(one)) === addressSourceKey(ipAddress(other))).toBe(isSame);
  });
});
