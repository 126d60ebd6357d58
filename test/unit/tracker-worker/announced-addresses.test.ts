import { describe, expect, test } from 'vitest';
import { formatIpAddress } from '../../../shared/endpoint.ts';
import { announcedAddresses } from '../../../tracker-worker/announce/announced-addresses.ts';
import { accepted, ipAddress, refusalOf } from '../shared/required.ts';

const address = ipAddress('192.0.2.1');

describe('announcedAddresses()', () => {
  test.each<[string, boolean, string[], string[]]>([
    ['a stranger: where it connects from', false, [], ['192.0.2.1']],
    ['a stranger that states one: the same', false, ['203.0.113.6'], ['192.0.2.1']],
    ['a stranger that states junk: the same', false, ['None', ''], ['192.0.2.1']],
    ['a publisher that states none: where it connects from', true, [], ['192.0.2.1']],
    ['a publisher that states one', true, ['203.0.113.6'], ['203.0.113.6']],
    [
      'one of each family: IPv4 first',
      true,
      ['2001:db8::1', '203.0.113.6'],
      ['203.0.113.6', '2001:db8::1'],
    ],
    [
      'several of a family: the last',
      true,
      ['203.0.113.6', '2001:db8::1', '203.0.113.7', '2001:db8::2'],
      ['203.0.113.7', '2001:db8::2'],
    ],
    ['an IPv4-mapped one: IPv4', true, ['203.0.113.6', '::ffff:203.0.113.7'], ['203.0.113.7']],
  ])('%s', (_case, isPublisher, stated, expected) => {
    const announced = announcedAddresses({ isPublisher, address }, { inPlace: stated, beside: [] });
    expect(accepted(announced).map((each) => formatIpAddress(each))).toEqual(expected);
  });

  test.each<[string, string[], string[], string[]]>([
    [
      'of the other family: where it connects from too',
      [],
      ['2001:db8::1'],
      ['192.0.2.1', '2001:db8::1'],
    ],
    ['of its own family: in its place', [], ['203.0.113.6'], ['203.0.113.6']],
    ['beside an ip: not where it connects from', ['2001:db8::1'], [], ['2001:db8::1']],
    [
      'beside an ip of the other family',
      ['203.0.113.6'],
      ['2001:db8::1'],
      ['203.0.113.6', '2001:db8::1'],
    ],
  ])('ipv4 and ipv6 of a publisher, %s', (_case, inPlace, beside, expected) => {
    const announced = announcedAddresses({ isPublisher: true, address }, { inPlace, beside });
    expect(accepted(announced).map((each) => formatIpAddress(each))).toEqual(expected);
  });

  test.each(['seed.example', '', 'None', '1.2.3.4:6881'])(
    'refuses a publisher that states %j',
    (stated) => {
      const result = announcedAddresses(
        { isPublisher: true, address },
        { inPlace: ['203.0.113.6'], beside: [stated] },
      );
      expect(refusalOf(result).code).toBe('stated-address-invalid');
    },
  );

  test('needs one address, connecting or stated', () => {
    const announcer = { isPublisher: true, address: undefined } as const;
    expect(refusalOf(announcedAddresses(announcer, { inPlace: [], beside: [] })).code).toBe(
      'address-unknown',
    );
    expect(
      accepted(announcedAddresses(announcer, { inPlace: ['203.0.113.6'], beside: [] })),
    ).toHaveLength(1);
  });
});
