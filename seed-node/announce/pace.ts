/** How much of a second's starts may come at once, where a timer was late. */
const BURST_MS = 100;

/**
 * Spreads starts over time: no second has more than `maxPerSecond` and a tenth. Time is an argument.
 */
export class Pace {
  readonly #stepMs: number;
  /** When the next start would be due if all were evenly spread. */
  #evenAtMs = 0;

  constructor(maxPerSecond: number) {
    this.#stepMs = 1_000 / maxPerSecond;
  }

  get nextAtMs(): number {
    return this.#evenAtMs - BURST_MS;
  }

  start(nowMs: number): void {
    this.#evenAtMs = Math.max(this.#evenAtMs, nowMs) + this.#stepMs;
  }
}
