import { describe, expect, test } from 'vitest';
import { NONE } from '../../../tracker-worker/swarm/seat-index.ts';
import { createSwarm, NOW } from './created-swarm.ts';
import { addressOf, ip, peerId } from './swarm-builders.ts';

const MAX_SEATS_PER_PEER_ID = 64;

describe('Swarm.announce() counts', () => {
  test('the announcer, and each peer once', () => {
    const { announce } = createSwarm();
    expect(announce()).toMatchObject({ seeders: 0, leechers: 1 });
    expect(announce()).toMatchObject({ seeders: 0, leechers: 1 });
    expect(announce({ peer: 2, from: '192.0.2.2', role: 'seeder' })).toMatchObject({
      seeders: 1,
      leechers: 1,
    });
    expect(announce({ role: 'seeder' })).toMatchObject({ seeders: 2, leechers: 0 });
    expect(announce()).toMatchObject({ seeders: 1, leechers: 1 });
  });

  test('a partial seed among the leechers, but not among the downloaders', () => {
    const { announce } = createSwarm();
    announce();
    expect(announce({ peer: 2, from: '192.0.2.2', role: 'partial' })).toMatchObject({
      seeders: 0,
      leechers: 2,
      downloaders: 1,
    });
  });

  test.each([
    ['an IPv4 and an IPv6 address', ['192.0.2.1', '2001:db8::1']],
    ['an address and a socket', ['192.0.2.1', 1]],
    ['one of each kind', ['192.0.2.1', '2001:db8::1', 1]],
  ])('a peer with %s once', (_case, origins) => {
    const { announce, swarm, seats } = createSwarm();
    for (const from of origins) announce({ from, role: 'seeder' });
    expect(swarm.counts()).toMatchObject({ seeders: 1, leechers: 0 });
    expect(seats.size).toBe(origins.length);
  });

  test('two dual-stack clients of one peer-id twice', () => {
    const { announce } = createSwarm();
    for (const from of ['192.0.2.1', '2001:db8::1', '192.0.2.2']) announce({ from });
    expect(announce({ from: '2001:db8:2::2' })).toMatchObject({ leechers: 2 });
  });

  test.each([
    ['leecher', 'seeder', 'leecher'],
    ['seeder', 'leecher', 'leecher'],
    ['partial', 'seeder', 'partial'],
    ['seeder', 'partial', 'partial'],
    ['leecher', 'partial', 'leecher'],
    ['partial', 'leecher', 'leecher'],
    ['seeder', 'seeder', 'seeder'],
  ] as const)('a %s that is a %s elsewhere as a %s', (first, second, counted) => {
    const { announce } = createSwarm();
    announce({ from: '192.0.2.1', role: first });
    expect(announce({ from: '2001:db8::1', role: second })).toMatchObject({
      seeders: counted === 'seeder' ? 1 : 0,
      leechers: counted === 'seeder' ? 0 : 1,
      downloaders: counted === 'leecher' ? 1 : 0,
    });
  });

  test('not who stopped, and gives it no peers', () => {
    const { announce } = createSwarm();
    announce();
    announce({ peer: 2, from: '192.0.2.2' });
    expect(announce({ event: 'stopped', port: 0 })).toEqual({
      seeders: 0,
      leechers: 1,
      downloaders: 1,
      downloads: 0,
      isStored: false,
      peers: [],
    });
    expect(announce({ peer: 3, from: '192.0.2.3', event: 'stopped' })).toMatchObject({
      leechers: 1,
    });
  });

  test('a peer of whom one address stopped once more, and never again', () => {
    const { announce, swarm } = createSwarm();
    const origins = ['192.0.2.1', '2001:db8::1', 1];
    for (const from of origins) announce({ from, role: 'seeder' });
    const left = origins.map((from) => announce({ from, event: 'stopped' }).seeders);
    expect(left).toEqual([1, 1, 0]);
    expect(swarm.isEmpty).toBe(true);
  });
});

