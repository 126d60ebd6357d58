import type { PeerRole } from '../../shared/peer-role.ts';
import type { StringBuilder } from '../../shared/string-builder.ts';
import { finishHash, mixHash } from './hash.ts';
import { PEER_ID_WORDS, SEAT_KINDS, type SeatKey, type SeatKind, type SocketRef } from './seat.ts';
import { NONE, SeatIndex } from './seat-index.ts';
import { Slab } from './slab.ts';
import { SourceCounts } from './source-counts.ts';

/** The words of a seat that its peer-id follows: where a swarm's list has the peer, `NONE` where another stands for it. */
const PLACE = PEER_ID_WORDS;
const IDENTITY_WORDS = PEER_ID_WORDS + 1;
/** The words of a contact. `ORIGIN` is an IPv4 address, a slot of the IPv6 addresses, or a connection's number. */
const ORIGIN = 0;
/** Port, or a socket's holder, in the upper half; in the lower the second of the last announce, modulo 65,536. */
const PORT_SEEN = 1;
const SWARM_FLAGS = 2;
/** The next seat of the same peer: a ring. */
const NEXT = 3;
const CONTACT_WORDS = 4;
const IPV6_WORDS = 4;

const KIND_MASK = 0b11;
const ROLE_SHIFT = 2;
const ROLE_MASK = 0b11 << ROLE_SHIFT;
const COUNTED = 1 << 4;
const FLAG_BITS = 8;
/** The swarm numbers that fit beside the flags. */
export const MAX_SWARM_NUMBERS = 2 ** (32 - FLAG_BITS);

/** In the order of what they have. */
const ROLES: readonly PeerRole[] = ['leecher', 'partial', 'seeder'];

/** Seconds are kept modulo this: a silence must be noticed before it is as long. */
const SEEN_MODULUS = 2 ** 16;
/** Silences this close to the modulus are clocks that were set back, or another machine's. */
const MAX_SET_BACK_SECONDS = 3600;

/** What a look-up found: slots, or `NONE`. */
export interface SeatLookup {
  /** The seat itself. */
  readonly seat: number;
  /** A seat of the same peer-id whose peer has none of this kind: the peer that a new seat joins. */
  readonly half: number;
  readonly seatsOfPeerId: number;
}

/**
 * Every seat of a shard: ten words each (an IPv6 address four more), an index, and counts by source. About 55 bytes.
 *
 * - A peer is the ring of its seats, at most one of each kind; one of them has its place in a swarm's list.
 * - Callers hold slots: numbers that stay a seat's until it is removed.
 */
export class SeatTable {
  readonly #identities = new Slab(IDENTITY_WORDS);
  /** Apart from who they are, so that fifty of them are as few lines of memory as may be; in the same slots. */
  readonly #contacts = new Slab(CONTACT_WORDS);
  readonly #ipv6 = new Slab(IPV6_WORDS);
  readonly #index: SeatIndex;
  readonly #sources: SourceCounts;
  readonly #seed: number;
  #gathered = new Int32Array(0);

  /** `seed` is a number that strangers don't know: it keeps them from choosing what collides. */
  constructor(seed: number) {
    this.#seed = seed;
    this.#index = new SeatIndex((slot) => this.#hash(slot));
    this.#sources = new SourceCounts(seed);
  }

  get size(): number {
    return this.#contacts.size;
  }

  get bytes(): number {
    const records = this.#identities.bytes + this.#contacts.bytes + this.#ipv6.bytes;
    return records + this.#index.bytes + this.#sources.bytes;
  }

  find(key: SeatKey): SeatLookup {
    let seat = NONE;
    let half = NONE;
    let seatsOfPeerId = 0;
    let cell = this.#index.firstCell(this.#hashOfKey(key));
    for (let slot = this.#index.at(cell); slot !== NONE; slot = this.#index.at(cell)) {
      if (this.#isOf(slot, key)) {
        seatsOfPeerId += 1;
        if (this.isAt(slot, key)) seat = slot;
        else if (half === NONE && !this.hasKind(slot, key.kind)) half = slot;
      }
      cell = this.#index.nextCell(cell);
    }
    return { seat, half, seatsOfPeerId };
  }

