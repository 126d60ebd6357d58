import { env } from 'cloudflare:workers';
import { evictDurableObject } from 'cloudflare:test';
import { afterEach, describe, expect, test } from 'vitest';
import { type InfoHash, infoHashPrefix } from '../../shared/info-hash.ts';
import { shardName, shardOf } from '../../tracker-worker/swarm/shard-of.ts';
import type { SwarmShard } from '../../tracker-worker/swarm/swarm-shard.ts';
import {
  MAX_WATCHERS_PER_ADDRESS,
  MAX_WATCHERS_PER_SHARD,
} from '../../tracker-worker/socket/watchers.ts';
import { announce, announceQuery, countsOf } from './support/announces.ts';
import { AUTHORIZED, fetchEdge } from './support/edge.ts';
import { closeSockets, freshSwarm, openPeer, openSocket, upgrade } from './support/sockets.ts';

const SHARDS = 4;

function shardFor(infoHash: InfoHash): DurableObjectStub<SwarmShard> {
  return env.SWARM_SHARD.getByName(shardName(shardOf(infoHash, SHARDS), SHARDS));
}

function livePath(infoHash: InfoHash): string {
  return `/t/${infoHash}/live`;
}

/** Shards are apart by the first byte of the info-hash: each test that fills one has its own. */
async function swarmIn(shard: number, name: string): Promise<InfoHash> {
  for (let attempt = 0; ; attempt += 1) {
    const infoHash = await freshSwarm(`${name} ${attempt}`);
    if (shardOf(infoHash, SHARDS) === shard) return infoHash;
  }
}

afterEach(() => {
  closeSockets();
});

describe('GET /t/:infohash/live', () => {
  test('sends the counts at once, and again when they change', async () => {
    const infoHash = await freshSwarm('watched');
    await announce(announceQuery(infoHash, { left: '0' }));
    const watcher = await openSocket(livePath(infoHash));
    expect(await watcher.next()).toEqual({ seeders: 1, leechers: 0, browsers: 0, downloads: 0 });

    await openPeer(infoHash, 'browser', {}, `/announce/${infoHashPrefix(infoHash)}`);
    expect(await watcher.next()).toEqual({ seeders: 1, leechers: 1, browsers: 1, downloads: 0 });
  });

  test('gathers the changes of one interval in one message', async () => {
    const infoHash = await freshSwarm('busy');
    const watcher = await openSocket(livePath(infoHash));
    await watcher.next();
    await announce(announceQuery(infoHash, { peer_id: 'a'.repeat(20), port: '1' }));
    expect(await watcher.next()).toMatchObject({ leechers: 1 });
    await announce(announceQuery(infoHash, { peer_id: 'b'.repeat(20), port: '2' }));
    // Long enough for a message of its own, were it not for the interval.
    await scheduler.wait(100);
    await announce(announceQuery(infoHash, { peer_id: 'c'.repeat(20), port: '3' }));
    expect(await watcher.next()).toMatchObject({ leechers: 3 });
  });

  test('is told nothing of other swarms', async () => {
    const watched = await swarmIn(0, 'watched one');
    const other = await swarmIn(0, 'other one');
    const watcher = await openSocket(livePath(watched));
    await watcher.next();
    await announce(announceQuery(other));
    await announce(announceQuery(watched));
    expect(await watcher.next()).toMatchObject({ leechers: 1 });
  });

  test('counts no watcher as a peer, and writes nothing for it', async () => {
    const infoHash = await freshSwarm('only watched');
    const before = await shardFor(infoHash).stats();
    const watcher = await openSocket(livePath(infoHash));
    await watcher.next();
    const after = await shardFor(infoHash).stats();
    expect(after.sockets).toBe(before.sockets);
    expect(after.totals).toEqual(before.totals);
    // The announcer alone.
    expect(countsOf(await announce(announceQuery(infoHash)))).toEqual([0, 1]);
  });

  test('goes on after a hibernation, beside the sockets of peers', async () => {
    const infoHash = await freshSwarm('asleep');
    const watcher = await openSocket(livePath(infoHash));
    await watcher.next();
    await openPeer(infoHash, 'peer', {}, `/announce/${infoHashPrefix(infoHash)}`);
    await watcher.next();
    await evictDurableObject(shardFor(infoHash), { webSockets: 'hibernate' });
    await announce(announceQuery(infoHash, { left: '0' }));
    expect(await watcher.next()).toMatchObject({ seeders: 1, leechers: 1, browsers: 1 });
    expect((await shardFor(infoHash).stats()).sockets).toBe(1);
  });

  test('hangs up on a client that talks', async () => {
    const infoHash = await freshSwarm('talking');
    const watcher = await openSocket(livePath(infoHash));
    await watcher.next();
    watcher.send('{"action":"announce"}');
    expect(await watcher.closed).toBe(1008);
  });

  test(`takes ${MAX_WATCHERS_PER_ADDRESS} from one address, and another when one has left`, async () => {
    const infoHash = await freshSwarm('crowd');
    const address = '203.0.113.7';
    const watchers = [];
    for (let n = 0; n < MAX_WATCHERS_PER_ADDRESS; n += 1) {
      watchers.push(await openSocket(livePath(infoHash), address));
    }
    expect((await upgrade(livePath(infoHash), address)).status).toBe(429);
    await openSocket(livePath(infoHash), '203.0.113.8');
    watchers[0]?.close();
    await expect.poll(async () => (await upgrade(livePath(infoHash), address)).status).toBe(101);
  });

  test(`takes ${MAX_WATCHERS_PER_SHARD} in a shard, and goes on taking peers`, async () => {
    const infoHash = await swarmIn(3, 'full house');
    for (let n = 0; n < MAX_WATCHERS_PER_SHARD; n += 1) {
      await openSocket(livePath(infoHash), `198.19.${Math.floor(n / 200)}.${n % 200}`);
    }
    expect((await upgrade(livePath(infoHash))).status).toBe(429);
    await openPeer(infoHash, 'peer', {}, `/announce/${infoHashPrefix(infoHash)}`);
  });

  test.each([
    ['an unknown torrent', '/t/'.concat('cd'.repeat(20), '/live'), 404, 'unknown-torrent'],
    ['no info-hash', '/t/abc/live', 400, 'bad-info-hash'],
  ])('of %s is a problem', async (_case, path, status, code) => {
    const response = await upgrade(path);
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ code });
  });

  test('of a blocked torrent is a problem', async () => {
    const infoHash = await freshSwarm('blocked, not watched');
    await fetchEdge(`/api/blocklist/${infoHash}`, { method: 'PUT', headers: AUTHORIZED });
    expect((await upgrade(livePath(infoHash))).status).toBe(404);
  });

  test('without an upgrade is a problem 426', async () => {
    const infoHash = await freshSwarm('plain');
    const response = await fetchEdge(livePath(infoHash));
    expect(response.status).toBe(426);
    expect(response.headers.get('upgrade')).toBe('websocket');
  });
});
