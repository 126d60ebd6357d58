import { beforeEach, describe, expect, test } from 'vitest';
import type { InfoHash } from '../../../shared/info-hash.ts';
import { ResidentSwarms } from '../../../tracker-worker/swarm/resident-swarms.ts';
import type { SavedSwarm, SwarmStore } from '../../../tracker-worker/swarm/swarm-store.ts';
import { announceOf, infoHash, seededRandom } from './swarm-builders.ts';

const EXPIRY = 3600;
const NOW = 1_000_000;
const LIMITS = { expirySeconds: EXPIRY, maxPeers: 10, maxPeersPerAddress: 10, maxSwarms: 2 };

/** The rows as a plain map, with the contract of the SQL one. */
class MemorySwarmStore implements SwarmStore {
  readonly rows = new Map<InfoHash, SavedSwarm>();

  load(hash: InfoHash): SavedSwarm | undefined {
    return this.rows.get(hash);
  }

  save(hash: InfoHash, swarm: SavedSwarm): void {
    if (swarm.seats.length === 0 && swarm.downloads === 0) this.rows.delete(hash);
    else this.rows.set(hash, swarm);
  }

  expire(now: number): void {
    for (const [hash, { downloads, seats }] of this.rows) {
      const left = seats.filter((seat) => now < seat.seenAtSeconds + EXPIRY);
      if (left.length === 0) this.save(hash, { downloads, seats: [] });
    }
  }

  nextExpirySeconds(): number | undefined {
    const ends = [...this.rows.values()]
      .filter(({ seats }) => seats.length > 0)
      .map(({ seats }) => Math.max(...seats.map((seat) => seat.seenAtSeconds)) + EXPIRY);
    return ends.length === 0 ? undefined : Math.min(...ends);
  }

  count(): number {
    return this.rows.size;
  }
}

describe('ResidentSwarms', () => {
  let store: MemorySwarmStore;
  let swarms: ResidentSwarms;
  const random = seededRandom(1);
  beforeEach(() => {
    store = new MemorySwarmStore();
    swarms = new ResidentSwarms(store, LIMITS);
  });
  const announce = (given: Parameters<typeof announceOf>[0] = {}, now = NOW) =>
    swarms.announce(announceOf(given), now, random);

  test('flush() writes what is dirty, and another memory reads it', () => {
    announce();
    expect([store.rows.size, swarms.isDirty]).toEqual([0, true]);
    swarms.flush();
    expect([store.rows.size, swarms.isDirty]).toEqual([1, false]);
    const woken = new ResidentSwarms(store, LIMITS);
    expect(woken.counts(infoHash(), NOW)).toEqual({ seeders: 0, leechers: 1, downloads: 0 });
    expect(woken.isDirty).toBe(false);
  });

  test('announce() writes a download at once', () => {
    announce();
    announce({ event: 'completed', isSeeder: true });
    expect(store.rows.get(infoHash())?.downloads).toBe(1);
  });

  test('questions about a swarm that does not exist make none', () => {
    expect(swarms.counts(infoHash(), NOW)).toEqual({ seeders: 0, leechers: 0, downloads: 0 });
    expect(announce({ event: 'stopped' })).toMatchObject({ ok: true, value: { peers: [] } });
    swarms.flush();
    expect([store.rows.size, swarms.isDirty]).toEqual([0, false]);
  });

  test('maxSwarms 2: a third is refused, the known two are served', () => {
    announce({ infoHash: infoHash('01') });
    swarms.flush();
    swarms = new ResidentSwarms(store, LIMITS);
    expect(announce({ infoHash: infoHash('02') }).ok).toBe(true);
    expect(announce({ infoHash: infoHash('03') })).toMatchObject({
      refusal: { code: 'too-many-swarms' },
    });
    expect(announce({ infoHash: infoHash('01') }).ok).toBe(true);
    // When the swarms have ended, there is room again.
    swarms.sweep(NOW + EXPIRY);
    expect(announce({ infoHash: infoHash('03') }, NOW + EXPIRY).ok).toBe(true);
  });

  test('sweep() forgets the expired, in memory and in rows, and says when to come again', () => {
    announce({ infoHash: infoHash('01') }, NOW);
    swarms.flush();
    swarms = new ResidentSwarms(store, LIMITS);
    announce({ infoHash: infoHash('02') }, NOW + 10);
    expect(swarms.sweep(NOW + 20)).toBe(NOW + EXPIRY);
    expect(swarms.sweep(NOW + EXPIRY)).toBe(NOW + 10 + EXPIRY);
    expect([...store.rows.keys()]).toEqual([infoHash('02')]);
    expect(swarms.sweep(NOW + 10 + EXPIRY)).toBe(undefined);
    expect(store.rows.size).toBe(0);
  });

  test('sweep() writes who stopped before it forgets the empty swarm', () => {
    announce();
    swarms.flush();
    announce({ event: 'stopped' });
    expect(swarms.sweep(NOW)).toBe(undefined);
    expect(store.rows.size).toBe(0);
  });

  test('sweep() and clear() keep downloads', () => {
    announce();
    announce({ event: 'completed', isSeeder: true });
    swarms.clear(infoHash());
    const none = { seeders: 0, leechers: 0, downloads: 1 };
    expect(swarms.counts(infoHash(), NOW)).toEqual(none);
    announce();
    swarms.sweep(NOW + EXPIRY);
    expect(swarms.counts(infoHash(), NOW + EXPIRY)).toEqual(none);
  });
});
