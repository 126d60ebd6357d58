import type { SeatTable } from './seat-table.ts';
import { NONE } from './seat-index.ts';

/** Uniform in [0, 1), as `Math.random`. */
export type Random = () => number;

/** How a peer can be reached: dialled, or through its socket. `either` is both. */
export type Reach = 'dialled' | 'either' | 'socket';
const REACHES: readonly Reach[] = ['dialled', 'either', 'socket'];
/** The sections of a list lie in the order of `REACHES`: each way of reaching peers is one range of places. */
const SECTIONS = REACHES.length;

const NO_SLOTS = new Int32Array(0);
/** Where the swaps of a draw are kept until they are taken back. */
let swaps = new Int32Array(256);
const FIRST_SLOTS = 4;
const GROWTH = 1.25;

/**
 * Peers of one role, by the seat that stands for each, that peers are drawn from at random.
 *
 * - Sections in the order dialled, either, socket, so that those to be dialled, and those with a socket, are each one
 *   range. Otherwise there is no order.
 * - A seat's `place` is its place here.
 */
export class PeerList {
  readonly #seats: SeatTable;
  #slots: Int32Array = NO_SLOTS;
  /** Where the second and the third section begin, and the list ends. */
  readonly #ends: [dialled: number, either: number, socket: number] = [0, 0, 0];

  constructor(seats: SeatTable) {
    this.#seats = seats;
  }

  get size(): number {
    return this.#ends[2];
  }

  /** How many can be reached this way. */
  count(reach: 'dialled' | 'socket'): number {
    return reach === 'dialled' ? this.#ends[1] : this.#ends[2] - this.#ends[0];
  }

  /** The seats, each standing for its peer. */
  *[Symbol.iterator](): Iterator<number> {
    for (let place = 0; place < this.size; place += 1) yield this.#slots[place] ?? NONE;
  }

  add(slot: number, reach: Reach): void {
    if (this.size === this.#slots.length) this.#grow();
    const section = REACHES.indexOf(reach);
    let hole = this.size;
    for (let later = SECTIONS - 1; later > section; later -= 1) {
      const first = this.#end(later - 1);
      this.#move(first, hole);
      hole = first;
    }
    this.#put(hole, slot);
    for (let later = section; later < SECTIONS; later += 1) this.#setEnd(later, 1);
  }

  remove(slot: number, reach: Reach): void {
    const section = REACHES.indexOf(reach);
    let hole = this.#seats.place(slot);
    for (let later = section; later < SECTIONS; later += 1) {
      const last = this.#end(later) - 1;
      this.#move(last, hole);
      hole = last;
      this.#setEnd(later, -1);
    }
    this.#seats.setPlace(slot, NONE);
  }

  /**
   * Adds up to `count` different peers to `drawn`, never the one that `asker` stands for, each set as likely as any
   * other, in O(`count`).
   */
  draw(
    reach: 'dialled' | 'socket',
    count: number,
    asker: number,
    random: Random,
    drawn: number[],
  ): void {
    const start = reach === 'dialled' ? 0 : this.#ends[0];
    const end = reach === 'dialled' ? this.#ends[1] : this.#ends[2];
    // The first steps of a Fisher-Yates shuffle, taken back afterwards: the sections must stay as they are.
    const wanted = drawn.length + count;
    // One more where the asker is met.
    if (count >= swaps.length) swaps = new Int32Array(count + 1);
    let place = start;
    for (; place < end && drawn.length < wanted; place += 1) {
      const other = place + Math.floor(random() * (end - place));
      this.#swap(place, other);
      swaps[place - start] = other;
      const slot = this.#slots[place] ?? NONE;
      if (slot !== asker) drawn.push(slot);
    }
    while (place > start) {
      place -= 1;
      this.#swap(place, swaps[place - start] ?? 0);
    }
  }

  #end(section: number): number {
    return this.#ends[section] ?? 0;
  }

  #setEnd(section: number, difference: number): void {
    this.#ends[section] = this.#end(section) + difference;
  }

  #swap(a: number, b: number): void {
    const slot = this.#slots[a] ?? NONE;
    this.#slots[a] = this.#slots[b] ?? NONE;
    this.#slots[b] = slot;
  }

  #move(from: number, to: number): void {
    if (from !== to) this.#put(to, this.#slots[from] ?? NONE);
  }

  #put(place: number, slot: number): void {
    this.#slots[place] = slot;
    this.#seats.setPlace(slot, place);
  }

  #grow(): void {
    const grown = new Int32Array(Math.max(FIRST_SLOTS, Math.ceil(this.#slots.length * GROWTH)));
    grown.set(this.#slots);
    this.#slots = grown;
  }
}
