import type { AnnounceEvent } from '../../shared/announce.ts';
import type { PeerRole } from '../../shared/peer-role.ts';
import type { SwarmCounts } from '../../shared/scrape.ts';
import { drawPeers, type PeerLists } from './draw-peers.ts';
import { PeerList, type Random, type Reach } from './peer-list.ts';
import { type SeatKey, seatKey, type SeatRecord } from './seat.ts';
import { NONE } from './seat-index.ts';
import type { SeatLookup, SeatTable } from './seat-table.ts';

/** Seats that may share one peer-id in one swarm: more are made up, and would be looked through at every announce. */
const MAX_SEATS_PER_PEER_ID = 64;

export interface SwarmLimits {
  readonly maxPeers: number;
  readonly maxPeersPerAddress: number;
}

/** An announce as a swarm takes it, over HTTP or a socket. */
export interface SeatAnnounce {
  readonly key: SeatKey;
  readonly port: number;
  readonly role: PeerRole;
  readonly event: AnnounceEvent;
  readonly peersWanted: number;
}

/** What an announce did: the peers for it, by the seats that stand for them, and its own seat where it has one now. */
export interface SeatOutcome {
  readonly drawn: readonly number[];
  readonly seat: number;
}

/**
 * The peers of one info-hash.
 *
 * - Every peer is in exactly one list, by one of its seats, and has at most one seat of each kind.
 * - A seat is changed and removed only by announces from its own origin: nobody can evict or move another. The
 *   same peer-id from a second origin of a kind is a second peer.
 * - A peer is what the least of its seats says: who announces its peer-id from elsewhere cannot make it a seeder,
 *   which other seeders would no longer be told of.
 * - The counts are the lists' sizes: nothing is counted beside them.
 */
export class Swarm {
  /** Its number in the shard, which its seats carry. */
  readonly number: number;
  readonly #seats: SeatTable;
  readonly #limits: SwarmLimits;
  readonly #lists: PeerLists;
  #downloads: number;

