import type { InfoHash } from '../../shared/info-hash.ts';
import type { LiveCounts } from '../../shared/live-counts.ts';
import { NO_COUNTS, type SwarmCounts } from '../../shared/scrape.ts';
import { accept, type Result } from '../../shared/result.ts';
import type { PeerId } from '../../shared/peer-id.ts';
import { dialledPeers, socketPeers } from './drawn-peers.ts';
import type { Random } from './peer-list.ts';
import { type SeatKey, seatKey, type SeatRecord, type SocketRef } from './seat.ts';
import { NONE } from './seat-index.ts';
import { MAX_SWARM_NUMBERS, SeatTable } from './seat-table.ts';
import { swarmRefusal } from './refusal.ts';
import type { ShardStats } from './shard-stats.ts';
import { Swarm, type SwarmLimits } from './swarm.ts';
import type {
  PeersReply,
  SocketAnnounce,
  SocketPeer,
  SocketReply,
  SwarmAnnounce,
  SwarmRefusalCode,
} from './swarm-announce.ts';
import { readSwarmLog, SwarmLogWriter } from './swarm-log.ts';

export interface ResidentLimits extends SwarmLimits {
  /** `undefined` where who may have a swarm is decided elsewhere. */
  readonly maxSwarms: number | undefined;
}

/** After how long a silence a peer is forgotten. */
export interface Expiry {
  readonly dialledSeconds: number;
  readonly socketSeconds: number;
}

/** A row that is written down holds about this much. */
const CHECKPOINT_ROW_BYTES = 1_000_000;

/**
 * All swarms of a shard, in memory.
 *
 * - What an announce changes is in `takeChanges()` until it is taken, so that memory may be lost at any time: the
 *   last checkpoint and the changes since make the same swarms again.
 * - A question about a swarm that does not exist makes none.
 */
export class ResidentSwarms {
  readonly #limits: ResidentLimits;
  readonly #downloadsOf: (infoHash: InfoHash) => number;
  readonly #seats: SeatTable;
  readonly #byHash = new Map<InfoHash, Swarm>();
  readonly #byNumber: (InfoHash | undefined)[] = [];
  readonly #freeNumbers: number[] = [];
  readonly #log = new SwarmLogWriter();
  /** Downloads that were counted here, and not yet taken. */
  #newDownloads: InfoHash[] = [];

  /** `downloadsOf` is what is known elsewhere of an info-hash; `seed` a number that strangers don't know. */
  constructor(
    limits: ResidentLimits,
    seed: number,
    downloadsOf: (infoHash: InfoHash) => number = () => 0,
  ) {
    this.#limits = limits;
    this.#downloadsOf = downloadsOf;
    this.#seats = new SeatTable(seed);
  }

  get hasSeats(): boolean {
    return this.#seats.size > 0;
  }

  get changesBytes(): number {
    return this.#log.lengthBytes;
  }

  get hasNewDownloads(): boolean {
    return this.#newDownloads.length > 0;
  }

