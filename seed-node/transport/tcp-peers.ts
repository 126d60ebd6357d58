import { connect, createServer, type Server, type Socket } from 'node:net';
import { type Endpoint, formatEndpoint, formatIpAddress } from '../../shared/endpoint.ts';
import type { InfoHash } from '../../shared/info-hash.ts';
import { KeyExchangeLimits } from '../engine/key-exchange-limits.ts';
import type { ActiveTorrents } from '../library/active-torrents.ts';
import type { Log } from '../log.ts';
import { openIncoming } from './open-incoming.ts';
import { MAX_CONNECTIONS, type OpenedStream, type Peers } from './peers.ts';

/** Connections being dialled at one time. */
const MAX_DIALS = 32;
const DIAL_TIMEOUT_MS = 10_000;
/** A peer that could not be reached, or ended the conversation, is left alone for so long. */
const REDIAL_AFTER_MS = 60_000;
/** Endpoints remembered for that. */
const MAX_DIALLED_ENDPOINTS = 10_000;

export interface TcpPeersInit {
  readonly peers: Peers;
  readonly torrents: ActiveTorrents;
  readonly log: Log;
}

/**
 * The way to peers over TCP: accepts leechers, plain and encrypted, and dials those that trackers name, plainly.
 *
 * Invariant: at most `MAX_DIALS` are dialled at one time, each for `DIAL_TIMEOUT_MS`, and none again too soon.
 */
export class TcpPeers {
  readonly #init: TcpPeersInit;
  /** When each endpoint was dialled, oldest first. */
  readonly #dialledAtMs = new Map<string, number>();
  readonly #keyExchanges = new KeyExchangeLimits();
  #dials = 0;
  #server: Server | undefined;

  constructor(init: TcpPeersInit) {
    this.#init = init;
  }

  /**
   * Listens on all addresses of this machine: on `::` for both families, which Node gives up for 0.0.0.0 where the
   * system has no IPv6. Returns the port; throws where it is taken.
   */
  async listen(port: number): Promise<number> {
    const server = createServer((socket) => {
      const address = addressOf(socket);
      const open = openIncoming(address, this.#init.torrents, this.#keyExchanges);
      this.#start(socket, { address, open });
    });
    server.maxConnections = MAX_CONNECTIONS;
    server.on('drop', () => this.#init.peers.countTurnedAway());
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen({ port }, resolve);
    });
    server.on('error', (error) => this.#init.log.error('The peer port failed', error));
    this.#server = server;
    const address = server.address();
    const listenPort = typeof address === 'object' && address !== null ? address.port : port;
    this.#init.peers.listensOn(listenPort);
    return listenPort;
  }

  /** Connects to a leecher, unless that was tried lately or there is no room. */
  dial(endpoint: Endpoint, swarm: InfoHash): void {
    const { peers, torrents } = this.#init;
    const key = `${swarm} ${formatEndpoint(endpoint)}`;
    const nowMs = Date.now();
    const lastMs = this.#dialledAtMs.get(key) ?? Number.NEGATIVE_INFINITY;
    if (nowMs - lastMs < REDIAL_AFTER_MS) return;
    if (this.#server === undefined || this.#dials >= MAX_DIALS) return;
    const address = formatIpAddress(endpoint.address);
    if (!peers.hasRoom(address)) return;
    const torrent = torrents.find(swarm);
    if (torrent === undefined) return;

    this.#rememberDial(key, nowMs);
    this.#dials += 1;
    const socket = connect({ host: address, port: endpoint.port });
    socket.setTimeout(DIAL_TIMEOUT_MS, () => socket.destroy());
    socket.on('error', () => {});
    const countDown = (): void => {
      this.#dials -= 1;
    };
    socket.once('close', countDown);
    socket.once('connect', () => {
      socket.off('close', countDown);
      countDown();
      socket.setTimeout(0);
      this.#start(socket, { address, dialledFor: { torrent, swarm, endpoint } });
    });
  }

  /** Stops to listen and to dial, and ends the conversations over TCP. */
  async close(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    this.#init.peers.closeAll('tcp');
    if (server !== undefined) await new Promise<void>((resolve) => server.close(() => resolve()));
  }

  #start(socket: Socket, how: Omit<OpenedStream, 'stream' | 'transport'>): void {
    if (this.#server === undefined) {
      socket.destroy();
      return;
    }
    socket.setNoDelay(true);
    this.#init.peers.start({ stream: socket, transport: 'tcp', ...how });
  }

  #rememberDial(key: string, nowMs: number): void {
    this.#dialledAtMs.delete(key);
    this.#dialledAtMs.set(key, nowMs);
    for (const oldest of this.#dialledAtMs.keys()) {
      if (this.#dialledAtMs.size <= MAX_DIALLED_ENDPOINTS) break;
      this.#dialledAtMs.delete(oldest);
    }
  }
}

function addressOf(socket: Socket): string {
  return (socket.remoteAddress ?? '').replace(/^::ffff:/, '');
}
