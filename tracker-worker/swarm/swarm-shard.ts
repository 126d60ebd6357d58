import { DurableObject } from 'cloudflare:workers';
import type { InfoHash } from '../../shared/info-hash.ts';
import { invariant } from '../../shared/invariant.ts';
import { accept, refuse } from '../../shared/result.ts';
import type { SwarmCounts } from '../../shared/scrape.ts';
import { CATALOG_NAME } from '../catalog/catalog-name.ts';
import { type Config, requireConfig } from '../config.ts';
import type { EdgeEnv } from '../env.ts';
import { logFault } from '../log-fault.ts';
import { announceIntervals } from './announce-intervals.ts';
import { FlushPace } from './flush-pace.ts';
import { Registrations } from './registrations.ts';
import { ResidentSwarms } from './resident-swarms.ts';
import { SqlSwarmStore } from './sql-swarm-store.ts';
import { sliceOfShardName } from './shard-of.ts';
import type { SwarmAnnounce, SwarmOutcome } from './swarm-announce.ts';

/** A client is forgotten after this many intervals of silence. */
const EXPIRY_INTERVALS = 2;
/** Alarms of a shard whose swarms end one after the other are at least this far apart. */
const MIN_SWEEP_SECONDS = 60;

/**
 * The swarms of one slice of the info-hashes: the clock, the dice, the disk and the alarm around `ResidentSwarms`.
 *
 * - An announce is answered and stored in one step, with no `await` between, so that announces never interleave.
 * - While any swarm has a peer, an alarm is set; when none has, there is none, and the object costs nothing.
 */
export class SwarmShard extends DurableObject<EdgeEnv> {
  readonly #config: Config;
  readonly #swarms: ResidentSwarms;
  readonly #registrations: Registrations;
  readonly #pace = new FlushPace();
  #isFlushPlanned = false;

  constructor(ctx: DurableObjectState, env: EdgeEnv) {
    super(ctx, env);
    this.#config = requireConfig({ ...env });
    const expirySeconds = EXPIRY_INTERVALS * this.#config.announceIntervalSeconds;
    this.#swarms = new ResidentSwarms(new SqlSwarmStore(ctx.storage.sql, expirySeconds), {
      expirySeconds,
      maxPeers: this.#config.maxPeersPerSwarm,
      maxPeersPerAddress: this.#config.maxPeersPerAddress,
      maxSwarms: this.#config.trackerMode === 'open' ? this.#config.maxSwarmsPerShard : undefined,
    });
    const slice = sliceOfShardName(ctx.id.name ?? '');
    invariant(slice !== undefined, 'a shard is called by a name that shardName made');
    this.#registrations = new Registrations(env.CATALOG.getByName(CATALOG_NAME), slice);
  }

  /** Answers announces for info-hashes of this shard, each as if it had come alone. */
  async announce(batch: readonly SwarmAnnounce[]): Promise<SwarmOutcome[]> {
    const registered =
      this.#config.trackerMode === 'published' ? await this.#registrations.loaded() : undefined;
    const now = nowSeconds();
    const outcomes = batch.map((request): SwarmOutcome => {
      if (registered?.has(request.infoHash) === false) {
        return refuse('not-registered', 'this torrent is not registered at this tracker');
      }
      const outcome = this.#swarms.announce(request, now, Math.random);
      if (!outcome.ok) return outcome;
      const { seeders, leechers, peers } = outcome.value;
      const intervals = announceIntervals(this.#config.announceIntervalSeconds, Math.random);
      return accept({ ...intervals, seeders, leechers, peers });
    });
    this.#planFlush();
    return outcomes;
  }

  /** The counts of info-hashes of this shard, in their order; zeros for what it has no swarm of. */
  counts(infoHashes: readonly InfoHash[]): SwarmCounts[] {
    const now = nowSeconds();
    const counts = infoHashes.map((infoHash) => this.#swarms.counts(infoHash, now));
    this.#planFlush();
    return counts;
  }

  /** Takes over from the catalogue whether an info-hash is registered; the swarm of one that is not ends. */
  async refreshRegistration(infoHash: InfoHash): Promise<void> {
    const isRegistered = await this.#registrations.refresh(infoHash);
    if (!isRegistered && this.#config.trackerMode === 'published') this.#swarms.clear(infoHash);
  }

  override async alarm(): Promise<void> {
    const next = this.#swarms.sweep(nowSeconds());
    if (next === undefined) return;
    await this.ctx.storage.setAlarm(Math.max(next, nowSeconds() + MIN_SWEEP_SECONDS) * 1000);
  }

  /** After the reply has left: a write before it would hold it until the disk has confirmed. */
  #planFlush(): void {
    if (this.#isFlushPlanned || !this.#swarms.isDirty) return;
    this.#isFlushPlanned = true;
    const delayMs = this.#pace.planDelayMs(Date.now());
    const flushed = new Promise<void>((resolve) => {
      setTimeout(resolve, delayMs);
    }).then(async () => this.#flush());
    this.ctx.waitUntil(flushed.catch((error: unknown) => logFault('flushing swarms', error)));
  }

  async #flush(): Promise<void> {
    const alarm = await this.ctx.storage.getAlarm();
    // No `await` between the two: one commit, so that no peer is ever kept without an alarm to end it.
    this.#isFlushPlanned = false;
    this.#swarms.flush();
    const expirySeconds = EXPIRY_INTERVALS * this.#config.announceIntervalSeconds;
    if (alarm === null) await this.ctx.storage.setAlarm(Date.now() + expirySeconds * 1000);
  }
}

function nowSeconds(): number {
  return Math.floor(Date.now() / 1000);
}
