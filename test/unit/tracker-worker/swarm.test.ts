import { describe, expect, test } from 'vitest';
import type { Origin } from '../../../tracker-worker/swarm/seat.ts';
import { seatKey } from '../../../tracker-worker/swarm/seat.ts';
import { dialledPeers, socketPeers } from '../../../tracker-worker/swarm/drawn-peers.ts';
import { NONE } from '../../../tracker-worker/swarm/seat-index.ts';
import { SeatTable } from '../../../tracker-worker/swarm/seat-table.ts';
import { type SeatAnnounce, Swarm } from '../../../tracker-worker/swarm/swarm.ts';
import { addressOf, endpointsIn, ip, peerId, seededRandom, socketRef } from './swarm-builders.ts';

const LIMITS = { maxPeers: 1000, maxPeersPerAddress: 5 };
const NOW = 1_795_000_000;
const MAX_SEATS_PER_PEER_ID = 64;

interface Given extends Partial<Omit<SeatAnnounce, 'key'>> {
  readonly peer?: string | number;
  /** An address as text, or the number of a socket. */
  readonly from?: string | number;
}

function originOf(from: string | number): Origin {
  return typeof from === 'number' ? socketRef(from) : ip(from);
}

function createSwarm(limits: Partial<typeof LIMITS> = {}) {
  const seats = new SeatTable(1);
  const swarm = new Swarm(7, seats, { ...LIMITS, ...limits }, 0);
  const random = seededRandom(1);
  /** A leecher's announce from 192.0.2.1:6881 that wants 50 peers, but for what is given. */
  const announce = ({ peer = 1, from = '192.0.2.1', ...given }: Given = {}) => {
    const key = seatKey(swarm.number, peerId(peer), originOf(from));
    const request = {
      key,
      port: key.kind === 'socket' ? 0 : 6881,
      role: 'leecher',
      event: 'update',
      peersWanted: 50,
      ...given,
    } as const;
    const { drawn, seat } = swarm.announce(request, NOW, random);
    const asker = { key, port: request.port, wantsPeerIds: false };
    return {
      ...swarm.counts(),
      isStored: seat !== NONE,
      peers:
        key.kind === 'socket'
          ? socketPeers(seats, drawn).map(({ socket }) => socket.connection)
          : endpointsIn(dialledPeers(seats, drawn, asker)),
    };
  };
  const leave = (peer: string | number, from: string | number): boolean =>
    swarm.leave(seatKey(swarm.number, peerId(peer), originOf(from)));
  return { swarm, seats, announce, leave };
}

/** A swarm with seeders from 10.0.0.0 on and leechers from 10.1.0.0 on. */
function swarmOf(seeders: number, leechers: number) {
  const made = createSwarm();
  for (let n = 0; n < seeders; n += 1) {
    made.announce({ peer: n, from: addressOf(n), role: 'seeder' });
  }
  for (let n = 65_536; n < 65_536 + leechers; n += 1) {
    made.announce({ peer: n, from: addressOf(n) });
  }
  return made;
}

function seedersIn({ peers }: { readonly peers: readonly (string | number)[] }): number {
  return peers.filter((peer) => String(peer).startsWith('10.0.')).length;
}

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