  constructor(number: number, seats: SeatTable, limits: SwarmLimits, downloads: number) {
    this.number = number;
    this.#seats = seats;
    this.#limits = limits;
    this.#downloads = downloads;
    this.#lists = {
      seeder: new PeerList(seats),
      partial: new PeerList(seats),
      leecher: new PeerList(seats),
    };
  }

  get isEmpty(): boolean {
    return this.#size === 0;
  }

  get downloads(): number {
    return this.#downloads;
  }

  /** Takes over a count from elsewhere; it never runs backwards. */
  raiseDownloads(downloads: number): void {
    this.#downloads = Math.max(this.#downloads, downloads);
  }

  counts(): SwarmCounts {
    const downloaders = this.#lists.leecher.size;
    return {
      seeders: this.#lists.seeder.size,
      leechers: downloaders + this.#lists.partial.size,
      downloaders,
      downloads: this.#downloads,
    };
  }

  /** Peers that only their socket leads to. */
  get browsers(): number {
    return Object.values(this.#lists).reduce(
      (sum, list) => sum + list.size - list.count('dialled'),
      0,
    );
  }

  /** Takes an announce and answers it, in one step. */
  announce(request: SeatAnnounce, now: number, random: Random): SeatOutcome {
    const found = this.#seats.find(request.key);
    // Drawn before the announcer is stored, or it would take its own place in a full reply.
    const drawn = request.event === 'stopped' ? [] : this.#draw(request, found, random);
    if (request.event !== 'stopped') return { drawn, seat: this.#store(request, found, now) };
    if (found.seat !== NONE) this.remove(found.seat);
    return { drawn, seat: NONE };
  }

  /** Puts a seat back that was written down. */
  restore(record: SeatRecord): void {
    const key = seatKey(this.number, record.peerId, record.origin);
    const found = this.#seats.find(key);
    const seat = found.seat === NONE ? this.#add(key, found.half) : found.seat;
    this.#update(seat, record.port, record.role, record.seenAtSeconds);
    if (record.isCounted) this.#seats.setCounted(seat);
  }

  /** Removes the seat of a key; whether there was one. */
  leave(key: SeatKey): boolean {
    const { seat } = this.#seats.find(key);
    if (seat !== NONE) this.remove(seat);
    return seat !== NONE;
  }

  remove(seat: number): void {
    const lead = this.#leadOf(seat);
    const next = this.#seats.next(seat);
    const isCounted = this.#isCounted(seat);
    this.#unlist(lead);
    this.#seats.remove(seat);
    if (next === seat) return;
    if (isCounted) this.#seats.setCounted(next);
    this.#list(seat === lead ? next : lead);
  }

  /** Every seat, those of one peer together. */
  *seats(): Iterable<number> {
    for (const list of Object.values(this.#lists)) {
      for (const lead of list) {
        yield lead;
        for (let s = this.#seats.next(lead); s !== lead; s = this.#seats.next(s)) yield s;
      }
    }
  }

  get #size(): number {
    return this.#lists.seeder.size + this.#lists.partial.size + this.#lists.leecher.size;
  }

  #draw(request: SeatAnnounce, found: SeatLookup, random: Random): number[] {
    const reach = request.key.kind === 'socket' ? 'socket' : 'dialled';
    const own = found.seat === NONE ? found.half : found.seat;
    const lead = own === NONE ? NONE : this.#leadOf(own);
    const isAmongLeechers =
      own !== NONE && this.#roleOf(own) === 'leecher' && this.#canReach(own, reach);
    const { role, event, peersWanted } = request;
    const asker = { lead, isAmongLeechers, role, event, peersWanted, reach } as const;
    return drawPeers(this.#lists, asker, random);
  }

  #store({ key, port, role, event }: SeatAnnounce, found: SeatLookup, now: number): number {
    if (!this.#hasRoom(key, found)) return NONE;
    const own = found.seat === NONE ? found.half : found.seat;
    const wasLacking = own !== NONE && this.#roleOf(own) !== 'seeder';
    const seat = found.seat === NONE ? this.#add(key, found.half) : found.seat;
    this.#update(seat, port, role, now);
    // A download ends once, however often and from however many origins it is said. Who was not known as a
    // leecher says nothing: it would be counted again with every new peer-id.
    if (event === 'completed' && role === 'seeder' && wasLacking && !this.#isCounted(seat)) {
      this.#seats.setCounted(seat);
      this.#downloads += 1;
    }
    return seat;
  }

  #hasRoom(key: SeatKey, found: SeatLookup): boolean {
    if (found.seat !== NONE) return true;
    if (found.seatsOfPeerId >= MAX_SEATS_PER_PEER_ID) return false;
    const atSource = key.kind === 'socket' ? 0 : this.#seats.countAtSource(key);
    if (atSource >= this.#limits.maxPeersPerAddress) return false;
    return found.half !== NONE || this.#size < this.#limits.maxPeers;
  }

  #add(key: SeatKey, half: number): number {
    const lead = half === NONE ? NONE : this.#leadOf(half);
    if (lead !== NONE) this.#unlist(lead);
    const seat = this.#seats.add(key, half);
    this.#list(lead === NONE ? seat : lead);
    return seat;
  }

  #update(seat: number, port: number, role: PeerRole, now: number): void {
    if (this.#seats.role(seat) === role) {
      this.#seats.update(seat, port, role, now);
      return;
    }
    const lead = this.#leadOf(seat);
    this.#unlist(lead);
    this.#seats.update(seat, port, role, now);
    this.#list(lead);
  }

  #list(lead: number): void {
    this.#lists[this.#roleOf(lead)].add(lead, this.#reachOf(lead));
  }

  #unlist(lead: number): void {
    this.#lists[this.#roleOf(lead)].remove(lead, this.#reachOf(lead));
  }

  #leadOf(seat: number): number {
    let lead = seat;
    while (this.#seats.place(lead) === NONE) lead = this.#seats.next(lead);
    return lead;
  }

  #roleOf(seat: number): PeerRole {
    let role = this.#seats.role(seat);
    for (let s = this.#seats.next(seat); s !== seat; s = this.#seats.next(s)) {
      role = lesser(role, this.#seats.role(s));
    }
    return role;
  }

  #isCounted(seat: number): boolean {
    let s = seat;
    do {
      if (this.#seats.isCounted(s)) return true;
      s = this.#seats.next(s);
    } while (s !== seat);
    return false;
  }

  #reachOf(seat: number): Reach {
    const hasSocket = this.#seats.hasKind(seat, 'socket');
    if (!hasSocket) return 'dialled';
    return this.#canReach(seat, 'dialled') ? 'either' : 'socket';
  }

  #canReach(seat: number, reach: 'dialled' | 'socket'): boolean {
    if (reach === 'socket') return this.#seats.hasKind(seat, 'socket');
    return this.#seats.hasKind(seat, 'ipv4') || this.#seats.hasKind(seat, 'ipv6');
  }
}

function lesser(a: PeerRole, b: PeerRole): PeerRole {
  if (a === 'leecher' || b === 'leecher') return 'leecher';
  return a === 'partial' || b === 'partial' ? 'partial' : 'seeder';
}
