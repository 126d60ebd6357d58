import type { InfoHash } from '../../shared/info-hash.ts';
import { NO_COUNTS, type SwarmCounts } from '../../shared/scrape.ts';
import { accept, refuse, type Result } from '../../shared/result.ts';
import type { Random } from './peer-list.ts';
import { Swarm, type SwarmLimits, type SwarmReply } from './swarm.ts';
import type { SwarmAnnounce } from './swarm-announce.ts';
import type { SwarmStore } from './swarm-store.ts';

export interface ResidentLimits extends SwarmLimits {
  /** `undefined` where who may have a swarm is decided elsewhere. */
  readonly maxSwarms: number | undefined;
}

/**
 * A shard's swarms in memory: loaded when they are first touched, written back by `flush`.
 *
 * - What is not dirty is in the store as it is here, so that memory may be lost at any time.
 * - A question about a swarm that does not exist makes none.
 */
export class ResidentSwarms {
  readonly #store: SwarmStore;
  readonly #limits: ResidentLimits;
  readonly #swarms = new Map<InfoHash, Swarm>();
  readonly #dirty = new Set<InfoHash>();
  /** Rows in the store and swarms that are yet to become one; counted on first need. */
  #known: number | undefined;

  constructor(store: SwarmStore, limits: ResidentLimits) {
    this.#store = store;
    this.#limits = limits;
  }

  get isDirty(): boolean {
    return this.#dirty.size > 0;
  }

  announce(
    request: SwarmAnnounce,
    now: number,
    random: Random,
  ): Result<SwarmReply, 'too-many-swarms'> {
    const { infoHash } = request;
    const known = this.#find(infoHash);
    if (known === undefined && request.event === 'stopped') {
      return accept({ ...NO_COUNTS, peers: [] });
    }
    const swarm = known ?? this.#create(infoHash);
    if (swarm === undefined) return refuse('too-many-swarms', 'the tracker has no room for more');
    this.#dirty.add(infoHash);
    const { downloads } = swarm.counts();
    const reply = swarm.announce(request, now, random);
    // A download must outlive whatever comes next: with this write, not with the next flush.
    if (reply.downloads !== downloads) this.#save(infoHash, swarm);
    return accept(reply);
  }

  counts(infoHash: InfoHash, now: number): SwarmCounts {
    const swarm = this.#find(infoHash);
    if (swarm?.sweep(now) === true) this.#dirty.add(infoHash);
    return swarm?.counts() ?? NO_COUNTS;
  }

  /** Writes back every dirty swarm. */
  flush(): void {
    for (const infoHash of this.#dirty) {
      const swarm = this.#swarms.get(infoHash);
      if (swarm !== undefined) this.#save(infoHash, swarm);
    }
  }

  /** Forgets the peers of a swarm; how often it was downloaded stays. */
  clear(infoHash: InfoHash): void {
    const swarm = this.#find(infoHash);
    if (swarm === undefined) return;
    this.#store.save(infoHash, { downloads: swarm.counts().downloads, seats: [] });
    this.#forget(infoHash);
  }

  /** Forgets all peers that have expired; when to come again, or `undefined` where there are none left. */
  sweep(now: number): number | undefined {
    this.flush();
    for (const [infoHash, swarm] of this.#swarms) {
      if (swarm.sweep(now)) this.#save(infoHash, swarm);
      if (swarm.isEmpty) this.#forget(infoHash);
    }
    this.#store.expire(now);
    this.#known = undefined;
    return this.#store.nextExpirySeconds();
  }

  #find(infoHash: InfoHash): Swarm | undefined {
    const resident = this.#swarms.get(infoHash);
    if (resident !== undefined) return resident;
    const saved = this.#store.load(infoHash);
    if (saved === undefined) return undefined;
    const swarm = new Swarm(this.#limits, saved.downloads, saved.seats);
    this.#swarms.set(infoHash, swarm);
    return swarm;
  }

  #create(infoHash: InfoHash): Swarm | undefined {
    if (this.#limits.maxSwarms !== undefined) {
      this.#known ??= this.#store.count();
      if (this.#known >= this.#limits.maxSwarms) return undefined;
      this.#known += 1;
    }
    const swarm = new Swarm(this.#limits, 0, []);
    this.#swarms.set(infoHash, swarm);
    return swarm;
  }

  #save(infoHash: InfoHash, swarm: Swarm): void {
    this.#store.save(infoHash, { downloads: swarm.counts().downloads, seats: swarm.seats() });
    this.#dirty.delete(infoHash);
  }

  #forget(infoHash: InfoHash): void {
    this.#swarms.delete(infoHash);
    this.#dirty.delete(infoHash);
  }
}