describe('Swarm.announce() counts a download', () => {
  const done = { event: 'completed', role: 'seeder' } as const;

  test('when a leecher completes, once', () => {
    const { announce } = createSwarm();
    announce();
    expect(announce(done).downloads).toBe(1);
    expect(announce(done).downloads).toBe(1);
    announce();
    expect(announce(done).downloads).toBe(1);
  });

  test('when a partial seed completes', () => {
    const { announce } = createSwarm();
    announce({ role: 'partial' });
    expect(announce(done).downloads).toBe(1);
  });

  test('over a socket', () => {
    const { announce } = createSwarm();
    announce({ from: 1 });
    expect(announce({ ...done, from: 1 }).downloads).toBe(1);
  });

  test.each([
    ['of a seeder', { role: 'seeder' }, done],
    ['that still lacks bytes', {}, { event: 'completed', role: 'leecher' }],
    ['of a partial seed', {}, { event: 'completed', role: 'partial' }],
    ['of somebody unknown', { peer: 9, from: '192.0.2.9' }, done],
    ['of the same peer-id from a second address', { from: '192.0.2.9' }, done],
  ] as const)('not for a completed %s', (_case, before, after) => {
    const { announce } = createSwarm();
    announce(before);
    expect(announce(after).downloads).toBe(0);
  });

  test.each([
    ['192.0.2.1', '2001:db8::1'],
    ['2001:db8::1', '192.0.2.1'],
    ['192.0.2.1', 1],
  ])('of a peer at %s and %s once', (first, second) => {
    const { announce } = createSwarm();
    announce({ from: first });
    announce({ from: second });
    announce({ ...done, from: first });
    expect(announce({ ...done, from: second }).downloads).toBe(1);
  });

  test('of a peer once, also when the address that said so has left', () => {
    const { announce } = createSwarm();
    announce({ from: '192.0.2.1' });
    announce({ from: '2001:db8::1' });
    announce({ ...done, from: '192.0.2.1' });
    announce({ from: '192.0.2.1', event: 'stopped' });
    expect(announce({ ...done, from: '2001:db8::1' }).downloads).toBe(1);
  });

  test('beside what is known elsewhere, and never backwards', () => {
    const { announce, swarm } = createSwarm();
    swarm.raiseDownloads(7);
    announce();
    expect(announce(done).downloads).toBe(8);
    swarm.raiseDownloads(7);
    expect(swarm.downloads).toBe(8);
  });
});

describe('Swarm.announce() keeps an address to who came from it', () => {
  const victim = { peer: 'victim', from: '192.0.2.1', port: 1000 };

  test.each(['203.0.113.9', '2001:db8::9', 9])('stopped from %s removes nothing', (from) => {
    const { announce } = createSwarm();
    announce(victim);
    announce({ ...victim, from, event: 'stopped' });
    expect(announce({ peer: 2, from: '192.0.2.2' }).peers).toEqual(['192.0.2.1:1000']);
  });

  test('stopped from another socket removes nothing', () => {
    const { announce } = createSwarm();
    announce({ peer: 'victim', from: 1 });
    announce({ peer: 'victim', from: 2, event: 'stopped' });
    expect(announce({ peer: 2, from: 3 }).peers).toEqual([1]);
  });

  test.each([
    ['203.0.113.9', 2],
    ['2001:db8::9', 1],
    [9, 1],
  ])('a taken peer-id from %s replaces nothing', (from, leechers) => {
    const { announce } = createSwarm();
    announce(victim);
    expect(announce({ peer: 'victim', from, port: 666 })).toMatchObject({ leechers });
    expect(announce({ peer: 2, from: '192.0.2.2' }).peers).toContain('192.0.2.1:1000');
    announce({ ...victim, from, event: 'stopped' });
    expect(announce({ peer: 2, from: '192.0.2.2' }).peers).toEqual(['192.0.2.1:1000']);
  });

  test.each(['seeder', 'partial'] as const)(
    'a taken peer-id from elsewhere makes no %s of a leecher',
    (role) => {
      const { announce } = createSwarm();
      announce(victim);
      announce({ ...victim, from: '2001:db8::9', role });
      expect(announce({ peer: 2, from: '192.0.2.2', role: 'seeder' }).peers).toContain(
        '192.0.2.1:1000',
      );
    },
  );

  test('a new port from the same address takes the place of the old', () => {
    const { announce } = createSwarm();
    announce(victim);
    announce({ ...victim, port: 2000 });
    expect(announce({ peer: 2, from: '192.0.2.2' }).peers).toEqual(['192.0.2.1:2000']);
  });
});

