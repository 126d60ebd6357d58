/** The longest that an announce waits to be kept; an idle object's memory is dropped after 10 s. */
export const FLUSH_INTERVAL_MS = 4000;
/** Flushes of one interval that run at once: a shard with fewer announces is quiet and loses nothing. */
export const PROMPT_FLUSHES = 4;

/** When a shard writes its dirty swarms back: at once while it is quiet, else once an interval. */
export class FlushPace {
  #intervalStartMs = Number.NEGATIVE_INFINITY;
  #flushes = 0;

  /** How long the next flush waits; takes it as planned. */
  planDelayMs(nowMs: number): number {
    if (nowMs >= this.#intervalStartMs + FLUSH_INTERVAL_MS) {
      this.#intervalStartMs = nowMs;
      this.#flushes = 0;
    }
    this.#flushes += 1;
    if (this.#flushes <= PROMPT_FLUSHES) return 0;
    // A clock that was set back must not put the flush off.
    const remaining = this.#intervalStartMs + FLUSH_INTERVAL_MS - nowMs;
    return Math.min(Math.max(remaining, 0), FLUSH_INTERVAL_MS);
  }
}
