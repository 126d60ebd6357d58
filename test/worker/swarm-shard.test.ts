import { env } from 'cloudflare:workers';
import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test';
import { describe, expect, test, vi } from 'vitest';
import type { InfoHash } from '../../shared/info-hash.ts';
import { CATALOG_NAME } from '../../tracker-worker/catalog/catalog-name.ts';
import { shardName, shardOf } from '../../tracker-worker/swarm/shard-of.ts';
import { ResidentSwarms } from '../../tracker-worker/swarm/resident-swarms.ts';
import type { JournalRow } from '../../tracker-worker/swarm/swarm-journal.ts';
import type { SwarmShard } from '../../tracker-worker/swarm/swarm-shard.ts';
import {
  announce,
  announceQuery,
  countsOf,
  failureOf,
  peerIdText,
  peersOf,
} from './support/announces.ts';
import { AUTHORIZED, fetchEdge, publish } from './support/edge.ts';
import { sampleTorrent } from './support/torrents.ts';

const SHARDS = 4;
const INTERVAL_MS = 1_800_000;

async function published(name: string): Promise<InfoHash> {
  const torrent = await sampleTorrent(name);
  await publish(torrent.bytes);
  return torrent.infoHash;
}

function shardFor(infoHash: InfoHash): DurableObjectStub<SwarmShard> {
  return env.SWARM_SHARD.getByName(shardName(shardOf(infoHash, SHARDS), SHARDS));
}

async function alarmOf(shard: DurableObjectStub<SwarmShard>): Promise<number | null> {
  return runInDurableObject(shard, async (_shard, state) => state.storage.getAlarm());
}

/** What a shard that starts now would read from its log. */
async function swarmOnDisk(infoHash: InfoHash): Promise<ResidentSwarms> {
  const rows = await runInDurableObject(shardFor(infoHash), (_shard, state) =>
    Array.from(state.storage.kv.list<JournalRow>({ prefix: 'log/' }), ([, row]) => row),
  );
  const limits = { maxPeers: 100, maxPeersPerAddress: 100, maxSwarms: undefined };
  const swarms = new ResidentSwarms(limits, 1);
  const never = { dialledSeconds: 60_000, socketSeconds: 60_000 };
  for (const { parts } of rows) {
    for (const part of parts) swarms.replay(part, Math.floor(Date.now() / 1000), never);
  }
  return swarms;
}

async function seatsOnDisk(infoHash: InfoHash): Promise<number> {
  const { seeders, leechers } = (await swarmOnDisk(infoHash)).counts(infoHash);
  return seeders + leechers;
}

async function downloadsOnDisk(infoHash: InfoHash): Promise<number> {
  return (await swarmOnDisk(infoHash)).counts(infoHash).downloads;
}

async function downloadsOf(infoHash: InfoHash): Promise<unknown> {
  const body: unknown = await (await fetchEdge(`/api/torrents/${infoHash}`)).json();
  return body !== null && typeof body === 'object' && 'downloads' in body && body.downloads;
}

