import { describe, expect, test } from 'vitest';
import { formatEndpoint } from '../../../shared/endpoint.ts';
import { Swarm, type SwarmReply } from '../../../tracker-worker/swarm/swarm.ts';
import { addressOf, announceOf, seededRandom } from './swarm-builders.ts';

const LIMITS = { expirySeconds: 3600, maxPeers: 1000, maxPeersPerAddress: 5 };
const NOW = 1_000_000;

function createSwarm(limits: Partial<typeof LIMITS> = {}) {
  const swarm = new Swarm({ ...LIMITS, ...limits }, 0, []);
  const random = seededRandom(1);
  return {
    swarm,
    announce: (given: Parameters<typeof announceOf>[0] = {}, now = NOW): SwarmReply =>
      swarm.announce(announceOf(given), now, random),
  };
}

/** A swarm with seeders from 10.0.0.0 on and leechers from 10.1.0.0 on. */
function swarmOf(seeders: number, leechers: number) {
  const made = createSwarm();
  for (let n = 0; n < seeders; n += 1) {
    made.announce({ peer: n, from: addressOf(n), isSeeder: true });
  }
  for (let n = 65_536; n < 65_536 + leechers; n += 1)
    made.announce({ peer: n, from: addressOf(n) });
  return made;
}

function addressesIn(reply: SwarmReply): string[] {
  return reply.peers.map((peer) => formatEndpoint(peer)).toSorted();
}

function seedersIn(reply: SwarmReply): number {
  return reply.peers.filter((peer) => peer.address[1] === 0).length;
}

describe('Swarm.announce() counts', () => {
  test('the announcer, and each peer once', () => {
    const { announce } = createSwarm();
    expect(announce()).toMatchObject({ seeders: 0, leechers: 1 });
    expect(announce()).toMatchObject({ seeders: 0, leechers: 1 });
    expect(announce({ peer: 2, from: '192.0.2.2', isSeeder: true })).toMatchObject({
      seeders: 1,
      leechers: 1,
    });
    expect(announce({ isSeeder: true })).toMatchObject({ seeders: 2, leechers: 0 });
    expect(announce({ isSeeder: false })).toMatchObject({ seeders: 1, leechers: 1 });
  });

  test('a dual-stack peer once', () => {
    const { announce } = createSwarm();
    announce({ from: '192.0.2.1', isSeeder: true });
    expect(announce({ from: '2001:db8::1', isSeeder: true })).toMatchObject({
      seeders: 1,
      leechers: 0,
    });
  });

  test('two dual-stack clients of one peer-id twice', () => {
    const { announce } = createSwarm();
    for (const host of ['192.0.2.1', '2001:db8::1', '192.0.2.2']) announce({ from: host });
    expect(announce({ from: '2001:db8:2::2' })).toMatchObject({ leechers: 2 });
  });

  test('not who stopped, and gives it no peers', () => {
    const { announce } = createSwarm();
    announce();
    announce({ peer: 2, from: '192.0.2.2' });
    expect(announce({ event: 'stopped' })).toEqual({
      seeders: 0,
      leechers: 1,
      downloads: 0,
      peers: [],
    });
    expect(announce({ peer: 3, from: '192.0.2.3', event: 'stopped' })).toMatchObject({
      leechers: 1,
    });
  });
});

describe('Swarm.announce() counts a download', () => {
  const done = { event: 'completed', isSeeder: true } as const;

  test('when a leecher completes, once', () => {
    const { announce } = createSwarm();
    announce();
    expect(announce(done).downloads).toBe(1);
    expect(announce(done).downloads).toBe(1);
    announce({ isSeeder: false });
    expect(announce(done).downloads).toBe(1);
  });

  test.each([
    ['of a seeder', { isSeeder: true }, done],
    ['that still lacks bytes', {}, { event: 'completed', isSeeder: false }],
    ['of somebody unknown', { peer: 9, from: '192.0.2.9' }, done],
  ] as const)('not for a completed %s', (_case, before, after) => {
    const { announce } = createSwarm();
    announce(before);
    expect(announce(after).downloads).toBe(0);
  });

  test('of a dual-stack peer once', () => {
    const { announce } = createSwarm();
    announce({ from: '192.0.2.1' });
    announce({ from: '2001:db8::1' });
    announce({ ...done, from: '192.0.2.1' });
    expect(announce({ ...done, from: '2001:db8::1' }).downloads).toBe(1);
  });
});

