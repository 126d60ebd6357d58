import { connect, createServer, type Server, type Socket } from 'node:net';
import { type Endpoint, formatEndpoint, formatIpAddress } from '../../shared/endpoint.ts';
import type { InfoHash } from '../../shared/info-hash.ts';
import type { PeerId } from '../../shared/peer-id.ts';
import { type SlotChanges, UploadSlots } from '../engine/upload-slots.ts';
import type { ActiveTorrent, ActiveTorrents } from '../library/active-torrents.ts';
import type { Log } from '../log.ts';
import { type CloseReason, PeerConnection } from './peer-connection.ts';

/** Connections of all torrents together, in and out. */
const MAX_CONNECTIONS = 800;
/** Connections from one address: several people may share one behind a NAT. */
export const MAX_CONNECTIONS_PER_ADDRESS = 32;
/** Connections being dialled at one time. */
const MAX_DIALS = 32;
const DIAL_TIMEOUT_MS = 10_000;
/** A peer that could not be reached, or ended the conversation, is left alone for so long. */
const REDIAL_AFTER_MS = 60_000;
/** Endpoints remembered for that. */
const MAX_DIALLED_ENDPOINTS = 10_000;
const TICK_MS = 1_000;

export interface TcpPeersInit {
  readonly ourPeerId: PeerId;
  readonly torrents: ActiveTorrents;
  readonly log: Log;
  /** Told of each block that was handed to the operating system. */
  readonly onUploaded: (swarm: InfoHash, bytes: number) => void;
}

/**
 * All peers over TCP: accepts leechers, dials those that trackers name, and shares the upload slots among them.
 *
 * Invariants: at most `MAX_CONNECTIONS` at a time and `MAX_CONNECTIONS_PER_ADDRESS` from one address; one
 * connection a peer and torrent; every connection gets its deadlines checked each second.
 */
export class TcpPeers {
  readonly #init: TcpPeersInit;
  readonly #connections = new Set<PeerConnection>();
  readonly #countByAddress = new Map<string, number>();
  /** `infoHash` and remote peer id of open conversations. */
  readonly #conversations = new Map<string, PeerConnection>();
  readonly #slots = new UploadSlots<PeerConnection>();
  /** When each endpoint was dialled, oldest first. */
  readonly #dialledAtMs = new Map<string, number>();
  #dials = 0;
  #server: Server | undefined;
  #ticker: NodeJS.Timeout | undefined;

  constructor(init: TcpPeersInit) {
    this.#init = init;
  }

  /** Listens on all addresses of this machine. Returns the port; throws where it is taken. */
  async listen(port: number): Promise<number> {
    const server = createServer((socket) => this.#accept(socket));
    server.maxConnections = MAX_CONNECTIONS;
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen({ port }, resolve);
    });
    server.on('error', (error) => this.#init.log.error('The peer port failed', error));
    this.#server = server;
    this.#ticker = setInterval(() => this.#tick(), TICK_MS);
    const address = server.address();
    return typeof address === 'object' && address !== null ? address.port : port;
  }

  get connectionCount(): number {
    return this.#connections.size;
  }

  /** Connects to a leecher, unless that was tried lately or there is no room. */
  dial(endpoint: Endpoint, swarm: InfoHash): void {
    const key = `${swarm} ${formatEndpoint(endpoint)}`;
    const nowMs = Date.now();
    const lastMs = this.#dialledAtMs.get(key) ?? Number.NEGATIVE_INFINITY;
    if (nowMs - lastMs < REDIAL_AFTER_MS) return;
    if (this.#server === undefined || this.#dials >= MAX_DIALS) return;
    const address = formatIpAddress(endpoint.address);
    if (!this.#hasRoom(address)) return;
    const torrent = this.#init.torrents.find(swarm);
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
      if (this.#hasRoom(address)) this.#start(socket, address, { torrent, swarm });
      else socket.destroy();
    });
  }

  async close(): Promise<void> {
    clearInterval(this.#ticker);
    const server = this.#server;
    this.#server = undefined;
    for (const connection of this.#connections) connection.close('shutdown');
    if (server !== undefined) await new Promise<void>((resolve) => server.close(() => resolve()));
  }

  #accept(socket: Socket): void {
    const address = (socket.remoteAddress ?? '').replace(/^::ffff:/, '');
    if (this.#hasRoom(address)) this.#start(socket, address);
    else socket.destroy();
  }

  #hasRoom(address: string): boolean {
    return (
      this.#connections.size < MAX_CONNECTIONS &&
      (this.#countByAddress.get(address) ?? 0) < MAX_CONNECTIONS_PER_ADDRESS
    );
  }

  #start(
    socket: Socket,
    address: string,
    dialledFor?: { readonly torrent: ActiveTorrent; readonly swarm: InfoHash },
  ): void {
    const { ourPeerId, torrents, log } = this.#init;
    let conversation: string | undefined;
    this.#countByAddress.set(address, (this.#countByAddress.get(address) ?? 0) + 1);
    const connection = new PeerConnection(
      socket,
      {
        ourPeerId,
        findTorrent: (infoHash) => torrents.find(infoHash),
        nowMs: Date.now(),
        ...(dialledFor === undefined ? {} : { dialledFor }),
      },
      {
        opened: (opened, torrent, remotePeerId) => {
          torrents.retain(torrent);
          const key = `${torrent.infoHash} ${remotePeerId}`;
          if (this.#conversations.has(key)) {
            opened.close('duplicate');
            return;
          }
          conversation = key;
          this.#conversations.set(key, opened);
          log.debug(`Peer ${address} asks for ${torrent.name}`);
        },
        interest: (peer, isInterested) => {
          const nowMs = Date.now();
          this.#apply(
            isInterested ? this.#slots.enter(peer, nowMs) : this.#slots.leave(peer, nowMs),
          );
        },
        uploaded: (swarm, bytes) => this.#init.onUploaded(swarm, bytes),
        closed: (closed, reason) => this.#forget(closed, address, conversation, reason),
        fault: (message, cause) => log.error(message, cause),
      },
    );
    this.#connections.add(connection);
  }

  #forget(
    connection: PeerConnection,
    address: string,
    conversation: string | undefined,
    reason: CloseReason,
  ): void {
    this.#connections.delete(connection);
    const left = (this.#countByAddress.get(address) ?? 1) - 1;
    if (left > 0) this.#countByAddress.set(address, left);
    else this.#countByAddress.delete(address);
    if (conversation !== undefined) this.#conversations.delete(conversation);
    if (connection.torrent !== undefined) this.#init.torrents.release(connection.torrent);
    this.#apply(this.#slots.leave(connection, Date.now()));
    this.#init.log.debug(`Peer ${address} left: ${reason}`);
  }

  #apply(changes: SlotChanges<PeerConnection>): void {
    for (const peer of changes.choke) peer.setSlot(false);
    for (const peer of changes.unchoke) peer.setSlot(true);
  }

  #tick(): void {
    for (const connection of this.#connections) connection.tick();
    this.#apply(this.#slots.rotate(Date.now()));
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
