import { beforeEach, describe, expect, test } from 'vitest';
import { RecentStats, STATS_MAX_AGE_MS } from '../../../tracker-worker/stats/recent-stats.ts';
import type { ShardStats } from '../../../tracker-worker/swarm/shard-stats.ts';

describe('RecentStats', () => {
  let loads: PromiseWithResolvers<readonly ShardStats[]>[];
  let nowMs: number;
  let recent: RecentStats;
  beforeEach(() => {
    loads = [];
    nowMs = 1000;
    recent = new RecentStats({
      load: async () => {
        const load = Promise.withResolvers<readonly ShardStats[]>();
        loads.push(load);
        return load.promise;
      },
      nowMs: () => nowMs,
    });
  });
  const finishLast = () => loads.at(-1)?.resolve([]);

  test('read() loads once for all who ask meanwhile', async () => {
    const readers = [recent.read(), recent.read(), recent.read()];
    expect(loads).toHaveLength(1);
    finishLast();
    for (const snapshot of await Promise.all(readers)) {
      expect(snapshot).toEqual({ atMs: 1000, shards: [] });
    }
  });

  test.each([
    [STATS_MAX_AGE_MS - 1, 1],
    [STATS_MAX_AGE_MS, 2],
  ])('read() after %i ms has loaded %i times', async (passedMs, count) => {
    const first = recent.read();
    finishLast();
    await first;
    nowMs += passedMs;
    const second = recent.read();
    finishLast();
    await second;
    expect(loads).toHaveLength(count);
  });

  test('read() does not keep a failure', async () => {
    const failing = [recent.read(), recent.read()];
    loads[0]?.reject(new Error('away'));
    for (const failed of failing) await expect(failed).rejects.toThrow('away');
    const next = recent.read();
    finishLast();
    expect((await next).shards).toEqual([]);
    expect(loads).toHaveLength(2);
  });

  test('read() gives up a load that never ends, and the next begins another', async () => {
    let isStuck = true;
    const impatient = new RecentStats({
      load: async () => (isStuck ? new Promise(() => {}) : []),
      nowMs: () => nowMs,
      deadlineMs: 1,
    });
    await expect(impatient.read()).rejects.toThrow('the shards did not answer in time');
    isStuck = false;
    expect((await impatient.read()).shards).toEqual([]);
  });
});