describe('Swarm.announce() gives peers', () => {
  test('that are leechers to a seeder', () => {
    const reply = swarmOf(30, 20).announce({ peer: 'asker', isSeeder: true });
    expect(reply.peers).toHaveLength(20);
    expect(seedersIn(reply)).toBe(0);
  });

  test.each([
    ['a dose of seeders among many leechers', 100, 100, 40, 10],
    ['all seeders of a swarm with few', 3, 100, 40, 3],
    ['more seeders where leechers are few', 100, 5, 40, 35],
    ['seeders alone where there is nobody else', 100, 0, 40, 40],
    ['one seeder to who wants one', 5, 5, 1, 1],
    ['nobody to who wants nobody', 5, 5, 0, 0],
  ])('to a leecher: %s', (_case, seeders, leechers, peersWanted, seedersGot) => {
    const reply = swarmOf(seeders, leechers).announce({ peer: 'asker', peersWanted });
    expect(reply.peers).toHaveLength(Math.min(peersWanted, seeders + leechers));
    expect(new Set(addressesIn(reply)).size).toBe(reply.peers.length);
    expect(seedersIn(reply)).toBe(seedersGot);
  });

  test('that are seeders too, in a small dose, to a seeder on its first announce', () => {
    const { announce } = swarmOf(40, 5);
    const newcomer = { peer: 9, from: '192.0.2.9', isSeeder: true, peersWanted: 20 };
    const reply = announce({ ...newcomer, event: 'started' });
    expect(reply.peers).toHaveLength(10);
    expect(seedersIn(reply)).toBe(5);
    expect(seedersIn(announce(newcomer))).toBe(0);
  });

  test('as many as wanted, also to who is in the swarm', () => {
    const { announce } = swarmOf(5, 4);
    const asker = { peer: 65_536, from: addressOf(65_536), peersWanted: 7 };
    for (let round = 0; round < 20; round += 1) {
      const reply = announce(asker);
      expect(reply.peers).toHaveLength(7);
      expect(addressesIn(reply)).not.toContain(`${addressOf(65_536)}:6881`);
    }
  });

  test('drawn before the announcer is stored', () => {
    const { announce } = createSwarm();
    expect(announce().peers).toEqual([]);
    expect(announce({ peer: 2, from: '192.0.2.2', peersWanted: 1 }).peers).toHaveLength(1);
  });

  test('but not a client to itself that was started anew', () => {
    const { announce } = createSwarm();
    announce({ peer: 1 });
    expect(announce({ peer: 2 }).peers).toEqual([]);
    expect(addressesIn(announce({ peer: 3, port: 7000 }))).toEqual([
      '192.0.2.1:6881',
      '192.0.2.1:6881',
    ]);
  });

  test('with both addresses of a dual-stack peer', () => {
    const { announce } = createSwarm();
    announce({ from: '192.0.2.1', port: 1 });
    announce({ from: '2001:db8::1', port: 2 });
    expect(addressesIn(announce({ peer: 2, from: '192.0.2.2', peersWanted: 1 }))).toEqual([
      '192.0.2.1:1',
      '[2001:db8::1]:2',
    ]);
  });

  test('each as likely as any other', () => {
    const { announce } = swarmOf(0, 10);
    const times = new Map<string, number>();
    for (let round = 0; round < 5000; round += 1) {
      for (const peer of addressesIn(
        announce({ peer: 65_536, from: addressOf(65_536), peersWanted: 3 }),
      )) {
        times.set(peer, (times.get(peer) ?? 0) + 1);
      }
    }
    expect(times.size).toBe(9);
    // 5000 rounds of 3 among 9: 1667 each, with a standard deviation of about 33.
    for (const count of times.values()) expect(Math.abs(count - 1667)).toBeLessThan(170);
  });
});

