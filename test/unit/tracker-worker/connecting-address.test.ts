import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatIpAddress, type IpAddress, parseIpAddress } from '../../../shared/endpoint.ts';
import {
  connectingAddress,
  parsePlainAddress,
} from '../../../tracker-worker/announce/connecting-address.ts';

function formatted(address: IpAddress | undefined): string | undefined {
  return address === undefined ? undefined : formatIpAddress(address);
}

describe('connectingAddress()', () => {
  test.each([
    ['192.0.2.1', '192.0.2.1'],
    ['255.255.255.255', '255.255.255.255'],
    ['2001:db8::1', '2001:db8::1'],
    ['2001:DB8:0:0:0:0:0:1', '2001:db8::1'],
    ['::', '::'],
    ['::1', '::1'],
    ['fe80::', 'fe80::'],
    ['1:2:3:4:5:6:7::', '1:2:3:4:5:6:7:0'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['::ffff:c000:201', '192.0.2.1'],
    ['64:ff9b::192.0.2.1', '64:ff9b::c000:201'],
    ['', undefined],
    ['1.2.3', undefined],
    ['1.2.3.4.5', undefined],
    ['1.2.3.256', undefined],
    ['01.2.3.4', undefined],
    ['1.2.3.4, 5.6.7.8', undefined],
    ['1:2:3:4:5:6:7', undefined],
    ['1:2:3:4:5:6:7:8:9', undefined],
    ['1:2:3:4::5:6:7:8', undefined],
    ['1::2::3', undefined],
    [':1:2:3:4:5:6:7', undefined],
    ['1:2:3:4:5:6:7:', undefined],
    ['1::2:', undefined],
    ['1:::2', undefined],
    [':::', undefined],
    [':', undefined],
    ['12345::', undefined],
    ['g::', undefined],
  ])('takes %j for %s', (text, address) => {
    expect(formatted(connectingAddress(new Headers({ 'cf-connecting-ip': text })))).toBe(address);
  });

  test('names none where the header is missing', () => {
    expect(connectingAddress(new Headers({ 'x-forwarded-for': '192.0.2.1' }))).toBeUndefined();
  });
});

describe('parsePlainAddress()', () => {
  test('takes no text for another address than the general parser does', () => {
    const text = fc
      .array(fc.constantFrom('0', '1', '25', 'a', 'F', ':', '::', '.', '%', 'x'), { maxLength: 20 })
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(fc.oneof(text, fc.string(), fc.ipV4(), fc.ipV6()), (candidate) => {
        expect([undefined, parseIpAddress(candidate)]).toContainEqual(parsePlainAddress(candidate));
      }),
      { numRuns: 2000 },
    );
  });

  test('takes every address that is written without decimals in IPv6', () => {
    const ipv6 = fc.ipV6().filter((text) => !text.includes('.'));
    fc.assert(
      fc.property(fc.oneof(fc.ipV4(), ipv6), (text) => {
        expect(parsePlainAddress(text)).toEqual(parseIpAddress(text));
      }),
      { numRuns: 1000 },
    );
  });
});