describe('Swarm.announce() gives peers', () => {
  test('that are leechers to a seeder', () => {
    const reply = swarmOf(30, 20).announce({ peer: 'asker', role: 'seeder' });
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
    expect(new Set<string | number>(reply.peers).size).toBe(reply.peers.length);
    expect(seedersIn(reply)).toBe(seedersGot);
  });

  // aria2 with nothing but a magnet link announces `left=0`.
  test('that are seeders too, in a small dose, to a seeder on its first announce', () => {
    const { announce } = swarmOf(40, 5);
    const newcomer = { peer: 9, from: '192.0.2.9', role: 'seeder', peersWanted: 20 } as const;
    const reply = announce({ ...newcomer, event: 'started' });
    expect(reply.peers).toHaveLength(10);
    expect(seedersIn(reply)).toBe(5);
    expect(seedersIn(announce(newcomer))).toBe(0);
  });

  test.each([65_536, 0])('as many as wanted, also to peer %i of the swarm', (asker) => {
    const { announce } = swarmOf(5, 4);
    for (let round = 0; round < 20; round += 1) {
      const { peers } = announce({ peer: asker, from: addressOf(asker), peersWanted: 7 });
      expect(peers).toHaveLength(7);
      expect(peers).not.toContain(`${addressOf(asker)}:6881`);
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
    expect(announce({ peer: 3, port: 7000 }).peers).toEqual(['192.0.2.1:6881', '192.0.2.1:6881']);
  });

  test('but not a peer to itself from its other address', () => {
    const { announce } = createSwarm();
    for (const from of ['192.0.2.1', '2001:db8::1', 1]) {
      expect(announce({ from }).peers).toEqual([]);
    }
  });

  test('with both addresses of a dual-stack peer', () => {
    const { announce } = createSwarm();
    announce({ from: '192.0.2.1', port: 1 });
    announce({ from: '2001:db8::1', port: 2 });
    announce({ from: 1 });
    expect(announce({ peer: 2, from: '192.0.2.2', peersWanted: 1 }).peers).toEqual([
      '192.0.2.1:1',
      '[2001:db8::1]:2',
    ]);
  });

  test('that can be dialled to who dials, and that have a socket to who has one', () => {
    const { announce } = createSwarm();
    announce({ peer: 'http', from: '192.0.2.1' });
    announce({ peer: 'browser', from: 1 });
    announce({ peer: 'both', from: '192.0.2.2' });
    announce({ peer: 'both', from: 2 });
    expect(announce({ peer: 'asker', from: '192.0.2.3' }).peers).toEqual([
      '192.0.2.1:6881',
      '192.0.2.2:6881',
    ]);
    expect(new Set<unknown>(announce({ peer: 'asker', from: 3 }).peers)).toEqual(new Set([1, 2]));
  });

  test.each([
    ['its socket', 2, ['192.0.2.2:6881'], []],
    ['its address', '192.0.2.2', [], [2]],
  ] as const)('without %s after that has left', (_case, left, dialled, sockets) => {
    const { announce, leave } = createSwarm();
    announce({ peer: 'both', from: '192.0.2.2' });
    announce({ peer: 'both', from: 2 });
    expect(leave('both', left)).toBe(true);
    expect(leave('both', left)).toBe(false);
    expect(announce({ peer: 'a', from: '192.0.2.3' }).peers).toEqual(dialled);
    expect(announce({ peer: 'b', from: 3 }).peers).toEqual(sockets);
  });

  test('each as likely as any other', () => {
    const { announce } = swarmOf(0, 10);
    const times = new Map<string | number, number>();
    const asker = { peer: 65_536, from: addressOf(65_536), peersWanted: 3 };
    for (let round = 0; round < 5000; round += 1) {
      for (const peer of announce(asker).peers) times.set(peer, (times.get(peer) ?? 0) + 1);
    }
    expect(times.size).toBe(9);
    // 5000 rounds of 3 among 9: 1667 each, with a standard deviation of about 33.
    for (const count of times.values()) expect(Math.abs(count - 1667)).toBeLessThan(170);
  });

  test('in a compact reply with their peer ids beside, in the same order', () => {
    const { swarm, seats, announce } = createSwarm();
    announce({ peer: 'first', from: '192.0.2.1' });
    announce({ peer: 'first', from: '2001:db8::1' });
    announce({ peer: 'second', from: '192.0.2.2' });
    const drawn = Array.from(swarm.seats()).filter((seat) => seats.place(seat) !== NONE);
    const key = seatKey(7, peerId('asker'), ip('192.0.2.9'));
    const reply = dialledPeers(seats, drawn, { key, port: 1, wantsPeerIds: true });
    expect(reply.ipv4PeerIds).toBe(peerId('first') + peerId('second'));
    expect(reply.ipv6PeerIds).toBe(peerId('first'));
    expect(reply.ipv4Peers).toBe('\xc0\0\x02\x01\x1a\xe1\xc0\0\x02\x02\x1a\xe1');
  });

  test('a thousand of them with two addresses and peer ids', () => {
    const { swarm, seats, announce } = createSwarm();
    for (let n = 0; n < 1000; n += 1) {
      announce({ peer: n, from: addressOf(n) });
      announce({ peer: n, from: `2001:db8:0:${n.toString(16)}::1` });
    }
    const drawn = Array.from(swarm.seats()).filter((seat) => seats.place(seat) !== NONE);
    const key = seatKey(7, peerId('asker'), ip('192.0.2.9'));
    const reply = dialledPeers(seats, drawn, { key, port: 1, wantsPeerIds: true });
    expect(endpointsIn(reply)).toHaveLength(2000);
    expect([reply.ipv4PeerIds.length, reply.ipv6PeerIds.length]).toEqual([20_000, 20_000]);
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
