import { describe, expect, test } from 'vitest';
import { RequestLimiter } from '../../../tracker-worker/announce/request-limiter.ts';
import { ipAddress } from '../shared/required.ts';

const MINUTE_MS = 60_000;
const limits = { maxRequestsPerMinutePerAddress: 3, maxTrackedAddresses: 100 };

/** What a limiter says to each request of one address. */
function admissions(
  limiter: RequestLimiter,
  address: string,
  timesMs: readonly number[],
): boolean[] {
  return timesMs.map((nowMs) => limiter.admit(ipAddress(address), nowMs));
}

describe('RequestLimiter', () => {
  test('admits as many requests as the limit in a minute, and refuses one more', () => {
    const limiter = new RequestLimiter(limits);
    const timesMs = [0, 1, MINUTE_MS - 2, MINUTE_MS - 1];
    expect(admissions(limiter, '192.0.2.1', timesMs)).toEqual([true, true, true, false]);
  });

  test('admits again once the minute is over', () => {
    const limiter = new RequestLimiter(limits);
    admissions(limiter, '192.0.2.1', [0, 0, 0, 0]);
    expect(admissions(limiter, '192.0.2.1', [MINUTE_MS, MINUTE_MS])).toEqual([true, true]);
  });

  test('a clock that is set back ends the minute too', () => {
    const limiter = new RequestLimiter(limits);
    admissions(limiter, '192.0.2.1', [5 * MINUTE_MS, 5 * MINUTE_MS, 5 * MINUTE_MS]);
    expect(admissions(limiter, '192.0.2.1', [0])).toEqual([true]);
  });

  test.each([
    ['two IPv4 addresses', '192.0.2.1', '192.0.2.2', false],
    ['IPv4 addresses that differ in front', '10.0.2.1', '11.0.2.1', false],
    ['an IPv4 address and its mapped form', '192.0.2.1', '::ffff:192.0.2.1', true],
    ['two addresses of an IPv6 /64', '2001:db8:0:1::1', '2001:db8:0:1:ffff::2', true],
    ['two IPv6 /64', '2001:db8:0:1::1', '2001:db8:0:2::1', false],
    ['an IPv4 address and an IPv6 that starts with it', '32.1.13.184', '2001:db8::', false],
  ])('%s: one source is %4$s', (_case, one, other, isOneSource) => {
    const limiter = new RequestLimiter(limits);
    admissions(limiter, one, [0, 0, 0]);
    expect(admissions(limiter, other, [0])).toEqual([!isOneSource]);
  });

  test('remembers at least half as many sources as it may, and forgets older ones', () => {
    const limiter = new RequestLimiter(limits);
    admissions(limiter, '192.0.2.1', [0, 0, 0]);
    const fill = (from: number, count: number): void => {
      for (let n = from; n < from + count; n += 1) admissions(limiter, `10.0.0.${n}`, [0]);
    };
    fill(0, 99);
    expect(admissions(limiter, '192.0.2.1', [0])).toEqual([false]);
    fill(100, 100);
    expect(admissions(limiter, '192.0.2.1', [0])).toEqual([true]);
  });

  test('does not forget a source that goes on asking', () => {
    const limiter = new RequestLimiter(limits);
    admissions(limiter, '192.0.2.1', [0, 0, 0]);
    const others = Array.from({ length: 250 }, (_, n) => `10.0.0.${n}`);
    const admitted = others.filter((other) => {
      admissions(limiter, other, [0]);
      return limiter.admit(ipAddress('192.0.2.1'), 0);
    });
    expect(admitted).toEqual([]);
  });

  test.each([2, 3, 100])('never remembers more than %i sources', (maxTrackedAddresses) => {
    const limiter = new RequestLimiter({ ...limits, maxTrackedAddresses });
    for (let n = 0; n < 1000; n += 1) {
      admissions(limiter, `10.0.${n >>> 8}.${n & 0xff}`, [0]);
      expect(limiter.size).toBeLessThanOrEqual(maxTrackedAddresses);
    }
    admissions(limiter, '192.0.2.1', [MINUTE_MS]);
    expect(limiter.size).toBe(1);
  });
});
