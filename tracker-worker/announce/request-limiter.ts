import { addressSourceKey, type IpAddress } from '../../shared/endpoint.ts';

export interface RequestLimits {
  readonly maxRequestsPerMinutePerAddress: number;
  readonly maxTrackedAddresses: number;
}

const WINDOW_MS = 60_000;

/**
 * Counts each source's requests in the current minute of the clock: an IPv4 address or an IPv6 /64.
 *
 * Invariants: each of the two generations holds at most half of `maxTrackedAddresses`; a source is looked for in both
 * and counted in the recent one. When that is full it becomes the older one and the older one is dropped, so that
 * sources that still ask are kept and forgetting costs nothing per source.
 */
export class RequestLimiter {
  readonly #maxRequests: number;
  readonly #maxPerGeneration: number;
  #window = Number.NEGATIVE_INFINITY;
  #recent = new Map<string, number>();
  #older = new Map<string, number>();

  constructor(limits: RequestLimits) {
    this.#maxRequests = limits.maxRequestsPerMinutePerAddress;
    this.#maxPerGeneration = Math.max(1, Math.floor(limits.maxTrackedAddresses / 2));
  }

  /** Counts a request; `false` where its source has had its share of this minute. */
  admit(address: IpAddress, nowMs: number): boolean {
    const window = Math.floor(nowMs / WINDOW_MS);
    if (window !== this.#window) {
      this.#window = window;
      this.#recent = new Map();
      this.#older = new Map();
    }
    const source = addressSourceKey(address);
    const recent = this.#recent.get(source);
    const count = (recent ?? this.#older.get(source) ?? 0) + 1;
    if (recent === undefined && this.#recent.size >= this.#maxPerGeneration) {
      this.#older = this.#recent;
      this.#recent = new Map();
    }
    this.#recent.set(source, count);
    return count <= this.#maxRequests;
  }

  /** Sources that it remembers, those in both generations twice. */
  get size(): number {
    return this.#recent.size + this.#older.size;
  }
}
