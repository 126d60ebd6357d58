import { finishHash, mixHash } from './hash.ts';

/** Half a megabyte a shard. With a million peers in one, a count is about eight too high. */
const CELLS = 2 ** 18;

/**
 * Counts by a key of two words, without the keys: each is counted in two cells, and the lower one is believed
 * (a count-min sketch). A count is never too low, and exact while there are few.
 */
export class SourceCounts {
  readonly #cells = new Uint16Array(CELLS);
  readonly #seed: number;

  constructor(seed: number) {
    this.#seed = seed;
  }

  get bytes(): number {
    return this.#cells.byteLength;
  }

  count(swarm: number, source: number, sourceRest: number): number {
    const hash = this.#hash(swarm, source, sourceRest);
    return Math.min(this.#cells[firstCell(hash)] ?? 0, this.#cells[secondCell(hash)] ?? 0);
  }

  add(swarm: number, source: number, sourceRest: number, difference: 1 | -1): void {
    const hash = this.#hash(swarm, source, sourceRest);
    const first = firstCell(hash);
    const second = secondCell(hash);
    this.#cells[first] = (this.#cells[first] ?? 0) + difference;
    if (second !== first) this.#cells[second] = (this.#cells[second] ?? 0) + difference;
  }

  #hash(swarm: number, source: number, sourceRest: number): number {
    return finishHash(mixHash(mixHash(mixHash(this.#seed, swarm), source), sourceRest));
  }
}

function firstCell(hash: number): number {
  return hash % CELLS;
}

function secondCell(hash: number): number {
  return finishHash(hash ^ 0x5bd1e995) % CELLS;
}
