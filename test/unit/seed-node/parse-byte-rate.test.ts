import { describe, expect, test } from 'vitest';
import { parseByteRate } from '../../../seed-node/parse-byte-rate.ts';

describe('parseByteRate()', () => {
  test.each([
    ['250000', 250_000],
    ['250000B', 250_000],
    ['10MB', 10_000_000],
    ['10mb/s', 10_000_000],
    ['1.5 MiB', 1_572_864],
    ['500KiB', 512_000],
    ['500kB/s', 500_000],
    ['2GB', 2_000_000_000],
    ['2GiB', 2_147_483_648],
    ['16KiB', 16_384],
    ['1000GB', 1e12],
  ])('%s is %i', (text, bytesPerSecond) => {
    expect(parseByteRate(text)).toBe(bytesPerSecond);
  });

  test.each([
    ['', 'not a rate'],
    ['fast', 'not a rate'],
    ['MB', 'not a rate'],
    ['-1MB', 'not a rate'],
    ['1e6', 'not a rate'],
    ['1,5MB', 'not a rate'],
    [' 1MB', 'not a rate'],
    ['1MB\n', 'not a rate'],
    ['10Mbit', 'Mbit is not a unit of bytes'],
    ['10m', 'm is not a unit of bytes'],
    ['0', 'less than 16KiB'],
    ['16383', 'less than 16KiB'],
    ['1000.1GB', 'more than 1000GB'],
    ['9'.repeat(400), 'more than 1000GB'],
  ])('refuses %j: %s', (text, problem) => {
    expect(parseByteRate(text)).toContain(problem);
  });
});
