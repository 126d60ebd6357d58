import { beforeEach, describe, expect, test } from 'vitest';
import { NO_COUNTS } from '../../../shared/scrape.ts';
import { type Expiry, ResidentSwarms } from '../../../tracker-worker/swarm/resident-swarms.ts';
import {
  addressOf,
  announceOf,
  infoHash,
  peerId,
  seededRandom,
  socketAnnounceOf,
  socketRef,
} from './swarm-builders.ts';

const EXPIRY: Expiry = { dialledSeconds: 3600, socketSeconds: 240 };
const NOW = 1_795_000_000;
const LIMITS = { maxPeers: 10, maxPeersPerAddress: 10, maxSwarms: 2 };
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
function replayed(rows: Iterable<Uint8Array>, now = NOW, limits = LIMITS): ResidentSwarms {
  const other = new ResidentSwarms(limits, 99);
  for (const row of rows) expect(other.replay(row, now, EXPIRY)).toBe(true);
  other.forgetEmpty();
  return other;
}

describe('ResidentSwarms.takeChanges()', () => {
  test('make the same swarms in another memory', () => {
    announce();
    expect(swarms.changesBytes).toBeGreaterThan(0);
    const first = swarms.takeChanges();
    expect([swarms.changesBytes, swarms.takeChanges().length]).toEqual([0, 0]);
    announce(DONE);
    announceSocket({ peer: 2, infoHash: infoHash('02') });
    const other = replayed([first, swarms.takeChanges()]);
    expect(other.counts(infoHash())).toEqual({
      seeders: 1,
      leechers: 0,
      downloaders: 0,
      downloads: 1,
    });
    expect(other.counts(infoHash('02'))).toEqual(ONE_LEECHER);
    // What was read is on disk, and is no news.
    expect([other.changesBytes, other.hasNewDownloads]).toEqual([0, false]);
  });

  test.each([
    ['stopped', () => announce({ event: 'stopped' })],
    ['clear()', () => swarms.clear(infoHash())],
  ])('tell of %s', (_case, end) => {
    announce();
    const joined = swarms.takeChanges();
    end();
    const other = replayed([joined, swarms.takeChanges()]);
    expect([other.hasSeats, other.counts(infoHash())]).toEqual([false, NO_COUNTS]);
  });

  test.each([
    [
      'leaveSocket()',
      () => swarms.leaveSocket(infoHash(), { peerId: peerId(1), socket: socketRef(1) }),
    ],
    ['a socket that stopped', () => announceSocket({ event: 'stopped' })],
  ])('tell of %s', (_case, end) => {
    announceSocket();
    const joined = swarms.takeChanges();
    end();
    expect(replayed([joined, swarms.takeChanges()]).hasSeats).toBe(false);
  });

  test('tell nothing of who was not stored', () => {
    for (let n = 0; n <= LIMITS.maxPeers; n += 1) announce({ peer: n, from: addressOf(n) });
    expect(replayed([swarms.takeChanges()]).counts(infoHash()).leechers).toBe(LIMITS.maxPeers);
  });

  test('of one swarm after the other are told apart', () => {
    for (const byte of ['01', '02', '01']) announce({ infoHash: infoHash(byte), peer: byte });
    announce({ infoHash: infoHash('01'), peer: 'second' });
    const other = replayed([swarms.takeChanges()]);
    expect(other.counts(infoHash('01')).leechers).toBe(2);
    expect(other.counts(infoHash('02')).leechers).toBe(1);
  });
});

describe('ResidentSwarms.replay()', () => {
  test.each([
    [3599, 1],
    [3600, 0],
  ])('%i s later makes %i peers', (seconds, leechers) => {
    announce();
    announceSocket({ peer: 2 });
    const other = replayed([swarms.takeChanges()], NOW + seconds);
    expect([other.counts(infoHash()).leechers, other.sizes().swarms]).toEqual([leechers, leechers]);
  });

  test('does not bring back who moved on before it expired', () => {
    announce({ role: 'leecher' }, NOW);
    announce({ role: 'seeder' }, NOW + 1000);
    const other = replayed([swarms.takeChanges()], NOW + 3700);
    expect(other.counts(infoHash())).toMatchObject({ seeders: 1, leechers: 0 });
  });

  test('keeps swarms over maxSwarms: they were there', () => {
    for (const byte of ['01', '02']) announce({ infoHash: infoHash(byte) });
    const other = replayed([swarms.takeChanges()], NOW, { ...LIMITS, maxSwarms: 1 });
    expect(other.sizes().swarms).toBe(2);
  });

  test.each([
    ['nothing', []],
    ['another version', [1]],
    ['a seat without a swarm', [2, 4]],
    ['an unknown operation', [2, 9]],
  ])('of %s makes no swarm', (_case, bytes) => {
    swarms.replay(Uint8Array.from(bytes), NOW, EXPIRY);
    swarms.forgetEmpty();
    expect([swarms.hasSeats, swarms.sizes().swarms]).toEqual([false, 0]);
  });
});

describe('ResidentSwarms.checkpoint()', () => {
  test('of nobody is nothing', () => {
    announce();
    announce({ event: 'stopped' });
    expect([...swarms.checkpoint(NOW)]).toEqual([]);
  });

  test('makes the same swarms in another memory, with the time that each has left', () => {
    announce({ from: '192.0.2.1' }, NOW);
    announce({ from: '2001:db8::1' }, NOW + 100);
    announceSocket({ peer: 2, infoHash: infoHash('02') }, NOW + 3590);
    const other = replayed(swarms.checkpoint(NOW + 3599), NOW + 3599);
    expect(other.counts(infoHash())).toEqual(ONE_LEECHER);
    expect(other.sweep(NOW + 3599, EXPIRY)).toBe(1);
    expect(other.sweep(NOW + 3600, EXPIRY)).toBe(100);
    expect(other.counts(infoHash('02'))).toEqual(ONE_LEECHER);
  });

  test('of 60,000 peers is rows of about 1 MB, each of which names its swarm', () => {
    const peers = 60_000;
    const limits = { maxPeers: peers, maxPeersPerAddress: 10, maxSwarms: 2 };
    swarms = new ResidentSwarms(limits, 1);
    for (let n = 0; n < peers; n += 1) announce({ peer: n, from: addressOf(n), peersWanted: 0 });
    const rows = [...swarms.checkpoint(NOW)];
    expect(rows).toHaveLength(2);
    for (const row of rows) expect(row.length).toBeLessThan(1_001_000);
    expect(replayed(rows, NOW, limits).counts(infoHash()).leechers).toBe(peers);
  });
});
