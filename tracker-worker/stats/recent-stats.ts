import type { ShardStats } from '../swarm/shard-stats.ts';

/** How old statistics may be: asking every shard is as many calls as there are shards, and anyone may look. */
export const STATS_MAX_AGE_MS = 10_000;
/** How long the shards may take together. */
const LOAD_DEADLINE_MS = 5000;

/** Statistics of all shards at one moment. */
export interface StatsSnapshot {
  readonly atMs: number;
  readonly shards: readonly ShardStats[];
}

export interface StatsSource {
  /** Asks every shard; throws when one is away. */
  load(): Promise<readonly ShardStats[]>;
  readonly nowMs: () => number;
  readonly deadlineMs?: number;
}

/**
 * The statistics of the last seconds, for any number of readers.
 *
 * - One load at a time: who comes while it runs waits for it.
 * - A load that failed is not kept, nor one that took too long: the request that began it may be gone, and then its
 *   answer never comes.
 */
export class RecentStats {
  readonly #source: StatsSource;
  #latest: StatsSnapshot | undefined;
  #loading: Promise<StatsSnapshot> | undefined;

  constructor(source: StatsSource) {
    this.#source = source;
  }

  /** Statistics that are at most `STATS_MAX_AGE_MS` old; throws when a shard is away. */
  async read(): Promise<StatsSnapshot> {
    const latest = this.#latest;
    if (latest !== undefined && this.#source.nowMs() - latest.atMs < STATS_MAX_AGE_MS) {
      return latest;
    }
    const loading = (this.#loading ??= this.#load());
    try {
      return await withDeadline(loading, this.#source.deadlineMs ?? LOAD_DEADLINE_MS);
    } finally {
      if (this.#loading === loading) this.#loading = undefined;
    }
  }

  async #load(): Promise<StatsSnapshot> {
    const atMs = this.#source.nowMs();
    const snapshot = { atMs, shards: await this.#source.load() };
    this.#latest = snapshot;
    return snapshot;
  }
}

async function withDeadline<T>(work: Promise<T>, deadlineMs: number): Promise<T> {
  const { promise: deadline, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => reject(new Error('the shards did not answer in time')),
    deadlineMs,
  );
  try {
    return await Promise.race([work, deadline]);
  } finally {
    clearTimeout(timer);
  }
}
