import { env, waitUntil } from 'cloudflare:workers';
import { runDurableObjectAlarm } from 'cloudflare:test';
import { describe, expect, test } from 'vitest';
import { invariant } from '../../shared/invariant.ts';
import { parseIpAddress } from '../../shared/endpoint.ts';
import type { InfoHash } from '../../shared/info-hash.ts';
import { peerIdFromBytes } from '../../shared/peer-id.ts';
import { shardName, shardOf } from '../../tracker-worker/swarm/shard-of.ts';
import { SwarmShards } from '../../tracker-worker/swarm/swarm-shards.ts';
import type { SwarmAnnounce } from '../../tracker-worker/swarm/swarm-announce.ts';
import { announce, announceQuery } from './support/announces.ts';
import { freshSwarm, strangeInfoHash } from './support/sockets.ts';

const BEFORE = 4;
const AFTER = 16;

/** The swarms of the same edge when `SWARM_SHARDS` is another. */
const after = new SwarmShards(
  env.SWARM_SHARD,
  { shardCount: AFTER, maxAnnouncesPerCall: 1 },
  waitUntil,
);

function leecher(infoHash: InfoHash): SwarmAnnounce {
  const peerId = peerIdFromBytes(new Uint8Array(20).fill(0x61));
  const address = parseIpAddress('192.0.2.9');
  invariant(peerId !== undefined && address !== undefined, 'both are written out here');
  return {
    infoHash,
    peerId,
    address,
    port: 9,
    role: 'leecher',
    event: 'started',
    peersWanted: 50,
    wantsPeerIds: false,
  };
}

describe('another number of shards', () => {
  test('serves what was registered, at once, and nothing else', async () => {
    const infoHash = await freshSwarm('registered before');
    const outcome = await after.announce([leecher(infoHash)]);
    expect(outcome).toMatchObject({ ok: true, value: { seeders: 0, leechers: 1 } });
    const stranger = await after.announce([leecher(strangeInfoHash('ab'))]);
    expect(stranger).toMatchObject({ ok: false, refusal: { code: 'not-registered' } });
  });

  test('knows how often a publication was downloaded', async () => {
    const infoHash = await freshSwarm('downloaded before');
    await announce(announceQuery(infoHash));
    await announce(announceQuery(infoHash, { event: 'completed', left: '0' }));
    const old = env.SWARM_SHARD.getByName(shardName(shardOf(infoHash, BEFORE), BEFORE));
    // Reports what is not yet reported, as it also does by itself within seconds.
    await expect.poll(async () => runDurableObjectAlarm(old)).toBe(true);
    expect((await after.counts([infoHash])).get(infoHash)?.downloads).toBe(1);
  });
});
