/** Few pages, so that finding one is no wait for memory. */
const RECORDS_PER_PAGE = 16_384;
const PAGE_SHIFT = 14;
const PAGE_MASK = RECORDS_PER_PAGE - 1;

/**
 * Records of a fixed number of 32-bit words, in pages: it grows without copying what is there, a record costs its
 * words and nothing else, and the garbage collector never walks it.
 *
 * A freed slot is the next to be taken; its first word holds the one freed before it.
 */
export class Slab {
  readonly #words: number;
  readonly #pages: Int32Array[] = [];
  #free = -1;
  #size = 0;
  #end = 0;

  constructor(words: number) {
    this.#words = words;
  }

  /** Records in use. */
  get size(): number {
    return this.#size;
  }

  /** Past the highest slot that was ever in use. */
  get end(): number {
    return this.#end;
  }

  get bytes(): number {
    return this.#pages.length * RECORDS_PER_PAGE * this.#words * Int32Array.BYTES_PER_ELEMENT;
  }

  /** A slot for a record, whose words hold anything. */
  take(): number {
    this.#size += 1;
    if (this.#free !== -1) {
      const slot = this.#free;
      this.#free = this.get(slot, 0);
      return slot;
    }
    if (this.#end === this.#pages.length * RECORDS_PER_PAGE) {
      this.#pages.push(new Int32Array(RECORDS_PER_PAGE * this.#words));
    }
    this.#end += 1;
    return this.#end - 1;
  }

  free(slot: number): void {
    this.set(slot, 0, this.#free);
    this.#free = slot;
    this.#size -= 1;
  }

  get(slot: number, word: number): number {
    return this.#pages[slot >>> PAGE_SHIFT]?.[(slot & PAGE_MASK) * this.#words + word] ?? 0;
  }

  /**
   * Copies records into `words`, one after the other. They lie all over memory: with nothing done in between, the waits
   * for many of them are one.
   */
  read(slots: readonly number[], words: Int32Array): void {
    let at = 0;
    for (let i = 0; i < slots.length; i += 1) {
      const slot = slots[i] ?? 0;
      const page = this.#pages[slot >>> PAGE_SHIFT];
      const start = (slot & PAGE_MASK) * this.#words;
      for (let word = 0; word < this.#words; word += 1) {
        // oxlint-disable-next-line no-param-reassign -- the caller's buffer is what is filled
        words[at] = page?.[start + word] ?? 0;
        at += 1;
      }
    }
  }

  set(slot: number, word: number, value: number): void {
    const page = this.#pages[slot >>> PAGE_SHIFT];
    if (page !== undefined) page[(slot & PAGE_MASK) * this.#words + word] = value;
  }
}
