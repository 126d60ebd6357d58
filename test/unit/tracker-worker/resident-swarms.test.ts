import { beforeEach, describe, expect, test } from 'vitest';
import type { InfoHash } from '../../../shared/info-hash.ts';
import { peerIdBytes } from '../../../shared/peer-id.ts';
import { NO_COUNTS } from '../../../shared/scrape.ts';
import {
  type Expiry,
  type ResidentLimits,
  ResidentSwarms,
} from '../../../tracker-worker/swarm/resident-swarms.ts';
import { accepted } from '../shared/required.ts';
import {
  addressOf,
  announceOf,
  endpointsIn,
  infoHash,
  pairsOf,
  peerId,
  seededRandom,
  socketAnnounceOf,
  socketRef,
} from './swarm-builders.ts';

const EXPIRY: Expiry = { dialledSeconds: 3600, socketSeconds: 240 };
const NOW = 1_795_000_000;
const LIMITS = { maxPeers: 10, maxPeersPerAddress: 10, maxSwarms: 2 };
/** Where who may have a swarm is decided elsewhere. */
const ANY_NUMBER = { ...LIMITS, maxSwarms: undefined };
const DONE = { event: 'completed', role: 'seeder' } as const;
const ONE_LEECHER = { seeders: 0, leechers: 1, downloaders: 1, downloads: 0 };

let swarms: ResidentSwarms;
const random = seededRandom(1);
beforeEach(() => {
  swarms = new ResidentSwarms(LIMITS, 1);
});

function announce(given: Parameters<typeof announceOf>[0] = {}, now = NOW) {
  return swarms.announce(announceOf(given), now, random);
}

function announceSocket(given: Parameters<typeof socketAnnounceOf>[0] = {}, now = NOW) {
  return swarms.announceSocket(socketAnnounceOf(given), now, random);
}

/** The swarms that come of rows, in another memory with another seed. */
function replayed(
  rows: Iterable<Uint8Array>,
  now = NOW,
  limits: ResidentLimits = ANY_NUMBER,
): ResidentSwarms {
  const other = new ResidentSwarms(limits, 99);
  for (const row of rows) expect(other.replay(row, now, EXPIRY)).toBe(true);
  other.forgetEmpty();
  return other;
}

function withDownloads(downloads: number) {
  return { ...NO_COUNTS, downloads };
}

describe('ResidentSwarms.announce()', () => {
  test('answers with counts and compact peers of both families', () => {
    announce({ peer: 1, from: '192.0.2.1', role: 'seeder' });
    announce({ peer: 2, from: '2001:db8::2', port: 2 });
    announce({ peer: 3, from: '192.0.2.3', role: 'partial', port: 3 });
    announceSocket({ peer: 4 });
    const reply = accepted(announce({ peer: 5, from: '192.0.2.5', wantsPeerIds: true }));
    expect(reply).toMatchObject({ seeders: 1, leechers: 4, downloads: 0 });
    expect(endpointsIn(reply)).toEqual(['192.0.2.1:6881', '192.0.2.3:3', '[2001:db8::2]:2']);
    expect([reply.ipv4PeerIds.length, reply.ipv6PeerIds]).toEqual([
      20,
      pairsOf(peerIdBytes(peerId(2))),
    ]);
  });

  test('gives no peer ids where they are not wanted', () => {
    announce();
    const reply = accepted(announce({ peer: 2, from: '192.0.2.2' }));
    expect([reply.ipv4Peers.length, reply.ipv4PeerIds, reply.ipv6PeerIds]).toEqual([3, '', '']);
  });

  test('maxSwarms 2: a third is refused, the known two are served', () => {
    announce({ infoHash: infoHash('01') });
    announceSocket({ infoHash: infoHash('02') });
    const third = { infoHash: infoHash('03') };
    const refused = { refusal: { code: 'too-many-swarms' } };
    expect(announce(third)).toMatchObject(refused);
    expect(announceSocket(third)).toMatchObject(refused);
    expect(announce({ ...third, event: 'stopped' }).ok).toBe(true);
    for (const byte of ['01', '02']) expect(announce({ infoHash: infoHash(byte) }).ok).toBe(true);
    announce({ infoHash: infoHash('01'), event: 'stopped' });
    expect(announce(third).ok).toBe(true);
    expect(announce({ infoHash: infoHash('01') })).toMatchObject(refused);
    // When the swarms have ended, there is room again.
    swarms.sweep(NOW + 3600, EXPIRY);
    expect(announce({ infoHash: infoHash('01') }, NOW + 3600).ok).toBe(true);
  });

  test('maxSwarms undefined refuses nobody', () => {
    swarms = new ResidentSwarms(ANY_NUMBER, 1);
    for (let n = 0; n < 256; n += 1) {
      const hash = infoHash(n.toString(16).padStart(2, '0'));
      expect(announce({ infoHash: hash, from: addressOf(n) }).ok).toBe(true);
    }
    expect(swarms.sizes()).toMatchObject({ swarms: 256, leechers: 256 });
  });
});

