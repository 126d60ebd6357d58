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

  test('goes on counting a source however many others ask', () => {
    const limiter = new RequestLimiter(limits);
    admissions(limiter, '192.0.2.1', [0, 0, 0]);
    for (let n = 0; n < 10_000; n += 1) limiter.admit(ipAddress(`10.0.${n >>> 8}.${n & 0xff}`), 0);
    expect(admissions(limiter, '192.0.2.1', [0])).toEqual([false]);
  });

  // The hash is another one every minute: this is as sure as the odds of it, one in many millions.
  test('counts as many sources as it tracks apart', () => {
    const limiter = new RequestLimiter({
      maxRequestsPerMinutePerAddress: 40,
      maxTrackedAddresses: 50_000,
    });
    let refused = 0;
    for (let request = 0; request < 4; request += 1) {
      for (let n = 0; n < 50_000; n += 1) {
        const address = ipAddress(`10.${n >>> 16}.${(n >>> 8) & 0xff}.${n & 0xff}`);
        if (!limiter.admit(address, 0)) refused += 1;
      }
    }
    expect(refused).toBe(0);
  });

  test.each([
    [2, 16],
    [3, 32],
    [50_000, 524_288],
    [1_000_000, 8_388_608],
  ])('keeps the room for %i sources, %i bytes, from the start on', (maxTrackedAddresses, bytes) => {
    const limiter = new RequestLimiter({ ...limits, maxTrackedAddresses });
    for (let n = 0; n < 1000; n += 1) limiter.admit(ipAddress(`10.0.${n >>> 8}.${n & 0xff}`), 0);
    expect(limiter.bytes).toBe(bytes);
  });
});
