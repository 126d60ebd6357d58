/** Seconds of the allowed rate that a socket may send at once: a client with many torrents announces all of them when it connects. */
const BURST_SECONDS = 10;

/** How many messages a socket may send: a token bucket. Time is an argument, in milliseconds. */
export class MessageRate {
  readonly #perSecond: number;
  #tokens: number;
  #atMs: number;

  constructor(perSecond: number, nowMs: number) {
    this.#perSecond = perSecond;
    this.#tokens = perSecond * BURST_SECONDS;
    this.#atMs = nowMs;
  }

  /** Whether one more may be taken now. */
  take(nowMs: number): boolean {
    const elapsedMs = Math.max(0, nowMs - this.#atMs);
    const most = this.#perSecond * BURST_SECONDS;
    this.#tokens = Math.min(most, this.#tokens + (elapsedMs / 1000) * this.#perSecond);
    this.#atMs = nowMs;
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }
}
