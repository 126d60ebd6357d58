/** No slot. */
export const NONE = -1;

const FIRST_CELLS = 1024;
/** Of the cells that may be taken: more make long runs. */
const MAX_LOAD = 0.8;

/**
 * Slots by the hash of their record: an open-addressed table of 32-bit cells with linear probing. Slots of one hash
 * lie in one run of taken cells, whose end is the end of every search.
 */
export class SeatIndex {
  readonly #hashOf: (slot: number) => number;
  /** Slots plus one; 0 is a free cell. */
  #cells = new Int32Array(FIRST_CELLS);
  #size = 0;

  constructor(hashOf: (slot: number) => number) {
    this.#hashOf = hashOf;
  }

  get bytes(): number {
    return this.#cells.byteLength;
  }

  /** The cell where a search for a hash begins. */
  firstCell(hash: number): number {
    return hash & (this.#cells.length - 1);
  }

  nextCell(cell: number): number {
    return (cell + 1) & (this.#cells.length - 1);
  }

  /** The slot in a cell, or `NONE` where the run ends. */
  at(cell: number): number {
    return (this.#cells[cell] ?? 0) - 1;
  }

  add(slot: number): void {
    if (this.#size + 1 > this.#cells.length * MAX_LOAD) this.#grow();
    this.#put(slot);
    this.#size += 1;
  }

  remove(slot: number): void {
    let hole = this.firstCell(this.#hashOf(slot));
    while (this.at(hole) !== slot) {
      if (this.at(hole) === NONE) return;
      hole = this.nextCell(hole);
    }
    this.#size -= 1;
    // What follows in the run moves up, where that brings it no nearer than where its search begins.
    const mask = this.#cells.length - 1;
    let cell = this.nextCell(hole);
    for (let other = this.at(cell); other !== NONE; other = this.at(cell)) {
      const first = this.firstCell(this.#hashOf(other));
      if (((cell - first) & mask) >= ((cell - hole) & mask)) {
        this.#cells[hole] = other + 1;
        hole = cell;
      }
      cell = this.nextCell(cell);
    }
    this.#cells[hole] = 0;
  }

  forEach(visit: (slot: number) => void): void {
    for (const cell of this.#cells) if (cell !== 0) visit(cell - 1);
  }

  #put(slot: number): void {
    let cell = this.firstCell(this.#hashOf(slot));
    while (this.#cells[cell] !== 0) cell = this.nextCell(cell);
    this.#cells[cell] = slot + 1;
  }

  #grow(): void {
    const cells = this.#cells;
    this.#cells = new Int32Array(cells.length * 2);
    for (const cell of cells) if (cell !== 0) this.#put(cell - 1);
  }
}