describe('Swarm limits', () => {
  test('maxPeers: the last is stored, one more is answered but not stored', () => {
    const { announce } = createSwarm({ maxPeers: 3 });
    for (const n of [1, 2, 3]) announce({ peer: n, from: addressOf(n) });
    const reply = announce({ peer: 4, from: addressOf(4) });
    expect(reply).toMatchObject({ leechers: 3, isStored: false });
    expect(reply.peers).toHaveLength(3);
    expect(announce({ peer: 4, from: 4 })).toMatchObject({ leechers: 3, isStored: false });
    expect(announce({ peer: 3, from: addressOf(3), role: 'seeder' })).toMatchObject({ seeders: 1 });
    // A second address is no second peer.
    expect(announce({ peer: 3, from: '2001:db8::3', role: 'seeder' })).toMatchObject({
      seeders: 1,
      isStored: true,
    });
  });

  test.each([
    ['one IPv4 address', (): string => '192.0.2.1', 5],
    ['one IPv6 /64', (n: number): string => `2001:db8:0:1::${n}`, 5],
    ['several IPv6 /64', (n: number): string => `2001:db8:0:${n}::1`, 10],
    ['sockets', (n: number): number => n, 10],
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
    announce({ peer: 2, role: 'seeder' });
    expect(swarm.counts()).toMatchObject({ seeders: 1, leechers: 0 });
  });

  test('a peer-id has so many seats, and one more is not stored', () => {
    const { announce, swarm } = createSwarm();
    for (let n = 0; n <= MAX_SEATS_PER_PEER_ID; n += 1) announce({ from: addressOf(n) });
    expect(swarm.counts().leechers).toBe(MAX_SEATS_PER_PEER_ID);
    expect(announce({ from: addressOf(0), role: 'seeder' })).toMatchObject({ seeders: 1 });
    expect(announce({ from: 1 }).isStored).toBe(false);
    expect(announce({ peer: 2, from: 2 }).isStored).toBe(true);
  });

  test('a peer that is not stored completes no download', () => {
    const { announce } = createSwarm({ maxPeers: 1 });
    announce({ peer: 1 });
    const second = { peer: 2, from: '192.0.2.2' };
    announce(second);
    expect(announce({ ...second, event: 'completed', role: 'seeder' }).downloads).toBe(0);
  });
});

describe('Swarm.restore()', () => {
  const record = {
    peerId: peerId(1),
    origin: ip('192.0.2.1'),
    port: 6881,
    role: 'leecher',
    isCounted: false,
    seenAtSeconds: NOW - 100,
  } as const;

  test('puts a seat back as it was', () => {
    const { swarm, seats } = createSwarm();
    swarm.restore({ ...record, role: 'seeder', isCounted: true });
    const [seat = NONE] = swarm.seats();
    expect([seats.role(seat), seats.port(seat), seats.isCounted(seat)]).toEqual([
      'seeder',
      6881,
      true,
    ]);
    expect(seats.silence(seat, NOW)).toBe(100);
  });

  test('over an older one changes it, and joins the seats of one peer', () => {
    const { swarm } = createSwarm();
    swarm.restore(record);
    swarm.restore({ ...record, origin: ip('2001:db8::1'), role: 'seeder' });
    expect(swarm.counts()).toMatchObject({ seeders: 0, leechers: 1 });
    swarm.restore({ ...record, role: 'seeder' });
    expect(swarm.counts()).toMatchObject({ seeders: 1, leechers: 0 });
  });

  test('counts no download', () => {
    const { swarm, announce } = createSwarm();
    swarm.restore({ ...record, isCounted: true });
    expect(announce({ event: 'completed', role: 'seeder' }).downloads).toBe(0);
  });

  test('asks no limit: what was stored had room', () => {
    const { swarm } = createSwarm({ maxPeers: 1, maxPeersPerAddress: 1 });
    swarm.restore(record);
    swarm.restore({ ...record, peerId: peerId(2) });
    expect(swarm.counts().leechers).toBe(2);
  });
});
