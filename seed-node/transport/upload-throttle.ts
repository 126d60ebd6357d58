import { UploadRate } from '../engine/upload-rate.ts';

/** Between two looks at the queue: what was saved up meanwhile goes at once. */
const MIN_WAIT_MS = 10;

/**
 * Holds all that is uploaded to a rate: who wants to send asks first, and reads only when its turn has come, so that
 * nothing that waits is in memory. One timer for all.
 */
export class UploadThrottle {
  readonly #nowMs: () => number;
  readonly #rate: UploadRate<object, () => void>;
  #timer: NodeJS.Timeout | undefined;
  #isReleasing = false;

  constructor(bytesPerSecond: number, nowMs: () => number = Date.now) {
    this.#nowMs = nowMs;
    this.#rate = new UploadRate(bytesPerSecond, nowMs());
  }

  /** Calls `start` once when `taker` may send so many bytes, now or later; never after `leave`. */
  ask(taker: object, bytes: number, start: () => void): void {
    this.#rate.ask(taker, bytes, start);
    if (this.#timer === undefined) this.#release();
  }

  /** What `taker` waits for is not wanted any more. */
  leave(taker: object): void {
    this.#rate.leave(taker);
  }

  close(): void {
    clearTimeout(this.#timer);
  }

  #release(): void {
    // Who starts may ask again at once: the loop below sees it.
    if (this.#isReleasing) return;
    this.#isReleasing = true;
    for (;;) {
      const starts = this.#rate.release(this.#nowMs());
      if (starts.length === 0) break;
      for (const start of starts) start();
    }
    this.#isReleasing = false;
    const waitMs = this.#rate.msToNext(this.#nowMs());
    if (waitMs === undefined) return;
    this.#timer = setTimeout(
      () => {
        this.#timer = undefined;
        this.#release();
      },
      Math.max(MIN_WAIT_MS, waitMs),
    );
  }
}
