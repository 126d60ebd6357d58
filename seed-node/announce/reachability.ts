import { retrySeconds } from './announce-schedule.ts';

/** What was begun, as `Reachability` needs it back. */
export interface Attempt {
  readonly startedAtMs: number;
  /** It is the one that finds out whether the tracker is back. */
  readonly isProbe: boolean;
}

/**
 * Whether somebody answers. Time and randomness are arguments.
 *
 * Invariants: while nobody answers one attempt at a time is made, however much is due, with a pause of at most
 * `maxRetrySeconds` between two; what was under way when the first failed counts as the same failure.
 */
export class Reachability {
  readonly #maxRetrySeconds: number;
  #failuresInARow = 0;
  #failedAtMs = Number.NEGATIVE_INFINITY;
  #retryAtMs = Number.NEGATIVE_INFINITY;
  #isProbing = false;

  constructor(maxRetrySeconds: number) {
    this.#maxRetrySeconds = maxRetrySeconds;
  }

  get isAway(): boolean {
    return this.#failuresInARow > 0;
  }

  /** When the next attempt may begin; never while a probe is under way. */
  get nextAtMs(): number {
    if (!this.isAway) return Number.NEGATIVE_INFINITY;
    return this.#isProbing ? Number.POSITIVE_INFINITY : this.#retryAtMs;
  }

  start(nowMs: number): Attempt {
    this.#isProbing = this.isAway;
    return { startedAtMs: nowMs, isProbe: this.#isProbing };
  }

  answered(): void {
    this.#failuresInARow = 0;
    this.#isProbing = false;
  }

  failed(attempt: Attempt, nowMs: number, random: number): void {
    if (!attempt.isProbe && this.isAway && attempt.startedAtMs <= this.#failedAtMs) return;
    if (attempt.isProbe) this.#isProbing = false;
    this.#failuresInARow += 1;
    this.#failedAtMs = nowMs;
    const seconds = retrySeconds(this.#failuresInARow, random, this.#maxRetrySeconds);
    this.#retryAtMs = nowMs + seconds * 1_000;
  }
}