  /** A seat of the key's peer-id and kind from anywhere, or `NONE`. */
  findElsewhere(key: SeatKey): number {
    let cell = this.#index.firstCell(this.#hashOfKey(key));
    for (let slot = this.#index.at(cell); slot !== NONE; slot = this.#index.at(cell)) {
      if (this.#isOf(slot, key) && this.kind(slot) === key.kind) return slot;
      cell = this.#index.nextCell(cell);
    }
    return NONE;
  }

  /** Adds a seat to the peer that `half` is of, or as a new peer where that is `NONE`. */
  add(key: SeatKey, half: number): number {
    const slot = this.#contacts.take();
    // Both are taken and freed together, and so give the same slots.
    this.#identities.take();
    key.peer.forEach((word, i) => this.#identities.set(slot, i, word));
    this.#contacts.set(slot, SWARM_FLAGS, (key.swarm << FLAG_BITS) | SEAT_KINDS.indexOf(key.kind));
    this.#contacts.set(slot, ORIGIN, this.#keepOrigin(key));
    this.#contacts.set(slot, PORT_SEEN, key.kind === 'socket' ? (key.origin[1] ?? 0) << 16 : 0);
    this.#identities.set(slot, PLACE, NONE);
    this.#contacts.set(slot, NEXT, half === NONE ? slot : this.next(half));
    if (half !== NONE) this.#contacts.set(half, NEXT, slot);
    this.#index.add(slot);
    this.#countSource(slot, 1);
    return slot;
  }

  remove(slot: number): void {
    this.#countSource(slot, -1);
    this.#index.remove(slot);
    let previous = slot;
    while (this.next(previous) !== slot) previous = this.next(previous);
    this.#contacts.set(previous, NEXT, this.next(slot));
    if (this.kind(slot) === 'ipv6') this.#ipv6.free(this.#contacts.get(slot, ORIGIN));
    this.#contacts.free(slot);
    this.#identities.free(slot);
  }

  forEach(visit: (slot: number) => void): void {
    this.#index.forEach(visit);
  }

  /** How many seats of its swarm share the source of `key`, an IPv4 address or an IPv6 /64; rarely a few too many. */
  countAtSource({ swarm, kind, origin }: SeatKey): number {
    const rest = kind === 'ipv6' ? (origin[1] ?? 0) : 0;
    return this.#sources.count(swarm, origin[0] ?? 0, rest);
  }

  update(slot: number, port: number, role: PeerRole, seenAtSeconds: number): void {
    const upper = this.kind(slot) === 'socket' ? this.#contacts.get(slot, PORT_SEEN) >>> 16 : port;
    this.#contacts.set(slot, PORT_SEEN, (upper << 16) | (seenAtSeconds % SEEN_MODULUS));
    const others = this.#contacts.get(slot, SWARM_FLAGS) & ~ROLE_MASK;
    this.#contacts.set(slot, SWARM_FLAGS, others | (ROLES.indexOf(role) << ROLE_SHIFT));
  }

  /** Seconds since the seat's last announce. */
  silence(slot: number, now: number): number {
    const seen = this.#contacts.get(slot, PORT_SEEN) & (SEEN_MODULUS - 1);
    const silence = (now - seen) & (SEEN_MODULUS - 1);
    return silence < SEEN_MODULUS - MAX_SET_BACK_SECONDS ? silence : 0;
  }

  kind(slot: number): SeatKind {
    return SEAT_KINDS[this.#contacts.get(slot, SWARM_FLAGS) & KIND_MASK] ?? 'ipv4';
  }

  role(slot: number): PeerRole {
    return ROLES[(this.#contacts.get(slot, SWARM_FLAGS) & ROLE_MASK) >> ROLE_SHIFT] ?? 'leecher';
  }

  swarm(slot: number): number {
    return this.#contacts.get(slot, SWARM_FLAGS) >>> FLAG_BITS;
  }

  isCounted(slot: number): boolean {
    return (this.#contacts.get(slot, SWARM_FLAGS) & COUNTED) !== 0;
  }

  setCounted(slot: number): void {
    this.#contacts.set(slot, SWARM_FLAGS, this.#contacts.get(slot, SWARM_FLAGS) | COUNTED);
  }

  port(slot: number): number {
    return this.kind(slot) === 'socket' ? 0 : this.#contacts.get(slot, PORT_SEEN) >>> 16;
  }

  socket(slot: number): SocketRef {
    return { holder: this.originWord(slot, 1), connection: this.originWord(slot, 0) >>> 0 };
  }

  /** Reads where seats can be dialled, for `pushEndpoint`. */
  gather(slots: readonly number[]): void {
    const words = slots.length * CONTACT_WORDS;
    if (words > this.#gathered.length) this.#gathered = new Int32Array(words);
    this.#contacts.read(slots, this.#gathered);
  }

  /**
   * Appends a seat, the `index`th that was gathered, as a compact peer (BEP 23, BEP 7) to those of its family, unless
   * it is none to be dialled or is at `own`; the next seat of the peer.
   */
  pushEndpoint(
    index: number,
    slot: number,
    own: { readonly key: SeatKey; readonly port: number },
    ipv4: StringBuilder,
    ipv6: StringBuilder,
  ): number {
    const contact = index * CONTACT_WORDS;
    const origin = this.#gathered[contact + ORIGIN] ?? 0;
    const port = (this.#gathered[contact + PORT_SEEN] ?? 0) >>> 16;
    const kind = SEAT_KINDS[(this.#gathered[contact + SWARM_FLAGS] ?? 0) & KIND_MASK];
    const isOwn = port === own.port && kind === own.key.kind && this.isAt(slot, own.key);
    if (kind === 'ipv4' && !isOwn) {
      ipv4.pushWord(origin);
      ipv4.push(port);
    } else if (kind === 'ipv6' && !isOwn) {
      for (let i = 0; i < IPV6_WORDS; i += 1) ipv6.pushWord(this.#ipv6.get(origin, i));
      ipv6.push(port);
    }
    return this.#gathered[contact + NEXT] ?? slot;
  }

  place(slot: number): number {
    return this.#identities.get(slot, PLACE);
  }

  setPlace(slot: number, place: number): void {
    this.#identities.set(slot, PLACE, place);
  }

  next(slot: number): number {
    return this.#contacts.get(slot, NEXT);
  }

  peerIdWord(slot: number, word: number): number {
    return this.#identities.get(slot, word);
  }

  /** A word of where the seat is from, as in `SeatKey`. */
  originWord(slot: number, word: number): number {
    const origin = this.#contacts.get(slot, ORIGIN);
    const kind = this.kind(slot);
    if (kind === 'ipv6') return this.#ipv6.get(origin, word);
    return kind === 'socket' && word === 1 ? this.#contacts.get(slot, PORT_SEEN) >>> 16 : origin;
  }

  /** Whether a peer has a seat of a kind. */
  hasKind(slot: number, kind: SeatKind): boolean {
    let seat = slot;
    do {
      if (this.kind(seat) === kind) return true;
      seat = this.next(seat);
    } while (seat !== slot);
    return false;
  }

  /** Whether the seat is where the key is from. */
  isAt(slot: number, { kind, origin }: SeatKey): boolean {
    if (this.kind(slot) !== kind) return false;
    for (let i = 0; i < origin.length; i += 1) {
      if (this.originWord(slot, i) !== origin[i]) return false;
    }
    return true;
  }

  #isOf(slot: number, { swarm, peer }: SeatKey): boolean {
    if (this.swarm(slot) !== swarm) return false;
    for (let i = 0; i < PEER_ID_WORDS; i += 1) {
      if (this.#identities.get(slot, i) !== peer[i]) return false;
    }
    return true;
  }

  #keepOrigin({ kind, origin }: SeatKey): number {
    if (kind !== 'ipv6') return origin[0] ?? 0;
    const slot = this.#ipv6.take();
    origin.forEach((word, i) => this.#ipv6.set(slot, i, word));
    return slot;
  }

  #countSource(slot: number, difference: 1 | -1): void {
    const kind = this.kind(slot);
    if (kind === 'socket') return;
    const rest = kind === 'ipv6' ? this.originWord(slot, 1) : 0;
    this.#sources.add(this.swarm(slot), this.originWord(slot, 0), rest, difference);
  }

  #hash(slot: number): number {
    let hash = mixHash(this.#seed, this.swarm(slot));
    for (let i = 0; i < PEER_ID_WORDS; i += 1) hash = mixHash(hash, this.#identities.get(slot, i));
    return finishHash(hash);
  }

  #hashOfKey({ swarm, peer }: SeatKey): number {
    let hash = mixHash(this.#seed, swarm);
    for (let i = 0; i < PEER_ID_WORDS; i += 1) hash = mixHash(hash, peer[i] ?? 0);
    return finishHash(hash);
  }
}
