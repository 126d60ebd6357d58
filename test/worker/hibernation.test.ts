import { env } from 'cloudflare:workers';
import { evictDurableObject } from 'cloudflare:test';
import { afterEach, describe, expect, test } from 'vitest';
import { type InfoHash, infoHashPrefix } from '../../shared/info-hash.ts';
import { shardName, shardOf } from '../../tracker-worker/swarm/shard-of.ts';
import type { SwarmShard } from '../../tracker-worker/swarm/swarm-shard.ts';
import { announce, announceQuery, countsOf, peerIdText, peersOf } from './support/announces.ts';
import {
  announceOf,
  answerOf,
  offerId,
  offerOf,
  relayedAnswer,
  relayedOffer,
} from './support/socket-messages.ts';
import { closeSockets, freshSwarm, openPeer } from './support/sockets.ts';

const SHARDS = 4;
const SOCKETS = 2000;

function shardFor(infoHash: InfoHash): DurableObjectStub<SwarmShard> {
  return env.SWARM_SHARD.getByName(shardName(shardOf(infoHash, SHARDS), SHARDS));
}

/** The announce URL that ends in the owning shard. */
function ownPath(infoHash: InfoHash): string {
  return `/announce/${infoHashPrefix(infoHash)}`;
}

afterEach(() => {
  closeSockets();
});

describe('a shard that hibernates with its sockets', () => {
  test('counts and names everybody as before', async () => {
    const infoHash = await freshSwarm('hibernated');
    await openPeer(infoHash, 'b', {}, ownPath(infoHash));
    await announce(announceQuery(infoHash, { left: '0' }));
    await evictDurableObject(shardFor(infoHash), { webSockets: 'hibernate' });
    const query = announceQuery(infoHash, { peer_id: peerIdText('other'), port: '2' });
    const answer = await announce(query);
    expect(countsOf(answer)).toEqual([1, 2]);
    expect(peersOf(answer)).toEqual(['192.0.2.1:6881']);
  });

  test('goes on relaying offers, and answers to offers from before', async () => {
    const infoHash = await freshSwarm('offers across');
    const first = await openPeer(infoHash, 'first', {}, ownPath(infoHash));
    const second = await openPeer(infoHash, 'second', {}, ownPath(infoHash));
    await second.ask(announceOf(infoHash, 'second', { offers: [offerOf('1')] }));
    expect(await first.next()).toEqual(relayedOffer(infoHash, 'second', '1'));

    await evictDurableObject(shardFor(infoHash), { webSockets: 'hibernate' });
    first.send(answerOf(infoHash, 'first', 'second'));
    expect(await second.next()).toEqual(relayedAnswer(infoHash, 'first', '1'));

    await first.ask(announceOf(infoHash, 'first', { offers: [offerOf('2')] }));
    expect(await second.next()).toEqual(relayedOffer(infoHash, 'first', '2'));
    second.send(answerOf(infoHash, 'second', 'first', { offer_id: offerId('2') }));
    expect(await first.next()).toEqual(relayedAnswer(infoHash, 'second', '2'));
  });

  test('lets a socket leave that closes afterwards', async () => {
    const infoHash = await freshSwarm('leaves later');
    const socket = await openPeer(infoHash, 'leaver', {}, ownPath(infoHash));
    await evictDurableObject(shardFor(infoHash), { webSockets: 'hibernate' });
    socket.close();
    await expect
      .poll(async () => countsOf(await announce(announceQuery(infoHash))))
      .toEqual([0, 1]);
  });
});

describe('a shard that loses its sockets', () => {
  test('forgets their peers, and no others', async () => {
    const infoHash = await freshSwarm('sockets closed');
    await openPeer(infoHash, 'gone', {}, ownPath(infoHash));
    await announce(announceQuery(infoHash, { left: '0' }));
    await evictDurableObject(shardFor(infoHash), { webSockets: 'close' });
    const query = announceQuery(infoHash, { peer_id: peerIdText('other'), port: '2' });
    expect(countsOf(await announce(query))).toEqual([1, 1]);
  });
});

describe('a crowd', () => {
  test(`${SOCKETS} sockets in one shard announce, are counted, and reach each other`, async () => {
    const infoHash = await freshSwarm('crowd');
    const path = ownPath(infoHash);
    for (let n = 0; n < SOCKETS; n += 50) {
      const some = Array.from({ length: 50 }, async (_, i) =>
        openPeer(infoHash, `crowd ${n + i}`, {}, path),
      );
      await Promise.all(some);
    }
    expect(countsOf(await announce(announceQuery(infoHash)))).toEqual([0, SOCKETS + 1]);
    const seed = await openPeer(infoHash, 'seed', { left: 0 }, path);
    const asker = await openPeer(infoHash, 'asker', {}, path);
    await asker.ask(announceOf(infoHash, 'asker', { offers: [offerOf('1')] }));
    expect(await seed.next()).toEqual(relayedOffer(infoHash, 'asker', '1'));
    seed.send(answerOf(infoHash, 'seed', 'asker'));
    expect(await asker.next()).toEqual(relayedAnswer(infoHash, 'seed', '1'));
  }, 60_000);
});
