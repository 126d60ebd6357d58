import { expect, test } from 'vitest';
import { HashingRate } from '../../../../seed-node/jobs/hashing-rate.ts';

test('HashingRate is what was hashed in the last five seconds, and unknown at first', () => {
  const rate = new HashingRate();
  expect([rate.bytes, rate.bytesPerSecond]).toEqual([0, undefined]);
  rate.add(100, 1_000);
  expect([rate.bytes, rate.bytesPerSecond]).toEqual([100, undefined]);
  rate.add(300, 2_000);
  expect(rate.bytesPerSecond).toBe(200);
  for (let second = 3; second <= 20; second += 1) rate.add(300 + second, second * 1_000);
  expect([rate.bytes, rate.bytesPerSecond]).toEqual([320, 1]);
});