  announce(
    request: SwarmAnnounce,
    now: number,
    random: Random,
  ): Result<PeersReply, SwarmRefusalCode> {
    const { infoHash } = request;
    const swarm = this.#enter(infoHash, request.event === 'stopped');
    if (swarm === 'too-many-swarms') return swarmRefusal('too-many-swarms');
    if (swarm === undefined) {
      return accept({ ...NO_PEERS, downloads: this.#downloadsOf(infoHash) });
    }
    const key = seatKey(swarm.number, request.peerId, request.address);
    const { port, role, event, peersWanted, wantsPeerIds } = request;
    const { downloads } = swarm;
    const { drawn, seat } = swarm.announce({ key, port, role, event, peersWanted }, now, random);
    const peers = dialledPeers(this.#seats, drawn, { key, port, wantsPeerIds });
    if (swarm.downloads !== downloads) this.#newDownloads.push(infoHash);
    this.#writeDown(infoHash, swarm, seat, event === 'stopped' ? key : undefined, now);
    const { seeders, leechers, downloads: total } = swarm.counts();
    this.#forgetEmpty(infoHash, swarm);
    return accept({ seeders, leechers, downloads: total, ...peers });
  }

  announceSocket(
    request: SocketAnnounce,
    now: number,
    random: Random,
  ): Result<SocketReply, SwarmRefusalCode> {
    const { infoHash } = request;
    const swarm = this.#enter(infoHash, request.event === 'stopped');
    if (swarm === 'too-many-swarms') return swarmRefusal('too-many-swarms');
    if (swarm === undefined) return accept(NO_SOCKETS);
    const key = seatKey(swarm.number, request.peerId, request.socket);
    const { downloads } = swarm;
    const { drawn, seat } = swarm.announce({ ...request, key, port: 0 }, now, random);
    const peers = socketPeers(this.#seats, drawn);
    if (swarm.downloads !== downloads) this.#newDownloads.push(infoHash);
    this.#writeDown(infoHash, swarm, seat, request.event === 'stopped' ? key : undefined, now);
    const { seeders, leechers } = swarm.counts();
    this.#forgetEmpty(infoHash, swarm);
    return accept({ seeders, leechers, peers });
  }

  /** A socket is gone, or another peer-id announces over it. */
  leaveSocket(infoHash: InfoHash, { peerId, socket }: SocketPeer): void {
    const swarm = this.#byHash.get(infoHash);
    if (swarm === undefined) return;
    const key = seatKey(swarm.number, peerId, socket);
    if (!swarm.leave(key)) return;
    this.#log.swarm(infoHash, swarm.downloads);
    this.#log.leave(key);
    this.#forgetEmpty(infoHash, swarm);
  }

  /** The socket that announces a peer-id; the first where there are several. */
  socketOf(infoHash: InfoHash, peerId: PeerId): SocketRef | undefined {
    const swarm = this.#byHash.get(infoHash);
    if (swarm === undefined) return undefined;
    const seat = this.#seats.findElsewhere(seatKey(swarm.number, peerId, ANY_SOCKET));
    return seat === NONE ? undefined : this.#seats.socket(seat);
  }

  counts(infoHash: InfoHash): SwarmCounts {
    const known = this.#byHash.get(infoHash);
    const downloads = this.#downloadsOf(infoHash);
    known?.raiseDownloads(downloads);
    return known?.counts() ?? (downloads === 0 ? NO_COUNTS : { ...NO_COUNTS, downloads });
  }

  /** The counts for who watches a swarm. */
  liveCounts(infoHash: InfoHash): LiveCounts {
    const { seeders, leechers, downloads } = this.counts(infoHash);
    const browsers = this.#byHash.get(infoHash)?.browsers ?? 0;
    return { seeders, leechers, browsers, downloads };
  }

  /** How much there is of everything. */
  sizes(): Pick<ShardStats, 'swarms' | 'seeders' | 'leechers' | 'partialSeeds' | 'peerBytes'> {
    const sizes = { swarms: 0, seeders: 0, leechers: 0, partialSeeds: 0 };
    for (const [, { seeders, leechers, downloaders }] of this.all()) {
      sizes.swarms += 1;
      sizes.seeders += seeders;
      sizes.leechers += leechers;
      sizes.partialSeeds += leechers - downloaders;
    }
    return { ...sizes, peerBytes: this.#seats.bytes };
  }

  /** The swarms with peers. */
  *all(): Iterable<readonly [InfoHash, SwarmCounts]> {
    for (const [infoHash, swarm] of this.#byHash) {
      if (!swarm.isEmpty) yield [infoHash, swarm.counts()];
    }
  }

  /** Forgets the peers of a swarm; how often it was downloaded stays. */
  clear(infoHash: InfoHash): void {
    const swarm = this.#byHash.get(infoHash);
    if (swarm === undefined) return;
    for (const seat of Array.from(swarm.seats())) swarm.remove(seat);
    this.#log.swarm(infoHash, swarm.downloads);
    this.#log.clear();
    this.#forgetEmpty(infoHash, swarm);
  }

  /** Forgets who was silent for too long. Seconds until the next one is, or `undefined` where nobody is left. */
  sweep(now: number, expiry: Expiry): number | undefined {
    const expired: number[] = [];
    let next: number | undefined;
    this.#seats.forEach((seat) => {
      const limit =
        this.#seats.kind(seat) === 'socket' ? expiry.socketSeconds : expiry.dialledSeconds;
      const remaining = limit - this.#seats.silence(seat, now);
      if (remaining <= 0) expired.push(seat);
      else next = Math.min(next ?? remaining, remaining);
    });
    for (const seat of expired) this.#remove(seat);
    return next;
  }

  /** Forgets the peers of sockets that are gone. */
  keepSockets(isThere: (socket: SocketRef) => boolean): void {
    const gone: number[] = [];
    this.#seats.forEach((seat) => {
      if (this.#seats.kind(seat) === 'socket' && !isThere(this.#seats.socket(seat))) {
        gone.push(seat);
      }
    });
    for (const seat of gone) this.#remove(seat);
  }

  /** What happened since the last time, as a row for `replay`; empty where nothing did. */
  takeChanges(): Uint8Array<ArrayBuffer> {
    return this.#log.take();
  }

  /** The info-hashes of downloads counted since the last time, once for each. */
  takeNewDownloads(): readonly InfoHash[] {
    const taken = this.#newDownloads;
    this.#newDownloads = [];
    return taken;
  }

  /** All of it, as rows for `replay`. */
  *checkpoint(now: number): Iterable<Uint8Array<ArrayBuffer>> {
    const writer = new SwarmLogWriter();
    for (const [infoHash, swarm] of this.#byHash) {
      writer.swarm(infoHash, swarm.downloads);
      for (const seat of swarm.seats()) {
        writer.seat(this.#seats, seat, now - this.#seats.silence(seat, now));
        if (writer.lengthBytes > CHECKPOINT_ROW_BYTES) {
          yield writer.take();
          writer.swarm(infoHash, swarm.downloads);
        }
      }
      if (writer.lengthBytes > CHECKPOINT_ROW_BYTES) yield writer.take();
    }
    if (writer.lengthBytes > 0) yield writer.take();
  }

  /** Does again what a row says, but for seats that have expired by `now`. Whether the row could be read. */
  replay(row: Uint8Array, now: number, expiry: Expiry): boolean {
    let swarm: Swarm | undefined;
    return readSwarmLog(row, {
      swarm: (infoHash, downloads) => {
        swarm = this.#byHash.get(infoHash) ?? this.#create(infoHash);
        swarm.raiseDownloads(downloads);
      },
      seat: (record) => {
        if (now - record.seenAtSeconds < expirySeconds(record, expiry)) swarm?.restore(record);
        else this.#leave(swarm, record);
      },
      leave: (record) => this.#leave(swarm, record),
      clear: () => {
        for (const seat of Array.from(swarm?.seats() ?? [])) swarm?.remove(seat);
      },
    });
  }

  /** Forgets swarms that nothing is left of: after a replay, which makes every swarm that it reads of. */
  forgetEmpty(): void {
    for (const [infoHash, swarm] of this.#byHash) this.#forgetEmpty(infoHash, swarm);
  }

  /** What an announce did: its seat, or the one that it gave up. */
  #writeDown(
    infoHash: InfoHash,
    swarm: Swarm,
    seat: number,
    left: SeatKey | undefined,
    now: number,
  ): void {
    this.#log.swarm(infoHash, swarm.downloads);
    if (seat !== NONE) this.#log.seat(this.#seats, seat, now);
    else if (left !== undefined) this.#log.leave(left);
  }

  #leave(swarm: Swarm | undefined, { peerId, origin }: SeatRecord): void {
    swarm?.leave(seatKey(swarm.number, peerId, origin));
  }

  #remove(seat: number): void {
    const infoHash = this.#byNumber[this.#seats.swarm(seat)];
    const swarm = infoHash === undefined ? undefined : this.#byHash.get(infoHash);
    if (infoHash === undefined || swarm === undefined) return;
    swarm.remove(seat);
    this.#forgetEmpty(infoHash, swarm);
  }

