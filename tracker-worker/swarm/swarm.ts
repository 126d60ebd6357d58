import type { Endpoint } from '../../shared/endpoint.ts';
import { equalBytes } from '../../shared/bytes.ts';
import type { PeerId } from '../../shared/peer-id.ts';
import type { SwarmCounts } from '../../shared/scrape.ts';
import { drawPeers } from './draw-peers.ts';
import { createPeer, isSeeder, type Peer, type Seat, seatOf, seatsOf, setSeat } from './peer.ts';
import { PeerList, type Random } from './peer-list.ts';
import { SeatIndex } from './seat-index.ts';
import type { SeatRecord } from './seat-record.ts';
import type { SwarmAnnounce } from './swarm-announce.ts';

export interface SwarmLimits {
  readonly expirySeconds: number;
  readonly maxPeers: number;
  readonly maxPeersPerAddress: number;
}

/** What a swarm answers an announce. */
export interface SwarmReply extends SwarmCounts {
  readonly peers: readonly Endpoint[];
}

/**
 * The peers of one info-hash.
 *
 * - Every peer is in exactly one of the two lists, and has one seat or two.
 * - A seat is changed and removed only by announces from its own address: nobody can evict or move another. The
 *   same peer-id from a second address of a family is a second peer.
 * - The counts are the lists' sizes: nothing is counted beside them.
 */
export class Swarm {
  readonly #limits: SwarmLimits;
  readonly #seeders = new PeerList();
  readonly #leechers = new PeerList();
  readonly #seats = new SeatIndex();
  /** By peer-id, a peer with one seat that announces from the other family join. */
  readonly #halves = new Map<PeerId, Peer>();
  #downloads: number;

  constructor(limits: SwarmLimits, downloads: number, seats: readonly SeatRecord[]) {
    this.#limits = limits;
    this.#downloads = downloads;
    for (const seat of seats) this.#seat(seat);
  }

  get isEmpty(): boolean {
    return this.#seats.size === 0;
  }

  counts(): SwarmCounts {
    return {
      seeders: this.#seeders.size,
      leechers: this.#leechers.size,
      downloads: this.#downloads,
    };
  }

  /** Its seats, the longest unseen first: what the constructor takes. */
  seats(): SeatRecord[] {
    return Array.from(this.#seats.byAge(), ({ peer, ...seat }) => ({
      ...seat,
      peerId: peer.id,
      isCounted: peer.isCounted,
    }));
  }

  /** Takes an announce and answers it, in one step. `now` is in seconds and never runs backwards. */
  announce(request: SwarmAnnounce, now: number, random: Random): SwarmReply {
    this.sweep(now);
    const asker = this.#seats.find(request.peerId, request.address)?.peer;
    // Drawn before the announcer is stored, or it would take its own place in a full reply.
    const peers = request.event === 'stopped' ? [] : this.#draw(request, asker, random);
    if (request.event === 'stopped') this.#remove(request);
    else this.#store(request, now);
    return { ...this.counts(), peers };
  }

  /** Forgets who was silent for two intervals; whether there were any. */
  sweep(now: number): boolean {
    const before = this.#seats.size;
    for (const seat of this.#seats.byAge()) {
      if (now < seat.seenAtSeconds + this.#limits.expirySeconds) break;
      this.#remove({ peerId: seat.peer.id, address: seat.address });
    }
    return this.#seats.size < before;
  }

  #draw(request: SwarmAnnounce, peer: Peer | undefined, random: Random): Endpoint[] {
    return (
      drawPeers(this.#seeders, this.#leechers, { ...request, peer }, random)
        .flatMap((drawn) => seatsOf(drawn))
        // A client that was started anew has another peer-id, but must not be sent to itself.
        .filter((seat) => seat.port !== request.port || !equalBytes(seat.address, request.address))
        .map(({ address, port }) => ({ address, port }))
    );
  }

  #store(request: SwarmAnnounce, now: number): void {
    const known = this.#seats.find(request.peerId, request.address)?.peer ?? this.#halfFor(request);
    if (!this.#hasRoom(request, known)) return;
    const wasLeecher = known !== undefined && !isSeeder(known);
    const peer = this.#seat({ ...request, isCounted: false, seenAtSeconds: now });
    // A download ends once, however often and from however many addresses it is said. Who was not known as a
    // leecher says nothing: it would be counted again with every new peer-id.
    if (request.event === 'completed' && request.isSeeder && wasLeecher && !peer.isCounted) {
      peer.isCounted = true;
      this.#downloads += 1;
    }
  }

  #hasRoom(request: SwarmAnnounce, known: Peer | undefined): boolean {
    if (known !== undefined && seatOf(known, request.address) !== undefined) return true;
    const atAddress = this.#seats.countAt(request.address);
    if (atAddress >= this.#limits.maxPeersPerAddress) return false;
    return known !== undefined || this.#seeders.size + this.#leechers.size < this.#limits.maxPeers;
  }

  #halfFor({ peerId, address }: Pick<SeatRecord, 'peerId' | 'address'>): Peer | undefined {
    const half = this.#halves.get(peerId);
    return half !== undefined && seatOf(half, address) === undefined ? half : undefined;
  }

  /** Puts an address into its seat, a new one if needed, and its peer into the right list. */
  #seat(record: SeatRecord): Peer {
    const found = this.#seats.find(record.peerId, record.address)?.peer ?? this.#halfFor(record);
    const peer = found ?? createPeer(record.peerId);
    this.#unlist(peer);
    const { address, port, seenAtSeconds } = record;
    const seat: Seat = { peer, address, port, isSeeder: record.isSeeder, seenAtSeconds };
    setSeat(peer, address, seat);
    this.#seats.put(seat);
    peer.isCounted ||= record.isCounted;
    this.#list(peer);
    return peer;
  }

  #remove({ peerId, address }: Pick<SeatRecord, 'peerId' | 'address'>): void {
    const seat = this.#seats.find(peerId, address);
    if (seat === undefined) return;
    this.#unlist(seat.peer);
    setSeat(seat.peer, address, undefined);
    this.#seats.delete(seat);
    if (seatsOf(seat.peer).length > 0) this.#list(seat.peer);
  }

  #list(peer: Peer): void {
    (isSeeder(peer) ? this.#seeders : this.#leechers).add(peer);
    if (seatsOf(peer).length === 1 && !this.#halves.has(peer.id)) this.#halves.set(peer.id, peer);
  }

  #unlist(peer: Peer): void {
    this.#seeders.remove(peer);
    this.#leechers.remove(peer);
    if (this.#halves.get(peer.id) === peer) this.#halves.delete(peer.id);
  }
}
