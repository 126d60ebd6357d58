import { type InfoHash } from '../../shared/info-hash.ts';
import { NO_COUNTS, type SwarmCounts } from '../../shared/scrape.ts';
import { invariant } from '../../shared/invariant.ts';
import { shardName, shardOf } from './shard-of.ts';
import type { SwarmAnnounce, SwarmOutcome } from './swarm-announce.ts';
import type { SwarmShard } from './swarm-shard.ts';

/** The swarms as the routes see them: which shard owns what is nobody else's business. Calls throw when a shard is away. */
export interface Swarms {
  announce(request: SwarmAnnounce): Promise<SwarmOutcome>;
  /** Counts of each info-hash, in the order asked for; zeros for one without a swarm. */
  counts(infoHashes: readonly InfoHash[]): Promise<ReadonlyMap<InfoHash, SwarmCounts>>;
  /** Tells the shard that owns an info-hash that its registration changed; done when the shard has taken it over. */
  refreshRegistration(infoHash: InfoHash): Promise<void>;
}

export class SwarmShards implements Swarms {
  readonly #namespace: DurableObjectNamespace<SwarmShard>;
  readonly #shardCount: number;

  constructor(namespace: DurableObjectNamespace<SwarmShard>, shardCount: number) {
    this.#namespace = namespace;
    this.#shardCount = shardCount;
  }

  async announce(request: SwarmAnnounce): Promise<SwarmOutcome> {
    const [outcome] = await this.#shardOf(request.infoHash).announce([request]);
    invariant(outcome !== undefined, 'a batch of one has one answer');
    return outcome;
  }

  async counts(infoHashes: readonly InfoHash[]): Promise<ReadonlyMap<InfoHash, SwarmCounts>> {
    const byShard = Map.groupBy(infoHashes, (infoHash) => shardOf(infoHash, this.#shardCount));
    const answers = await Promise.all(
      Array.from(byShard, async ([shard, hashes]) => {
        const counts = await this.#shard(shard).counts(hashes);
        return hashes.map((infoHash, index) => [infoHash, counts[index] ?? NO_COUNTS] as const);
      }),
    );
    return new Map(answers.flat());
  }

  async refreshRegistration(infoHash: InfoHash): Promise<void> {
    await this.#shardOf(infoHash).refreshRegistration(infoHash);
  }

  #shardOf(infoHash: InfoHash): DurableObjectStub<SwarmShard> {
    return this.#shard(shardOf(infoHash, this.#shardCount));
  }

  #shard(shard: number): DurableObjectStub<SwarmShard> {
    return this.#namespace.getByName(shardName(shard, this.#shardCount));
  }
}
