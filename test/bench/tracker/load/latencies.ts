/** Of the histogram: buckets a factor of 2, and the lowest one's upper end. */
const STEPS = 32;
const LOWEST_MS = 0.01;
const BUCKETS = 24 * STEPS;

/** Latencies of one round, to 2 %, in a fixed space: none is kept. */
export class Latencies {
  readonly #counts = new Uint32Array(BUCKETS);
  #total = 0;

  add(milliseconds: number): void {
    const bucket = Math.ceil(Math.log2(milliseconds / LOWEST_MS) * STEPS);
    const index = Math.min(BUCKETS - 1, Math.max(0, bucket));
    this.#counts[index] = (this.#counts[index] ?? 0) + 1;
    this.#total += 1;
  }

  /** The latency that `share` of all are not above; 0 where there are none. */
  percentile(share: number): number {
    let left = Math.ceil(this.#total * share);
    if (left === 0) return 0;
    for (const [index, count] of this.#counts.entries()) {
      left -= count;
      if (left <= 0) return LOWEST_MS * 2 ** (index / STEPS);
    }
    return Number.POSITIVE_INFINITY;
  }
}
