import type { InfoHash } from '../../shared/info-hash.ts';
import { logFault } from '../log.ts';
import { type DownloadBatch, DownloadCounts, type SavedDownloadCounts } from './download-counts.ts';

const KEY = 'downloads';
/** Downloads are reported together: how long the first of them waits. */
const REPORT_DELAY_MS = 1000;

/**
 * Tells the catalogue what a shard's swarms have counted. What was not taken yet is on disk, and is tried again with
 * the next download, the next alarm and the next start.
 */
export class DownloadReports {
  readonly #storage: DurableObjectStorage;
  readonly #send: (batch: DownloadBatch) => Promise<void>;
  readonly #isReported: (infoHash: InfoHash) => boolean;
  readonly #counts: DownloadCounts;
  #isPlanned = false;

  /** `send` throws where the catalogue is away; `isReported` says of which info-hashes it keeps the count. */
  constructor(
    storage: DurableObjectStorage,
    send: (batch: DownloadBatch) => Promise<void>,
    isReported: (infoHash: InfoHash) => boolean,
  ) {
    this.#storage = storage;
    this.#send = send;
    this.#isReported = isReported;
    this.#counts = new DownloadCounts(storage.kv.get<SavedDownloadCounts>(KEY), Date.now());
    this.plan();
  }

  /** Takes over downloads, one each, and holds replies until they are on disk. The rows that it wrote. */
  add(infoHashes: readonly InfoHash[]): number {
    const reported = infoHashes.filter((infoHash) => this.#isReported(infoHash));
    if (reported.length === 0) return 0;
    for (const infoHash of reported) this.#counts.add(infoHash);
    this.#save();
    this.plan();
    return 1;
  }

  /** Reports soon, where there is anything to report. */
  plan(): void {
    if (this.#isPlanned || this.#counts.isEmpty) return;
    this.#isPlanned = true;
    setTimeout(() => void this.report(), REPORT_DELAY_MS);
  }

  async report(): Promise<void> {
    this.#isPlanned = false;
    const batch = this.#counts.send();
    if (batch === undefined) return;
    this.#save();
    try {
      await this.#send(batch);
    } catch (error) {
      logFault('reporting downloads', error);
      return;
    }
    this.#counts.taken(batch.sequence);
    this.#save();
    this.plan();
  }

  #save(): void {
    this.#storage.kv.put(KEY, this.#counts.save());
  }
}