  /** The swarm of an info-hash, made where there is none; `undefined` where none is needed for leaving it. */
  #enter(infoHash: InfoHash, isLeaving: boolean): Swarm | 'too-many-swarms' | undefined {
    const known = this.#byHash.get(infoHash);
    known?.raiseDownloads(this.#downloadsOf(infoHash));
    if (known !== undefined || isLeaving) return known;
    const most = Math.min(this.#limits.maxSwarms ?? MAX_SWARM_NUMBERS, MAX_SWARM_NUMBERS);
    return this.#byHash.size < most ? this.#create(infoHash) : 'too-many-swarms';
  }

  #create(infoHash: InfoHash): Swarm {
    const number = this.#freeNumbers.pop() ?? this.#byNumber.length;
    this.#byNumber[number] = infoHash;
    const swarm = new Swarm(number, this.#seats, this.#limits, this.#downloadsOf(infoHash));
    this.#byHash.set(infoHash, swarm);
    return swarm;
  }

  #forgetEmpty(infoHash: InfoHash, swarm: Swarm): void {
    // Where anybody may have a swarm, one without peers must not take up room: what the catalogue counts, it keeps.
    const isKept = swarm.downloads > 0 && this.#limits.maxSwarms === undefined;
    if (!swarm.isEmpty || isKept) return;
    this.#byHash.delete(infoHash);
    this.#byNumber[swarm.number] = undefined;
    this.#freeNumbers.push(swarm.number);
  }
}

const ANY_SOCKET: SocketRef = { holder: 0, connection: 0 };
const NO_PEERS: PeersReply = {
  seeders: 0,
  leechers: 0,
  downloads: 0,
  ipv4Peers: '',
  ipv6Peers: '',
  ipv4PeerIds: '',
  ipv6PeerIds: '',
};
const NO_SOCKETS: SocketReply = { seeders: 0, leechers: 0, peers: [] };

function expirySeconds(record: SeatRecord, expiry: Expiry): number {
  return record.origin instanceof Uint8Array ? expiry.dialledSeconds : expiry.socketSeconds;
}
