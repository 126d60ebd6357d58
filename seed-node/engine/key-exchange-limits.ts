/** A key exchange takes 0.15 ms of the processor: who makes many must not keep us from the rest. */
const WINDOW_MS = 10_000;
/** In a window, of everybody together: three hundredths of one processor. */
export const MAX_KEY_EXCHANGES = 2_000;
/** In a window, of one address: twice as many as it may have connections. */
export const MAX_KEY_EXCHANGES_PER_ADDRESS = 64;

/**
 * How many key exchanges strangers may have us compute.
 *
 * Invariant: it remembers at most `MAX_KEY_EXCHANGES` addresses, for one window.
 */
export class KeyExchangeLimits {
  #windowStartMs = Number.NEGATIVE_INFINITY;
  #total = 0;
  readonly #byAddress = new Map<string, number>();

  /** Whether that address may have one more now; counts it. */
  take(address: string, nowMs: number): boolean {
    if (nowMs - this.#windowStartMs >= WINDOW_MS) {
      this.#windowStartMs = nowMs;
      this.#total = 0;
      this.#byAddress.clear();
    }
    const its = this.#byAddress.get(address) ?? 0;
    if (this.#total >= MAX_KEY_EXCHANGES || its >= MAX_KEY_EXCHANGES_PER_ADDRESS) return false;
    this.#total += 1;
    this.#byAddress.set(address, its + 1);
    return true;
  }
}