describe('SwarmShard', () => {
  test('keeps peers, counts and downloads over an eviction', async () => {
    const infoHash = await published('evicted');
    await announce(announceQuery(infoHash));
    await announce(announceQuery(infoHash, { event: 'completed', left: '0' }));
    await announce(announceQuery(infoHash, { peer_id: peerIdText('2') }), {
      'cf-connecting-ip': '2001:db8::2',
    });
    await evictDurableObject(shardFor(infoHash));
    const answer = await announce(announceQuery(infoHash, { peer_id: peerIdText('3'), port: '3' }));
    expect(peersOf(answer)).toEqual(['192.0.2.1:6881', '[2001:db8::2]:6881']);
    expect(countsOf(answer)).toEqual([1, 2]);
    expect(await downloadsOf(infoHash)).toBe(1);
    // Who was counted is kept too: the same end of the same download is not counted again.
    await announce(announceQuery(infoHash, { event: 'completed', left: '0' }));
    expect(await downloadsOf(infoHash)).toBe(1);
  });

  test('has a download on disk before the reply is out, also while it is busy', async () => {
    const infoHash = await published('busy');
    const peers = Array.from({ length: 40 }, (_, n) => peerIdText(`${n}`));
    for (const peer_id of peers) await announce(announceQuery(infoHash, { peer_id }));
    await announce(
      announceQuery(infoHash, { peer_id: peerIdText('7'), event: 'completed', left: '0' }),
    );
    expect(await downloadsOnDisk(infoHash)).toBe(1);
  });

  test('writes at most a row an announce and an alarm while it is quiet', async () => {
    const infoHash = await published('quiet');
    const shard = shardFor(infoHash);
    const before = (await shard.stats()).totals;
    for (let n = 0; n < 5; n += 1) {
      await announce(announceQuery(infoHash, { peer_id: peerIdText(`${n}`) }));
      await expect.poll(async () => seatsOnDisk(infoHash), { timeout: 6000 }).toBe(n + 1);
    }
    const { totals } = await shard.stats();
    expect(totals.announces - before.announces).toBe(5);
    expect(totals.rowsWritten - before.rowsWritten).toBeLessThanOrEqual(6);
  }, 60_000);

  test('alarm() forgets who expired, keeps downloads and comes no more', async () => {
    const infoHash = await published('expired');
    const shard = shardFor(infoHash);
    await announce(announceQuery(infoHash));
    await announce(announceQuery(infoHash, { event: 'completed', left: '0' }));
    await expect.poll(async () => alarmOf(shard)).toBeTypeOf('number');
    vi.setSystemTime(Date.now() + 2 * 1.05 * INTERVAL_MS);
    try {
      expect(await runDurableObjectAlarm(shard)).toBe(true);
      expect(await seatsOnDisk(infoHash)).toBe(0);
      expect(await downloadsOnDisk(infoHash)).toBe(1);
      expect(await runDurableObjectAlarm(shard)).toBe(false);
    } finally {
      vi.useRealTimers();
    }
  });

  test('alarm() comes again while somebody is left', async () => {
    const infoHash = await published('still there');
    await announce(announceQuery(infoHash));
    const shard = shardFor(infoHash);
    // Announces are written after their reply.
    await expect.poll(async () => alarmOf(shard)).toBeTypeOf('number');
    expect(await runDurableObjectAlarm(shard)).toBe(true);
    expect(await alarmOf(shard)).toBeTypeOf('number');
    expect(countsOf(await announce(announceQuery(infoHash)))).toEqual([0, 1]);
  });

  test('serves what was published before it started', async () => {
    const torrent = await sampleTorrent('published before');
    await env.CATALOG.getByName(CATALOG_NAME).publish(
      {
        hashes: { v1: torrent.infoHash, v2: undefined },
        name: 'published before',
        sizeBytes: 5,
        fileCount: 1,
        publishedAtSeconds: 1,
        publisher: null,
        trackers: [],
      },
      torrent.bytes,
    );
    await shardFor(torrent.infoHash).counts([]);
    await evictDurableObject(shardFor(torrent.infoHash));
    expect(failureOf(await announce(announceQuery(torrent.infoHash)))).toBe(undefined);
  });

  test('serves from the moment of publishing to that of unpublishing, and again', async () => {
    const torrent = await sampleTorrent('on and off');
    const query = announceQuery(torrent.infoHash);
    const refused = 'this torrent is not registered at this tracker';
    expect(failureOf(await announce(query))).toBe(refused);
    await publish(torrent.bytes);
    expect(countsOf(await announce(query))).toEqual([0, 1]);
    await announce(announceQuery(torrent.infoHash, { event: 'completed', left: '0' }));
    await fetchEdge(`/api/torrents/${torrent.infoHash}`, { method: 'DELETE', headers: AUTHORIZED });
    expect(failureOf(await announce(query))).toBe(refused);
    await evictDurableObject(shardFor(torrent.infoHash));
    expect(failureOf(await announce(query))).toBe(refused);
    await publish(torrent.bytes);
    // Its peers are gone, how often it was downloaded is not.
    const other = announceQuery(torrent.infoHash, { peer_id: peerIdText('2'), port: '2' });
    expect(countsOf(await announce(other))).toEqual([0, 1]);
    expect(await downloadsOf(torrent.infoHash)).toBe(1);
  });
});
