import { runDurableObjectAlarm } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { beforeEach, describe, expect, test } from 'vitest';
import type { Catalog } from '../../tracker-worker/catalog/catalog.ts';
import { announce, announceQuery } from './support/announces.ts';
import { publish } from './support/edge.ts';
import { sampleTorrent } from './support/torrents.ts';

const DAY = 86_400;
/** Where a sample begins. */
const T0 = 1_799_998_200;

/** A catalogue that no other test sees. */
let catalog: DurableObjectStub<Catalog>;
let tests = 0;
beforeEach(() => {
  tests += 1;
  catalog = env.CATALOG.getByName(`history test ${tests}`);
});

async function report(id: string, peers: number, web: number, seenAtSeconds: number) {
  const health = { uploadedBytes: peers, webSeedBytes: web };
  const url = 'https://seed.example';
  await catalog.reportEverseed({ id, seenAtSeconds, url, transports: ['tcp'], health });
}

async function traffic(fromSeconds: number, stepSeconds: number) {
  const samples = await catalog.history(fromSeconds, stepSeconds);
  return samples.map((one) => [one.atSeconds - T0, one.peerBytes, one.webSeedBytes]);
}

describe('Catalog.history()', () => {
  test('is what seed boxes sent since their last report, in the sample of the report', async () => {
    await report('a', 1000, 10, T0);
    await report('b', 500, 0, T0 + 10);
    await report('a', 1100, 10, T0 + 300);
    await report('b', 507, 3, T0 + 310);
    await report('a', 1100, 15, T0 + 900);
    expect(await traffic(T0, 900)).toEqual([
      [0, 107, 3],
      [900, 0, 5],
    ]);
  });

  test('takes one that counts from zero again for started anew', async () => {
    await report('a', 1000, 0, T0);
    await report('a', 40, 0, T0 + 300);
    expect(await traffic(T0, 900)).toEqual([[0, 40, 0]]);
  });

  test('puts samples together, and leaves out what came before', async () => {
    await report('a', 0, 0, T0);
    for (let step = 1; step <= 8; step += 1) await report('a', step * 100, 0, T0 + step * 900);
    expect(await traffic(T0 + 2700, 2700)).toEqual([
      [2700, 300, 0],
      [5400, 300, 0],
    ]);
  });

  test('has the peers of all swarms, sampled by the alarm', async () => {
    const { bytes, infoHash } = await sampleTorrent('sampled');
    await publish(bytes);
    await announce(announceQuery(infoHash, { left: '0' }));
    await catalog.history(0, 900);
    expect(await runDurableObjectAlarm(catalog)).toBe(true);
    const samples = await catalog.history(Math.floor(Date.now() / 1000) - DAY, 900);
    expect(samples).toMatchObject([{ seeders: 1, leechers: 0, peerBytes: 0 }]);
    // And again, a quarter of an hour later.
    expect(await runDurableObjectAlarm(catalog)).toBe(true);
  });
});
