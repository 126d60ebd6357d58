import { Pace } from './pace.ts';
import { type Attempt, Reachability } from './reachability.ts';

/** How much one site is asked. */
export interface SiteLimits {
  readonly maxPerSecond: number;
  readonly maxUnderWay: number;
  /** The longest pause between two probes of a site that is away. */
  readonly maxRetrySeconds: number;
}

/** Who answers behind one or more trackers (the edge's 256 sockets are one): reachable or away as a whole, paced as a whole. */
export class TrackerSite {
  readonly #reachability: Reachability;
  readonly #pace: Pace;
  readonly #maxUnderWay: number;
  #underWay = 0;

  constructor(limits: SiteLimits) {
    this.#reachability = new Reachability(limits.maxRetrySeconds);
    this.#pace = new Pace(limits.maxPerSecond);
    this.#maxUnderWay = limits.maxUnderWay;
  }

  get isAway(): boolean {
    return this.#reachability.isAway;
  }

  /** When the next announce may begin; never while others must end first. */
  get nextAtMs(): number {
    if (this.#underWay >= this.#maxUnderWay) return Number.POSITIVE_INFINITY;
    return Math.max(this.#reachability.nextAtMs, this.#pace.nextAtMs);
  }

  start(nowMs: number): Attempt {
    this.#underWay += 1;
    this.#pace.start(nowMs);
    return this.#reachability.start(nowMs);
  }

  answered(): void {
    this.#underWay -= 1;
    this.#reachability.answered();
  }

  failed(attempt: Attempt, nowMs: number, random: number): void {
    this.#underWay -= 1;
    this.#reachability.failed(attempt, nowMs, random);
  }
}