describe('ResidentSwarms.announceSocket()', () => {
  test('answers with counts and sockets, of this shard and others', () => {
    announce({ peer: 1 });
    announceSocket({ peer: 2, socket: socketRef(2 ** 32 - 1, 3) });
    const reply = accepted(announceSocket({ peer: 3, socket: socketRef(3) }));
    expect(reply).toEqual({
      seeders: 0,
      leechers: 3,
      peers: [{ peerId: peerId(2), socket: socketRef(2 ** 32 - 1, 3) }],
    });
  });

  test('a peer that is dialled too counts once', () => {
    announce({ role: 'seeder' });
    expect(accepted(announceSocket({ role: 'seeder' }))).toMatchObject({ seeders: 1, leechers: 0 });
  });

  test('leaveSocket() takes out the peer of that socket alone', () => {
    announceSocket({ peer: 1, socket: socketRef(1) });
    announceSocket({ peer: 1, socket: socketRef(2) });
    swarms.leaveSocket(infoHash(), { peerId: peerId(1), socket: socketRef(3) });
    swarms.leaveSocket(infoHash(), { peerId: peerId(2), socket: socketRef(1) });
    swarms.leaveSocket(infoHash('01'), { peerId: peerId(1), socket: socketRef(1) });
    expect(swarms.counts(infoHash()).leechers).toBe(2);
    swarms.leaveSocket(infoHash(), { peerId: peerId(1), socket: socketRef(1) });
    expect(swarms.counts(infoHash()).leechers).toBe(1);
    expect(swarms.socketOf(infoHash(), peerId(1))).toEqual(socketRef(2));
  });

  test('socketOf() knows the socket of a peer-id, and no other', () => {
    announce({ peer: 'dialled' });
    announceSocket({ peer: 'browser', socket: socketRef(7, 2) });
    expect(swarms.socketOf(infoHash(), peerId('browser'))).toEqual(socketRef(7, 2));
    expect(swarms.socketOf(infoHash(), peerId('dialled'))).toBe(undefined);
    expect(swarms.socketOf(infoHash(), peerId('nobody'))).toBe(undefined);
    expect(swarms.socketOf(infoHash('01'), peerId('browser'))).toBe(undefined);
  });

  test('keepSockets() forgets the peers of those that are gone', () => {
    announce({ peer: 1 });
    announceSocket({ peer: 1, socket: socketRef(1) });
    announceSocket({ peer: 2, socket: socketRef(2) });
    announceSocket({ peer: 3, socket: socketRef(2, 1) });
    announceSocket({ peer: 4, socket: socketRef(4), infoHash: infoHash('01') });
    swarms.keepSockets(({ holder }) => holder === 1);
    expect(swarms.counts(infoHash()).leechers).toBe(2);
    expect(swarms.socketOf(infoHash(), peerId(3))).toEqual(socketRef(2, 1));
    expect(swarms.sizes().swarms).toBe(1);
  });
});

describe('ResidentSwarms.counts()', () => {
  test('of a swarm that does not exist make none, and nothing to be written', () => {
    expect(swarms.counts(infoHash())).toEqual(NO_COUNTS);
    expect(accepted(announce({ event: 'stopped' }))).toMatchObject({ seeders: 0, ipv4Peers: '' });
    expect(accepted(announceSocket({ event: 'stopped' })).peers).toEqual([]);
    swarms.clear(infoHash());
    swarms.leaveSocket(infoHash(), { peerId: peerId(1), socket: socketRef(1) });
    expect([swarms.changesBytes, swarms.hasSeats, [...swarms.all()]]).toEqual([0, false, []]);
  });

  test('are all of the swarms with peers', () => {
    announce({ infoHash: infoHash('01') });
    announce({ infoHash: infoHash('02'), role: 'seeder' });
    announce({ infoHash: infoHash('02'), event: 'stopped' });
    expect([...swarms.all()]).toEqual([[infoHash('01'), ONE_LEECHER]]);
  });

  test('sizes() adds them up', () => {
    announce({ infoHash: infoHash('01'), role: 'seeder' });
    announce({ infoHash: infoHash('02') });
    announce({ infoHash: infoHash('02'), peer: 2, role: 'partial' });
    const { peerBytes, ...sizes } = swarms.sizes();
    expect(sizes).toEqual({ swarms: 2, seeders: 1, leechers: 2, partialSeeds: 1 });
    expect(peerBytes).toBeGreaterThan(0);
  });
});

