import { afterEach, describe, expect, test } from 'vitest';
import { infoHashToBinary } from '../../shared/binary-strings.ts';
import { type InfoHash, infoHashPrefix } from '../../shared/info-hash.ts';
import { announce, announceQuery, countsOf, peerIdText } from './support/announces.ts';
import {
  announceOf,
  answerOf,
  failure,
  type Keys,
  offerId,
  offerOf,
  relayedAnswer,
  relayedOffer,
  scrapeOf,
} from './support/socket-messages.ts';
import { closeSockets, freshSwarm, openPeer, openSocket } from './support/sockets.ts';

const NO_OFFER = 'no offer waits for this answer; it may have expired';
const seeding: Keys = { left: 0 };
const offering = (...suffixes: string[]): Keys => ({ offers: suffixes.map(offerOf) });

afterEach(closeSockets);

describe.each([
  ['in the shard that owns the torrent', (infoHash: InfoHash) => infoHashPrefix(infoHash)],
  // The first digit decides among 4 shards: this is another one.
  ['in another shard', (infoHash: InfoHash) => `${infoHash.startsWith('0') ? 'f' : '0'}0`],
])('offers and answers of a socket %s', (where, prefixOf) => {
  const swarm = async (name: string): Promise<[InfoHash, string]> => {
    const infoHash = await freshSwarm(`${name}, ${where}`);
    return [infoHash, `/announce/${prefixOf(infoHash)}`];
  };

  test('an offer each goes to as many peers as there are, and to no other', async () => {
    const [infoHash, path] = await swarm('one each');
    const near = await openPeer(infoHash, '2', seeding, path);
    const far = await openPeer(infoHash, '3', seeding, `/announce/${infoHashPrefix(infoHash)}`);
    const socket = await openSocket(path);
    // numwant is not asked: offers are what can be given away.
    const reply = await socket.ask(
      announceOf(infoHash, '1', { ...offering('1', '2', '3'), numwant: 1 }),
    );
    expect(reply).toMatchObject({ complete: 2, incomplete: 1 });
    expect(await socket.settle(infoHash)).toEqual([]);
    const relayed = [...(await near.settle(infoHash)), ...(await far.settle(infoHash))];
    const expected = ['1', '2'].map((suffix) => relayedOffer(infoHash, '1', suffix));
    expect(relayed.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))).toEqual(
      expected,
    );
  });

  test('an answer goes to who made the offer, once, and is not replied to', async () => {
    const [infoHash, path] = await swarm('answered');
    const seeder = await openPeer(infoHash, '2', seeding, path);
    const leecher = await openPeer(infoHash, '1', offering('1'), path);
    expect(await seeder.next()).toEqual(relayedOffer(infoHash, '1', '1'));
    seeder.send(answerOf(infoHash, '2', '1', { trackerid: 'x' }));
    expect(await leecher.next()).toEqual(relayedAnswer(infoHash, '2', '1'));
    expect(await seeder.settle(infoHash)).toEqual([]);
    seeder.send(answerOf(infoHash, '2', '1'));
    expect(await seeder.settle(infoHash)).toEqual([failure(infoHash, NO_OFFER)]);
    expect(await leecher.settle(infoHash)).toEqual([]);
  });

  test.each([
    ['with another offer_id', { offer_id: offerId('2') }],
    ['to another peer', { to_peer_id: peerIdText('3') }],
    ['to itself', { to_peer_id: peerIdText('2') }],
    ['in another swarm', { info_hash: 'x'.repeat(20) }],
  ])('an answer %s reaches nobody', async (title, keys) => {
    const [infoHash, path] = await swarm(`stray answer ${title}`);
    const seeder = await openPeer(infoHash, '2', seeding, path);
    const bystander = await openPeer(infoHash, '3', {}, path);
    const leecher = await openPeer(infoHash, '1', offering('1'), path);
    await seeder.settle(infoHash);
    const info_hash = 'info_hash' in keys ? keys.info_hash : infoHashToBinary(infoHash);
    expect(await seeder.ask(answerOf(infoHash, '2', '1', keys))).toEqual({
      ...failure(infoHash, NO_OFFER),
      info_hash,
    });
    for (const socket of [leecher, bystander, seeder]) {
      expect(await socket.settle(infoHash)).toEqual([]);
    }
  });

  test('an answer from a socket that got no offer reaches nobody', async () => {
    const [infoHash, path] = await swarm('thief');
    const seeder = await openPeer(infoHash, '2', seeding, path);
    const leecher = await openPeer(infoHash, '1', offering('1'), path);
    await seeder.settle(infoHash);
    // It calls itself by the seeder's peer-id, which anyone in the swarm can see.
    const thief = await openPeer(infoHash, '2', seeding, path);
    thief.send(answerOf(infoHash, '2', '1'));
    expect(await thief.settle(infoHash)).toEqual([failure(infoHash, NO_OFFER)]);
    expect(await leecher.settle(infoHash)).toEqual([]);
    seeder.send(answerOf(infoHash, '2', '1'));
    expect(await leecher.next()).toEqual(relayedAnswer(infoHash, '2', '1'));
  });

  test('an offer that found nobody waits for a seed', async () => {
    const [infoHash, path] = await swarm('parked');
    const leecher = await openPeer(infoHash, '1', offering('1'), path);
    for (const keys of [{}, { event: 'paused' }]) {
      const other = await openPeer(infoHash, '3', keys, path);
      expect(await other.settle(infoHash)).toEqual([]);
    }
    const seeder = await openPeer(infoHash, '2', seeding, path);
    expect(await seeder.next()).toEqual(relayedOffer(infoHash, '1', '1'));
    seeder.send(answerOf(infoHash, '2', '1'));
    expect(await leecher.next()).toEqual(relayedAnswer(infoHash, '2', '1'));
    // It was given away.
    const second = await openPeer(infoHash, '4', seeding, path);
    expect(await second.settle(infoHash)).toEqual([]);
  });

  test.each([
    ['stopped', { event: 'stopped' }],
    ['has become a seed', { event: 'completed', left: 0 }],
  ])('an offer of who %s waits no more', async (title, keys) => {
    const [infoHash, path] = await swarm(`unparked ${title}`);
    const leecher = await openPeer(infoHash, '1', offering('1'), path);
    await leecher.ask(announceOf(infoHash, '1', keys));
    const seeder = await openPeer(infoHash, '2', seeding, path);
    expect(await seeder.settle(infoHash)).toEqual([]);
  });

  test('an offer of who is gone waits no more', async () => {
    const [infoHash, path] = await swarm('unparked by leaving');
    const leecher = await openPeer(infoHash, '1', offering('1'), path);
    leecher.close();
    await expect
      .poll(async () => countsOf(await announce(announceQuery(infoHash, { event: 'stopped' }))))
      .toEqual([0, 0]);
    const seeder = await openPeer(infoHash, '2', seeding, path);
    expect(await seeder.settle(infoHash)).toEqual([]);
  });

  test('stopped is replied to, and the peer is out', async () => {
    const [infoHash, path] = await swarm('stopped');
    const leaving = await openPeer(infoHash, '2', seeding, path);
    const reply = await leaving.ask(
      announceOf(infoHash, '2', { ...offering('1'), left: 0, event: 'stopped' }),
    );
    expect(reply).toMatchObject({ complete: 0, incomplete: 0 });
    const socket = await openPeer(infoHash, '1', offering('1'), path);
    expect(await leaving.settle(infoHash)).toEqual([]);
    expect(await socket.settle(infoHash)).toEqual([]);
    // It may come back on the same socket.
    expect(await leaving.ask(announceOf(infoHash, '2', seeding))).toMatchObject({ complete: 1 });
  });

  test('completed is replied to, and counts a download once', async () => {
    const [infoHash, path] = await swarm('completed');
    const socket = await openPeer(infoHash, '1', {}, path);
    const completed = announceOf(infoHash, '1', { left: 0, event: 'completed' });
    for (const reply of [await socket.ask(completed), await socket.ask(completed)]) {
      expect(reply).toMatchObject({ complete: 1, incomplete: 0 });
    }
    expect(await socket.ask(scrapeOf(infoHash))).toMatchObject({
      files: { [infoHashToBinary(infoHash)]: { downloaded: 1 } },
    });
  });

  test('a dropped socket leaves the swarm at once', async () => {
    const [infoHash, path] = await swarm('dropped');
    const dropped = await openPeer(infoHash, '2', seeding, path);
    const socket = await openPeer(infoHash, '1', {}, path);
    dropped.close();
    await expect
      .poll(async () => socket.ask(announceOf(infoHash, '1')))
      .toMatchObject({ complete: 0, incomplete: 1 });
  });

  test('two sockets with one peer-id neither stop nor rob each other', async () => {
    const [infoHash, path] = await swarm('same peer-id');
    const first = await openPeer(infoHash, '2', seeding, path);
    const second = await openSocket(path);
    // To stop what another socket has announced says nothing about it.
    const stop = announceOf(infoHash, '2', { left: 0, event: 'stopped' });
    expect(await second.ask(stop)).toMatchObject({ complete: 1 });
    await second.ask(announceOf(infoHash, '2', seeding));
    expect(await second.ask(stop)).toMatchObject({ complete: 1 });
    const leecher = await openPeer(infoHash, '1', offering('1'), path);
    expect(await first.next()).toEqual(relayedOffer(infoHash, '1', '1'));
    expect(await second.settle(infoHash)).toEqual([]);
    second.close();
    first.send(answerOf(infoHash, '2', '1'));
    expect(await leecher.next()).toEqual(relayedAnswer(infoHash, '2', '1'));
    expect(await leecher.ask(announceOf(infoHash, '1'))).toMatchObject({ complete: 1 });
  });

  test('a socket that calls itself otherwise is still one peer', async () => {
    const [infoHash, path] = await swarm('renamed');
    const socket = await openPeer(infoHash, '1', {}, path);
    expect(await socket.ask(announceOf(infoHash, '2'))).toMatchObject({ incomplete: 1 });
    socket.close();
    await expect
      .poll(async () => countsOf(await announce(announceQuery(infoHash, { event: 'stopped' }))))
      .toEqual([0, 0]);
  });

  test('an HTTP stopped with the peer-id of a socket does not stop it', async () => {
    const [infoHash, path] = await swarm('stopped over HTTP');
    const socket = await openPeer(infoHash, '1', seeding, path);
    const query = announceQuery(infoHash, { peer_id: peerIdText('1'), event: 'stopped' });
    expect(countsOf(await announce(query))).toEqual([1, 0]);
    await openPeer(infoHash, '3', offering('1'), path);
    expect(await socket.next()).toEqual(relayedOffer(infoHash, '3', '1'));
  });
});
