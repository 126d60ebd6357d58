import type { Random } from './peer-list.ts';

/** How far an interval strays from its base, so that clients which came at once don't come back at once. */
const JITTER = 0.05;
/** Announces and messages a second from which on a shard asks for fewer: an object bears about 1,000. */
const BUSY_PER_SECOND = 500;
/** A busy shard's intervals grow up to this: newTrackon lists no tracker with a longer one. */
const MAX_INTERVAL_SECONDS = 10_800;
const WINDOW_SECONDS = 10;
/** A client is forgotten after this many intervals of silence. */
const EXPIRY_INTERVALS = 2;

interface Told {
  readonly stretch: number;
  until: number;
}

export interface AnnounceIntervals {
  readonly intervalSeconds: number;
  readonly minIntervalSeconds: number;
}

/**
 * How long clients are asked to stay away: about a base, and longer in proportion when the shard is busy. Whoever was
 * told the longest interval that may still run is waited for.
 */
export class IntervalPace {
  #windowStart = 0;
  #requests = 0;
  #stretch = 1;
  /** Stretches that clients may still wait for, at most one a window: none that a longer one came after. */
  readonly #told: Told[] = [];

  /** Counts requests. `now` is in seconds. */
  count(requests: number, baseSeconds: number, now: number): void {
    const elapsed = now - this.#windowStart;
    // A clock that was set back must not make the window as long as that.
    if (elapsed >= WINDOW_SECONDS || elapsed < 0) {
      const isWhole = elapsed > 0 && elapsed < 2 * WINDOW_SECONDS;
      const perSecond = isWhole ? this.#requests / elapsed : 0;
      this.#stretch = Math.max(1, perSecond / BUSY_PER_SECOND);
      this.#windowStart = now;
      this.#requests = 0;
    }
    this.#requests += requests;
    this.#tell(this.#stretch, baseSeconds, now);
  }

  /** The intervals that one reply names. */
  intervals(baseSeconds: number, random: Random): AnnounceIntervals {
    const factor = 1 - JITTER + 2 * JITTER * random();
    const strayed = Math.round(stretched(baseSeconds, this.#stretch) * factor);
    const intervalSeconds = Math.min(Math.max(1, strayed), MAX_INTERVAL_SECONDS);
    return { intervalSeconds, minIntervalSeconds: Math.max(1, Math.floor(intervalSeconds / 2)) };
  }

  /** The silence after which a client with this base interval is forgotten. */
  expirySeconds(baseSeconds: number): number {
    return EXPIRY_INTERVALS * stretched(baseSeconds, this.#told[0]?.stretch ?? 1);
  }

  #tell(stretch: number, baseSeconds: number, now: number): void {
    const until = now + EXPIRY_INTERVALS * stretched(baseSeconds, stretch);
    while ((this.#told.at(-1)?.stretch ?? Infinity) < stretch) this.#told.pop();
    const last = this.#told.at(-1);
    if (last?.stretch === stretch) last.until = until;
    else this.#told.push({ stretch, until });
    while ((this.#told[0]?.until ?? Infinity) <= now) this.#told.shift();
  }
}

function stretched(baseSeconds: number, stretch: number): number {
  return Math.min(Math.round(baseSeconds * stretch), MAX_INTERVAL_SECONDS);
}
