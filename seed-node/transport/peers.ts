import type { Duplex } from 'node:stream';
import { type Endpoint, parseIpAddress } from '../../shared/endpoint.ts';
import type { InfoHash } from '../../shared/info-hash.ts';
import type { PeerId } from '../../shared/peer-id.ts';
import { type SlotChanges, UploadSlots } from '../engine/upload-slots.ts';
import type { ActiveTorrent, ActiveTorrents } from '../library/active-torrents.ts';
import type { Log } from '../log.ts';
import { addressSourceOf } from '../network-address.ts';
import { sha1 } from '../hashing/sha1.ts';
import { type CloseReason, PeerConnection } from './peer-connection.ts';
import { PeerExchange } from './peer-exchange.ts';
import type { StreamOpener } from './open-incoming.ts';
import type { UploadThrottle } from './upload-throttle.ts';

/** Connections of all torrents and transports together, in and out. */
export const MAX_CONNECTIONS = 800;
/** Connections from one IPv4 address or IPv6 /64: several people may share one behind a NAT. */
export const MAX_CONNECTIONS_PER_ADDRESS = 32;
const TICK_MS = 1_000;

/** What carries the bytes between a peer and us. */
export type TransportName = 'tcp' | 'webrtc';

export interface PeersInit {
  readonly ourPeerId: PeerId;
  readonly torrents: ActiveTorrents;
  readonly log: Log;
  /** Holds the upload to a rate, where one is set. */
  readonly throttle?: UploadThrottle | undefined;
  /** Told of each block that was handed to the transport. */
  readonly onUploaded: (swarm: InfoHash, bytes: number, transport: TransportName) => void;
  /** Told of leechers that other peers name (BEP 11), and that no conversation is known with. */
  readonly onPeersNamed: (swarm: InfoHash, endpoints: readonly Endpoint[]) => void;
}

/** A stream of bytes to and from a peer, as a transport opened it. */
export interface OpenedStream {
  readonly stream: Duplex;
  readonly transport: TransportName;
  /** The remote's IP address. */
  readonly address: string;
  /** Finds out how the remote speaks, where there is more than one way. */
  readonly open?: StreamOpener;
  /** Set where we dialled: we speak first, about this torrent in this of its swarms. */
  readonly dialledFor?: {
    readonly torrent: ActiveTorrent;
    readonly swarm: InfoHash;
    readonly endpoint: Endpoint;
  };
}

/**
 * All peers of all transports: a conversation on each stream, and the upload slots shared among them.
 *
 * Invariants: at most `MAX_CONNECTIONS` at a time and `MAX_CONNECTIONS_PER_ADDRESS` from one address; one
 * connection a peer, address and torrent; every connection gets its deadlines checked each second.
 */
export class Peers {
  readonly #init: PeersInit;
  readonly #connections = new Map<PeerConnection, TransportName>();
  readonly #countBySource = new Map<string, number>();
  /** `infoHash`, remote peer id and address of open conversations. */
  readonly #conversations = new Map<string, PeerConnection>();
  readonly #slots = new UploadSlots<PeerConnection, ActiveTorrent>();
  readonly #closedByReason = new Map<CloseReason | 'no-room', number>();
  readonly #exchange = new PeerExchange<PeerConnection, ActiveTorrent>();
  readonly #ticker: NodeJS.Timeout;
  #listenPort: number | undefined;

  constructor(init: PeersInit) {
    this.#init = init;
    this.#ticker = setInterval(() => this.#tick(), TICK_MS);
  }

  get count(): number {
    return this.#connections.size;
  }

  /** Peers are told that we take connections on that port. */
  listensOn(port: number): void {
    this.#listenPort = port;
  }

