import { describe, expect, test } from 'vitest';
import { bytesFromPairs } from '../../../shared/byte-pairs.ts';
import { decodeLatin1 } from '../../../shared/text.ts';
import { dialledPeers } from '../../../tracker-worker/swarm/drawn-peers.ts';
import { seatKey } from '../../../tracker-worker/swarm/seat.ts';
import { NONE } from '../../../tracker-worker/swarm/seat-index.ts';
import { createSwarm, swarmOf } from './created-swarm.ts';
import { addressOf, endpointsIn, ip, peerId } from './swarm-builders.ts';

function latin1(pairs: string): string {
  return decodeLatin1(bytesFromPairs(pairs));
}

function seedersIn({ peers }: { readonly peers: readonly (string | number)[] }): number {
  return peers.filter((peer) => String(peer).startsWith('10.0.')).length;
}

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

  test('to a leecher that was a seeder: all leechers, and seeders for the rest', () => {
    const { announce } = swarmOf(20, 30);
    const reply = announce({ peer: 0, from: addressOf(0), peersWanted: 40 });
    expect([reply.peers.length, seedersIn(reply)]).toEqual([40, 10]);
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
    expect(latin1(reply.ipv4PeerIds)).toBe(peerId('first') + peerId('second'));
    expect(latin1(reply.ipv6PeerIds)).toBe(peerId('first'));
    expect(latin1(reply.ipv4Peers)).toBe('\xc0\0\x02\x01\x1a\xe1\xc0\0\x02\x02\x1a\xe1');
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
    expect([reply.ipv4PeerIds.length, reply.ipv6PeerIds.length]).toEqual([10_000, 10_000]);
  });
});
