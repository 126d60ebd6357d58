import type { InfoHash } from '../../shared/info-hash.ts';
import type { Config } from '../config.ts';
import { logFault } from '../log.ts';
import { type AnnounceIntervals, IntervalPace } from './announce-intervals.ts';
import type { DownloadReports } from './download-reports.ts';
import { FlushPace } from './flush-pace.ts';
import { type Expiry, ResidentSwarms } from './resident-swarms.ts';
import { NO_TOTALS, type TotalName, type Totals } from './shard-stats.ts';
import { SwarmJournal } from './swarm-journal.ts';

/** Expired peers are looked for at most this often; sooner where they expire sooner. */
const MAX_SWEEP_SECONDS = 30;
/** Changes that are written before they are due: a row in storage has at most 2 MB. */
const MAX_CHANGES_BYTES = 1_000_000;

/**
 * A shard's swarms, and what keeps them across evictions: the clock, the disk and the alarm.
 *
 * - Whatever changes a swarm calls `changed`, and is written soon after; a download at once.
 * - While any swarm has a peer, an alarm is set; when none has, there is none, and the object costs nothing.
 */
export class DurableSwarms {
  readonly resident: ResidentSwarms;
  readonly #state: DurableObjectState;
  readonly #config: Config;
  readonly #downloads: DownloadReports;
  readonly #onChange: () => void;
  readonly #journal: SwarmJournal;
  readonly #flushPace = new FlushPace();
  readonly #intervalPace = new IntervalPace();
  readonly #totals: Record<TotalName, number>;
  #isFlushPlanned = false;
  #hasAlarm = false;
  #nextSweep = 0;

  constructor(
    state: DurableObjectState,
    config: Config,
    downloads: DownloadReports,
    downloadsOf: (infoHash: InfoHash) => number,
    onChange: () => void,
  ) {
    this.#onChange = onChange;
    this.#state = state;
    this.#config = config;
    this.#downloads = downloads;
    const seed = crypto.getRandomValues(new Int32Array(1))[0] ?? 0;
    this.resident = new ResidentSwarms(
      {
        maxPeers: config.maxPeersPerSwarm,
        maxPeersPerAddress: config.maxPeersPerAddress,
        maxSwarms: config.trackerMode === 'open' ? config.maxSwarmsPerShard : undefined,
      },
      seed,
      downloadsOf,
    );
    this.#journal = new SwarmJournal(state.storage, {
      onRows: (rows) => this.count('rowsWritten', rows),
      onFault: (error) => logFault('writing swarms', error),
    });
    this.#totals = { ...NO_TOTALS };
    this.#load();
  }

  get totals(): Totals {
    return { ...this.#totals };
  }

  count(total: TotalName, by = 1): void {
    this.#totals[total] += by;
  }

  /** Counts requests for the pace at which clients are asked to come back. */
  countLoad(requests: number, now: number): void {
    this.#intervalPace.count(requests, this.#config.announceIntervalSeconds, now);
  }

  /** The intervals for a reply to a client that announces over HTTP, or over a socket. */
  intervals(over: 'http' | 'socket'): AnnounceIntervals {
    const { announceIntervalSeconds, webSocketIntervalSeconds } = this.#config;
    const base = over === 'http' ? announceIntervalSeconds : webSocketIntervalSeconds;
    return this.#intervalPace.intervals(base, Math.random);
  }

  /** Forgets expired peers where that is due. To be called before an answer is made. */
  sweepIfDue(now: number): void {
    if (now < this.#nextSweep) return;
    const expiry = this.#expiry();
    this.resident.sweep(now, expiry);
    const soonest = Math.min(expiry.dialledSeconds, expiry.socketSeconds);
    this.#nextSweep = now + Math.min(MAX_SWEEP_SECONDS, Math.ceil(soonest / 16));
  }

  /** After a change, in the same step: sees to it that it is written. */
  changed(): void {
    if (this.resident.hasNewDownloads) this.#writeDownloads();
    else if (this.resident.changesBytes > MAX_CHANGES_BYTES) this.#write(false);
    this.#planFlush();
    this.#onChange();
  }

  /** Forgets expired peers, and all that is on disk where nobody is left. */
  async alarm(now: number): Promise<void> {
    this.count('alarms');
    this.#hasAlarm = false;
    const remaining = this.resident.sweep(now, this.#expiry());
    this.#write(false);
    if (remaining === undefined) this.#checkpoint(now);
    else await this.#setAlarm(now + Math.max(remaining, this.#config.announceIntervalSeconds));
    this.#onChange();
  }

  #load(): void {
    const now = nowSeconds();
    const expiry = this.#expiry();
    for (const { parts, totals } of this.#journal.load()) {
      Object.assign(this.#totals, totals);
      for (const part of parts) {
        if (!this.resident.replay(part, now, expiry)) {
          logFault('reading swarms', new Error('a row of the log is of another make'));
        }
      }
    }
    this.resident.forgetEmpty();
  }

  #expiry(): Expiry {
    return {
      dialledSeconds: this.#intervalPace.expirySeconds(this.#config.announceIntervalSeconds),
      socketSeconds: this.#intervalPace.expirySeconds(this.#config.webSocketIntervalSeconds),
    };
  }

  /** After the reply has left, so that it is not held until the disk has confirmed. */
  #planFlush(): void {
    if (this.#isFlushPlanned || this.resident.changesBytes === 0) return;
    this.#isFlushPlanned = true;
    const delayMs = this.#flushPace.planDelayMs(Date.now());
    const flushed = new Promise<void>((resolve) => {
      setTimeout(resolve, delayMs);
    }).then(async () => this.#flush());
    this.#state.waitUntil(flushed.catch((error: unknown) => logFault('writing swarms', error)));
  }

  async #flush(): Promise<void> {
    // First, so that one that fails is followed by another.
    this.#isFlushPlanned = false;
    const alarm = this.#hasAlarm ? true : await this.#state.storage.getAlarm();
    // No `await` between the two: one commit, so that no peer is ever kept without an alarm to end it.
    this.#write(false);
    this.#hasAlarm = alarm !== null;
    if (this.#hasAlarm || !this.resident.hasSeats) return;
    const { dialledSeconds, socketSeconds } = this.#expiry();
    const soonest = Math.min(dialledSeconds, socketSeconds);
    await this.#setAlarm(nowSeconds() + Math.max(soonest, this.#config.announceIntervalSeconds));
  }

  /** Before the reply leaves: a download must outlive whatever comes next. */
  #writeDownloads(): void {
    const infoHashes = this.resident.takeNewDownloads();
    this.count('downloads', infoHashes.length);
    this.count('rowsWritten', this.#downloads.add(infoHashes));
    this.#write(true);
  }

  #write(isPrecious: boolean): void {
    const changes = this.resident.takeChanges();
    if (changes.length === 0) return;
    this.#journal.append(changes, this.totals, isPrecious);
    if (this.#journal.isCheckpointDue) this.#checkpoint(nowSeconds());
  }

  #checkpoint(now: number): void {
    this.#journal.checkpoint(this.resident.checkpoint(now), this.totals);
  }

  /** One an announce interval at most: until then, whoever asks sees to it that the expired are gone. */
  async #setAlarm(atSeconds: number): Promise<void> {
    this.count('rowsWritten');
    await this.#state.storage.setAlarm(atSeconds * 1000);
    this.#hasAlarm = true;
  }
}

export function nowSeconds(): number {
  return Math.floor(Date.now() / 1000);
}
