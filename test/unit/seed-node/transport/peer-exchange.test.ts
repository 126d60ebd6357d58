import { describe, expect, test } from 'vitest';
import {
  FIRST_SHARE_AFTER_MS,
  MAX_SHARED_PEERS,
  PeerExchange,
  SHARE_EVERY_MS,
} from '../../../../seed-node/transport/peer-exchange.ts';
import type { KnownPeer } from '../../../../seed-node/wire/pex-message.ts';
import { formatEndpoint, parseIpAddress } from '../../../../shared/endpoint.ts';
import { required } from '../../shared/required.ts';

class Listener {
  readonly told: string[][] = [];

  sharePeers(peers: readonly KnownPeer[]): void {
    this.told.push(peers.map(({ endpoint }) => formatEndpoint(endpoint)));
  }
}

function known(address: string): KnownPeer {
  return { endpoint: { address: required(parseIpAddress(address)), port: 1 }, isReachable: false };
}

describe('PeerExchange', () => {
  test('tells each peer of the others of its torrent, soon and then each minute', () => {
    const exchange = new PeerExchange<Listener, string>();
    const [a, b, stranger] = [new Listener(), new Listener(), new Listener()];
    exchange.join(a, 'torrent', 0);
    exchange.join(b, 'torrent', 0);
    exchange.join(stranger, 'other', 0);
    exchange.introduce(a, 'torrent', known('1.1.1.1'));
    exchange.introduce(stranger, 'other', known('9.9.9.9'));

    exchange.tick(FIRST_SHARE_AFTER_MS - 1);
    expect(b.told).toEqual([]);
    exchange.tick(FIRST_SHARE_AFTER_MS);
    exchange.tick(FIRST_SHARE_AFTER_MS + SHARE_EVERY_MS - 1);
    expect([a.told, b.told, stranger.told]).toEqual([[[]], [['1.1.1.1:1']], [[]]]);

    exchange.leave(a, 'torrent');
    exchange.tick(FIRST_SHARE_AFTER_MS + SHARE_EVERY_MS);
    expect(b.told).toEqual([['1.1.1.1:1'], []]);
    expect(a.told).toHaveLength(1);
  });

  test('shares the newest peers, so many and no more', () => {
    const exchange = new PeerExchange<Listener, string>();
    for (let i = 0; i < MAX_SHARED_PEERS + 5; i += 1) {
      const peer = new Listener();
      exchange.join(peer, 'torrent', SHARE_EVERY_MS);
      exchange.introduce(peer, 'torrent', known(`1.1.${i >> 8}.${i & 255}`));
    }
    const listener = new Listener();
    exchange.join(listener, 'torrent', 0);
    exchange.tick(FIRST_SHARE_AFTER_MS);
    expect(listener.told[0]).toHaveLength(MAX_SHARED_PEERS);
    expect(listener.told[0]?.[0]).toBe('1.1.0.5:1');
  });

  test('finds those that no peer is known to be', () => {
    const exchange = new PeerExchange<Listener, string>();
    const peer = new Listener();
    exchange.join(peer, 'torrent', 0);
    exchange.introduce(peer, 'torrent', known('1.1.1.1'));
    const endpoints = [known('1.1.1.1').endpoint, known('2.2.2.2').endpoint];
    expect(exchange.strangersAmong(endpoints, 'torrent').map(formatEndpoint)).toEqual([
      '2.2.2.2:1',
    ]);
    expect(exchange.strangersAmong(endpoints, 'other')).toHaveLength(2);
  });
});
