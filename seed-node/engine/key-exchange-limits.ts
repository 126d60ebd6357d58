/** A key exchange takes 0.15 ms of the processor: who makes many must not keep us from the rest. */
const WINDOW_MS = 10_000;
/** In a window, of everybody together: three hundredths of one processor. */
export const MAX_KEY_EXCHANGES = 2_000;
/** In a window, of one IPv4 address or IPv6 /64: twice as many as it may have connections. */
export const MAX_KEY_EXCHANGES_PER_ADDRESS = 64;

/**
 * How many key exchanges strangers may have us compute.
 *
 * Invariant: it remembers at most `MAX_KEY_EXCHANGES` sources, for one window.
 */
export class KeyExchangeLimits {
  #windowStartMs = Number.NEGATIVE_INFINITY;
  #total = 0;
  readonly #bySource = new Map<string, number>();

  /** Whether whoever that key stands for (`addressSourceOf`) may have one more now; counts it. */
  take(source: string, nowMs: number): boolean {
    if (nowMs - this.#windowStartMs >= WINDOW_MS) {
      this.#windowStartMs = nowMs;
      this.#total = 0;
      this.#bySource.clear();
    }
    const its = this.#bySource.get(source) ?? 0;
    if (this.#total >= MAX_KEY_EXCHANGES || its >= MAX_KEY_EXCHANGES_PER_ADDRESS) return false;
    this.#total += 1;
    this.#bySource.set(source, its + 1);
    return true;
  }
}
