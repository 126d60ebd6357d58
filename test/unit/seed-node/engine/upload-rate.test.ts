import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MAX_ASK_BYTES, UploadRate } from '../../../../seed-node/engine/upload-rate.ts';

const KIB = 1024;
const BLOCK = 16 * KIB;

/** A rate whose burst is spent. */
function spentRate(bytesPerSecond: number): UploadRate<string, string> {
  const rate = new UploadRate<string, string>(bytesPerSecond, 0);
  for (let left = rate.burstBytes; left > 0; left -= BLOCK) {
    rate.ask('first', Math.min(left, BLOCK), 'burst');
  }
  rate.release(0);
  expect(rate.waitingCount).toBe(0);
  return rate;
}

describe('UploadRate.release()', () => {
  test('lets the burst through at once, and not a byte more', () => {
    const rate = spentRate(64 * KIB);
    rate.ask('peer', 1, 'more');
    expect(rate.release(0)).toEqual([]);
    expect(rate.release(1)).toEqual(['more']);
  });

  test('a burst has room for the longest block, and is a second long at least', () => {
    expect(new UploadRate(1, 0).burstBytes).toBe(MAX_ASK_BYTES);
    expect(new UploadRate(10_000_000, 0).burstBytes).toBe(10_000_000);
  });

  test('lets through what time brings', () => {
    const rate = spentRate(64 * KIB);
    for (let n = 0; n < 8; n += 1) rate.ask('peer', BLOCK, `${n}`);
    expect(rate.release(249)).toEqual([]);
    expect(rate.release(250)).toEqual(['0']);
    expect(rate.release(1_000)).toEqual(['1', '2', '3']);
    expect(rate.release(999)).toEqual([]);
    expect(rate.release(1_250)).toEqual(['4']);
  });

  test('serves in turn, whoever asked for more', () => {
    const rate = spentRate(64 * KIB);
    for (const work of ['a1', 'a2', 'a3']) rate.ask('a', BLOCK, work);
    for (const work of ['b1', 'b2']) rate.ask('b', BLOCK, work);
    rate.ask('c', BLOCK, 'c1');
    expect(rate.release(1_500)).toEqual(['a1', 'b1', 'c1', 'a2', 'b2', 'a3']);
  });

  test('counts turns by bytes: long blocks get no more than short ones', () => {
    const rate = spentRate(64 * KIB);
    for (let n = 0; n < 4; n += 1) rate.ask('long', 8 * BLOCK, 'long');
    for (let n = 0; n < 32; n += 1) rate.ask('short', BLOCK, 'short');
    const released: string[] = [];
    for (let nowMs = 0; nowMs <= 8_000; nowMs += 250) released.push(...rate.release(nowMs));
    expect(released.filter((work) => work === 'long')).toHaveLength(2);
    expect(released.filter((work) => work === 'short')).toHaveLength(16);
  });

  test('forgets what one who left had asked for', () => {
    const rate = spentRate(64 * KIB);
    rate.ask('a', BLOCK, 'a1');
    rate.ask('b', BLOCK, 'b1');
    rate.leave('a');
    expect(rate.release(1_000)).toEqual(['b1']);
    expect(rate.waitingCount).toBe(0);
  });

  test('in any span of time lets through no more than the rate and the burst', () => {
    const step = fc.record({
      passedMs: fc.integer({ min: 0, max: 3_000 }),
      taker: fc.integer({ min: 0, max: 5 }),
      bytes: fc.integer({ min: 1, max: MAX_ASK_BYTES }),
      asks: fc.integer({ min: 0, max: 6 }),
      leaves: fc.boolean(),
    });
    fc.assert(
      fc.property(
        fc.integer({ min: 16 * KIB, max: 2_000 * KIB }),
        fc.array(step, { maxLength: 60 }),
        (bytesPerSecond, steps) => {
          const rate = new UploadRate<number, number>(bytesPerSecond, 0);
          const sent: { atMs: number; bytes: number }[] = [];
          let nowMs = 0;
          for (const { passedMs, taker, bytes, asks, leaves } of steps) {
            nowMs += passedMs;
            if (leaves) rate.leave(taker);
            for (let n = 0; n < asks; n += 1) rate.ask(taker, bytes, bytes);
            for (const released of rate.release(nowMs)) sent.push({ atMs: nowMs, bytes: released });
          }
          for (const [start, first] of sent.entries()) {
            let total = 0;
            for (const { atMs, bytes } of sent.slice(start)) {
              total += bytes;
              const spanMs = atMs - first.atMs;
              const most = rate.burstBytes + (bytesPerSecond * spanMs) / 1_000;
              expect(total).toBeLessThanOrEqual(most + 1);
            }
          }
        },
      ),
      { numRuns: 50 },
    );
  });

  test('starves nobody: takers who always want more get equal bytes, but for a block', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: KIB, max: MAX_ASK_BYTES }), { minLength: 2, maxLength: 8 }),
        (blockBytes) => {
          const rate = new UploadRate<number, number>(256 * KIB, 0);
          const sent = blockBytes.map(() => 0);
          for (const [taker, bytes] of blockBytes.entries()) {
            for (let asked = 0; asked < 4_096 * KIB; asked += bytes) rate.ask(taker, bytes, taker);
          }
          for (let nowMs = 0; nowMs < 10_000; nowMs += 100) {
            for (const taker of rate.release(nowMs)) {
              sent[taker] = (sent[taker] ?? 0) + (blockBytes[taker] ?? 0);
            }
          }
          const tolerance = MAX_ASK_BYTES + BLOCK;
          expect(Math.max(...sent) - Math.min(...sent)).toBeLessThanOrEqual(tolerance);
        },
      ),
      { numRuns: 30 },
    );
  });
});

describe('UploadRate.msToNext()', () => {
  test('says when the next is let through', () => {
    const rate = spentRate(64 * KIB);
    expect(rate.msToNext(0)).toBeUndefined();
    rate.ask('peer', BLOCK, 'block');
    expect(rate.msToNext(0)).toBe(250);
    expect(rate.msToNext(100)).toBe(150);
    expect(rate.msToNext(300)).toBe(0);
    expect(rate.release(300)).toEqual(['block']);
  });
});