describe('Swarm.announce() keeps an address to who came from it', () => {
  const victim = { peer: 'victim', from: '192.0.2.1', port: 1000 };

  test.each(['203.0.113.9', '2001:db8::9'])('stopped from %s removes nothing', (from) => {
    const { announce } = createSwarm();
    announce(victim);
    announce({ ...victim, from, event: 'stopped' });
    expect(addressesIn(announce({ peer: 2, from: '192.0.2.2' }))).toEqual(['192.0.2.1:1000']);
  });

  test.each([
    ['203.0.113.9', 2],
    ['2001:db8::9', 1],
  ])('a taken peer-id from %s replaces nothing', (from, leechers) => {
    const { announce } = createSwarm();
    announce(victim);
    expect(announce({ ...victim, from, port: 666 })).toMatchObject({ leechers });
    expect(addressesIn(announce({ peer: 2, from: '192.0.2.2' }))).toContain('192.0.2.1:1000');
    announce({ ...victim, from, event: 'stopped' });
    expect(addressesIn(announce({ peer: 2, from: '192.0.2.2' }))).toEqual(['192.0.2.1:1000']);
  });

  test('a taken peer-id from elsewhere makes no seeder of a leecher', () => {
    const { announce } = createSwarm();
    announce(victim);
    announce({ ...victim, from: '2001:db8::9', isSeeder: true });
    expect(addressesIn(announce({ peer: 2, from: '192.0.2.2', isSeeder: true }))).toContain(
      '192.0.2.1:1000',
    );
  });

  test('a new port from the same address takes the place of the old', () => {
    const { announce } = createSwarm();
    announce(victim);
    announce({ ...victim, port: 2000 });
    expect(addressesIn(announce({ peer: 2, from: '192.0.2.2' }))).toEqual(['192.0.2.1:2000']);
  });
});

describe('Swarm limits', () => {
  test('maxPeers: the last is stored, one more is answered but not stored', () => {
    const { announce } = createSwarm({ maxPeers: 3 });
    for (const n of [1, 2, 3]) announce({ peer: n, from: addressOf(n) });
    const reply = announce({ peer: 4, from: addressOf(4) });
    expect(reply).toMatchObject({ leechers: 3 });
    expect(reply.peers).toHaveLength(3);
    expect(announce({ peer: 3, from: addressOf(3), isSeeder: true })).toMatchObject({ seeders: 1 });
    expect(announce({ peer: 3, from: '2001:db8::3', isSeeder: true }).peers).toHaveLength(2);
  });

  test.each([
    ['one IPv4 address', (): string => '192.0.2.1', 5],
    ['one IPv6 /64', (n: number): string => `2001:db8:0:1::${n}`, 5],
    ['several IPv6 /64', (n: number): string => `2001:db8:0:${n}::1`, 10],
  ])('maxPeersPerAddress 5: ten peers from %s', (_case, from, stored) => {
    const { announce, swarm } = createSwarm();
    for (let n = 0; n < 10; n += 1) announce({ peer: n, from: from(n), port: 1000 + n });
    expect(swarm.counts().leechers).toBe(stored);
    expect(announce({ peer: 'another', from: '198.51.100.1' })).toMatchObject({
      leechers: stored + 1,
    });
  });

  test('maxPeersPerAddress: who leaves makes room', () => {
    const { announce, swarm } = createSwarm({ maxPeersPerAddress: 1 });
    announce({ peer: 1 });
    announce({ peer: 2 });
    announce({ peer: 1, event: 'stopped' });
    announce({ peer: 2, isSeeder: true });
    expect(swarm.counts()).toMatchObject({ seeders: 1, leechers: 0 });
  });

  test('a peer that is not stored completes no download', () => {
    const { announce } = createSwarm({ maxPeers: 1 });
    announce({ peer: 1 });
    announce({ peer: 2, from: '192.0.2.2' });
    expect(
      announce({ peer: 2, from: '192.0.2.2', event: 'completed', isSeeder: true }).downloads,
    ).toBe(0);
  });
});

describe('Swarm.sweep()', () => {
  test('forgets who was silent for expirySeconds, not a second before', () => {
    const { announce, swarm } = createSwarm();
    announce({ peer: 1 }, NOW);
    announce({ peer: 2, from: '192.0.2.2' }, NOW + 10);
    announce({ peer: 1 }, NOW + 20);
    expect(swarm.sweep(NOW + 10 + 3599)).toBe(false);
    expect(swarm.sweep(NOW + 10 + 3600)).toBe(true);
    expect(addressesIn(announce({ peer: 3, from: '192.0.2.3' }, NOW + 20 + 3599))).toEqual([
      '192.0.2.1:6881',
    ]);
    expect(announce({ peer: 3, from: '192.0.2.3' }, NOW + 20 + 3600)).toMatchObject({
      leechers: 1,
      peers: [],
    });
  });

  test('forgets one address of a peer and keeps the other', () => {
    const { announce, swarm } = createSwarm();
    announce({ from: '192.0.2.1' }, NOW);
    announce({ from: '2001:db8::1' }, NOW + 100);
    swarm.sweep(NOW + 3600);
    expect(swarm.counts().leechers).toBe(1);
    expect(swarm.isEmpty).toBe(false);
    swarm.sweep(NOW + 3700);
    expect(swarm.isEmpty).toBe(true);
  });
});