  /** How many there are of each transport. */
  countByTransport(): Record<TransportName, number> {
    const counts = { tcp: 0, webrtc: 0 };
    for (const transport of this.#connections.values()) counts[transport] += 1;
    return counts;
  }

  /** How many there are of each torrent that has any, by the swarm that it is filed under. */
  countByTorrent(): Map<InfoHash, number> {
    const counts = new Map<InfoHash, number>();
    for (const { torrent } of this.#connections.keys()) {
      if (torrent !== undefined)
        counts.set(torrent.infoHash, (counts.get(torrent.infoHash) ?? 0) + 1);
    }
    return counts;
  }

  /** How many have an upload slot, and how many wait for one. */
  get slots(): { readonly served: number; readonly waiting: number } {
    return { served: this.#slots.servedCount, waiting: this.#slots.waitingCount };
  }

  /** How many conversations ended since the start, by the reason: a fixed set. */
  get closedByReason(): ReadonlyMap<CloseReason | 'no-room', number> {
    return this.#closedByReason;
  }

  hasRoom(address: string): boolean {
    return (
      this.#connections.size < MAX_CONNECTIONS &&
      (this.#countBySource.get(addressSourceOf(address)) ?? 0) < MAX_CONNECTIONS_PER_ADDRESS
    );
  }

  /** A connection found no room. */
  countTurnedAway(): void {
    this.#count('no-room');
  }

  /** Starts the conversation, or destroys the stream where there is no room. */
  start({ stream, transport, address, open, dialledFor }: OpenedStream): void {
    if (!this.hasRoom(address)) {
      this.countTurnedAway();
      stream.destroy();
      return;
    }
    const { ourPeerId, torrents, log, throttle, onPeersNamed } = this.#init;
    const remoteAddress = parseIpAddress(address);
    let conversation: string | undefined;
    const source = addressSourceOf(address);
    this.#countBySource.set(source, (this.#countBySource.get(source) ?? 0) + 1);
    const connection = new PeerConnection(
      stream,
      {
        ourPeerId,
        sha1,
        remoteAddress,
        listenPort: this.#listenPort,
        findTorrent: (infoHash) => torrents.find(infoHash),
        nowMs: Date.now(),
        ...(dialledFor === undefined ? {} : { dialledFor }),
      },
      {
        opened: (opened, torrent, remotePeerId) => {
          torrents.retain(torrent);
          // Peer ids are known to many: nobody is kept out by a stranger who uses his.
          const key = `${torrent.infoHash} ${remotePeerId} ${address}`;
          if (this.#conversations.has(key)) {
            opened.close('duplicate');
            return;
          }
          conversation = key;
          this.#conversations.set(key, opened);
          this.#exchange.join(opened, torrent, Date.now());
          if (dialledFor !== undefined) {
            const { endpoint } = dialledFor;
            this.#exchange.introduce(opened, torrent, { endpoint, isReachable: true });
          }
          log.debug(`Peer ${address} asks for ${torrent.name} over ${transport}`);
        },
        interest: (peer, isInterested) => {
          const nowMs = Date.now();
          if (!isInterested) this.#apply(this.#slots.leave(peer, nowMs));
          else if (peer.torrent !== undefined)
            this.#apply(this.#slots.enter(peer, peer.torrent, nowMs));
        },
        listens: ({ torrent }, port) => {
          // A browser's port is none that can be dialled; what we dialled is known better.
          if (transport !== 'tcp' || dialledFor !== undefined) return;
          if (torrent === undefined || remoteAddress === undefined) return;
          const endpoint = { address: remoteAddress, port };
          this.#exchange.introduce(connection, torrent, { endpoint, isReachable: false });
        },
        peersNamed: (torrent, swarm, endpoints) => {
          onPeersNamed(swarm, this.#exchange.strangersAmong(endpoints, torrent));
        },
        uploaded: (swarm, bytes) => this.#init.onUploaded(swarm, bytes, transport),
        closed: (closed, reason) => this.#forget(closed, address, conversation, reason),
        fault: (message, cause) => log.error(message, cause),
      },
      { open, throttle },
    );
    this.#connections.set(connection, transport);
  }

  /** Ends the conversations of one transport. */
  closeAll(transport: TransportName): void {
    for (const [connection, its] of this.#connections) {
      if (its === transport) connection.close('shutdown');
    }
  }

  close(): void {
    clearInterval(this.#ticker);
    for (const connection of this.#connections.keys()) connection.close('shutdown');
  }

  #forget(
    connection: PeerConnection,
    address: string,
    conversation: string | undefined,
    reason: CloseReason,
  ): void {
    this.#count(reason);
    this.#connections.delete(connection);
    const source = addressSourceOf(address);
    const left = (this.#countBySource.get(source) ?? 1) - 1;
    if (left > 0) this.#countBySource.set(source, left);
    else this.#countBySource.delete(source);
    if (conversation !== undefined) this.#conversations.delete(conversation);
    if (connection.torrent !== undefined) {
      this.#exchange.leave(connection, connection.torrent);
      this.#init.torrents.release(connection.torrent);
    }
    this.#apply(this.#slots.leave(connection, Date.now()));
    this.#init.log.debug(`Peer ${address} left: ${reason}`);
  }

  #count(reason: CloseReason | 'no-room'): void {
    this.#closedByReason.set(reason, (this.#closedByReason.get(reason) ?? 0) + 1);
  }

  #apply(changes: SlotChanges<PeerConnection>): void {
    for (const peer of changes.choke) peer.setSlot(false);
    for (const peer of changes.unchoke) peer.setSlot(true);
  }

  #tick(): void {
    for (const connection of this.#connections.keys()) connection.tick();
    const nowMs = Date.now();
    this.#exchange.tick(nowMs);
    this.#apply(this.#slots.rotate(nowMs, (peer) => peer.slotUsedAtMs(nowMs)));
  }
}