describe('ResidentSwarms downloads', () => {
  beforeEach(() => {
    swarms = new ResidentSwarms(ANY_NUMBER, 1);
  });

  test('go with the last peer where anybody may have a swarm', () => {
    swarms = new ResidentSwarms(LIMITS, 1);
    announce();
    announce(DONE);
    expect(accepted(announce({ event: 'stopped' })).downloads).toBe(1);
    expect(swarms.counts(infoHash())).toEqual(withDownloads(0));
  });

  test('are told once, when they are counted', () => {
    announce();
    expect(swarms.hasNewDownloads).toBe(false);
    announce(DONE);
    expect(swarms.hasNewDownloads).toBe(true);
    expect(swarms.takeNewDownloads()).toEqual([infoHash()]);
    announce(DONE);
    announceSocket({ ...DONE, socket: socketRef(1) });
    expect([swarms.hasNewDownloads, swarms.takeNewDownloads()]).toEqual([false, []]);
  });

  test('over a socket are told too', () => {
    announceSocket();
    announceSocket(DONE);
    expect(swarms.takeNewDownloads()).toEqual([infoHash()]);
  });

  test('stay when the peers have gone', () => {
    announce();
    announce(DONE);
    swarms.clear(infoHash());
    expect(swarms.counts(infoHash())).toEqual(withDownloads(1));
    announce();
    swarms.sweep(NOW + 3600, EXPIRY);
    expect(swarms.counts(infoHash())).toEqual(withDownloads(1));
    announce();
    announce({ event: 'stopped' });
    expect(swarms.counts(infoHash())).toEqual(withDownloads(1));
    expect([...swarms.all()]).toEqual([]);
  });

  test('that are known elsewhere are begun with and taken over', () => {
    const known = new Map<InfoHash, number>([[infoHash(), 5]]);
    swarms = new ResidentSwarms(ANY_NUMBER, 1, (hash) => known.get(hash) ?? 0);
    expect(swarms.counts(infoHash())).toEqual(withDownloads(5));
    expect(accepted(announce({ event: 'stopped' })).downloads).toBe(5);
    announce();
    expect(accepted(announce(DONE)).downloads).toBe(6);
    known.set(infoHash(), 9);
    expect(accepted(announce()).downloads).toBe(9);
    known.set(infoHash(), 8);
    expect(accepted(announce()).downloads).toBe(9);
    known.set(infoHash(), 10);
    announce({ event: 'stopped' });
    expect(swarms.counts(infoHash())).toEqual(withDownloads(10));
    // Whoever knows of them may be away when they are read again.
    expect(replayed(swarms.checkpoint(NOW)).counts(infoHash())).toEqual(withDownloads(10));
  });

  test('that nobody else knows are in a checkpoint without any peer', () => {
    announce();
    announce(DONE);
    announce({ event: 'stopped' });
    expect(replayed(swarms.checkpoint(NOW)).counts(infoHash())).toEqual(withDownloads(1));
  });
});

describe('ResidentSwarms.sweep()', () => {
  test.each([
    ['an address', announce, 3600],
    ['a socket', announceSocket, 240],
  ])('forgets %s when its time is over, and not a second before', (_case, enter, seconds) => {
    enter({});
    expect(swarms.sweep(NOW + seconds - 1, EXPIRY)).toBe(1);
    expect(swarms.counts(infoHash()).leechers).toBe(1);
    expect(swarms.sweep(NOW + seconds, EXPIRY)).toBe(undefined);
    expect([swarms.counts(infoHash()).leechers, swarms.hasSeats]).toEqual([0, false]);
  });

  test('says when the next one expires', () => {
    expect(swarms.sweep(NOW, EXPIRY)).toBe(undefined);
    announce({ peer: 1 }, NOW);
    announce({ peer: 2, infoHash: infoHash('02') }, NOW + 10);
    expect(swarms.sweep(NOW + 20, EXPIRY)).toBe(3580);
    expect(swarms.sweep(NOW + 3600, EXPIRY)).toBe(10);
    announceSocket({ peer: 3, infoHash: infoHash('02') }, NOW + 3600);
    expect(swarms.sweep(NOW + 3605, EXPIRY)).toBe(5);
    expect(swarms.sweep(NOW + 3610, EXPIRY)).toBe(230);
  });

  test('waits anew for who announces again', () => {
    announce({}, NOW);
    announce({}, NOW + 3599);
    expect(swarms.sweep(NOW + 3600, EXPIRY)).toBe(3599);
  });

  test('forgets one address of a peer and keeps the other', () => {
    announce({ from: '192.0.2.1' }, NOW);
    announce({ from: '2001:db8::1' }, NOW + 100);
    swarms.sweep(NOW + 3600, EXPIRY);
    expect(swarms.counts(infoHash())).toEqual(ONE_LEECHER);
    expect(swarms.sweep(NOW + 3700, EXPIRY)).toBe(undefined);
  });

  test('forgets nobody when the clock was set back', () => {
    announce({ peer: 1 }, NOW);
    announceSocket({ peer: 2 }, NOW);
    swarms.sweep(NOW - 5, EXPIRY);
    expect(swarms.counts(infoHash()).leechers).toBe(2);
    const rows = [...swarms.checkpoint(NOW - 5)];
    expect(replayed(rows, NOW - 5).counts(infoHash()).leechers).toBe(2);
  });

  test('forgets everybody who was silent through a long night', () => {
    for (const hours of [2, 6, 12, 17]) {
      announce();
      expect(swarms.sweep(NOW + hours * 3600, EXPIRY)).toBe(undefined);
    }
  });
});
