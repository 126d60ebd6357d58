import { describe, expect, test } from 'vitest';
import {
  AddressCounts,
  MAX_HTTP_CONNECTIONS_PER_ADDRESS,
} from '../../../../seed-node/http/connection-limits.ts';

describe('AddressCounts', () => {
  test('enter() takes as many as an address may have, and another when one has left', () => {
    const counts = new AddressCounts();
    for (let n = 0; n < MAX_HTTP_CONNECTIONS_PER_ADDRESS; n += 1) {
      expect(counts.enter('192.0.2.1')).toBe(true);
    }
    expect(counts.enter('192.0.2.1')).toBe(false);
    expect(counts.enter('192.0.2.2')).toBe(true);
    counts.leave('192.0.2.1');
    expect(counts.enter('192.0.2.1')).toBe(true);
  });

  test('enter() counts an IPv6 /64 as one address', () => {
    const counts = new AddressCounts();
    for (let n = 1; n <= MAX_HTTP_CONNECTIONS_PER_ADDRESS; n += 1) counts.enter(`2001:db8::${n}`);
    expect(counts.enter('2001:db8::ffff')).toBe(false);
    expect(counts.enter('2001:db8:0:1::1')).toBe(true);
    counts.leave('2001:db8::5');
    expect(counts.enter('2001:db8::ffff')).toBe(true);
  });

  test.each(['127.0.0.1', '127.0.0.9', '::1'])('enter() does not limit %s, a proxy', (address) => {
    const counts = new AddressCounts();
    for (let n = 0; n <= MAX_HTTP_CONNECTIONS_PER_ADDRESS; n += 1) {
      expect(counts.enter(address)).toBe(true);
    }
  });
});
