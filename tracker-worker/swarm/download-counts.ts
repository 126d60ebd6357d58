import type { InfoHash } from '../../shared/info-hash.ts';

/** How often info-hashes were downloaded, as the catalogue takes it. */
export interface CountedDownloads {
  readonly infoHash: InfoHash;
  readonly downloads: number;
}

/** What is on its way: counted exactly once, because its number is taken once. */
export interface DownloadBatch {
  readonly sequence: number;
  readonly counts: readonly CountedDownloads[];
}

/** Info-hashes that wait while the catalogue is away: what is kept of them fits a value in storage, 2 MB. */
export const MAX_UNREPORTED_INFO_HASHES = 10_000;

/** All that must be kept of `DownloadCounts`. */
export interface SavedDownloadCounts {
  readonly batch: DownloadBatch | undefined;
  readonly next: readonly CountedDownloads[];
  readonly nextSequence: number;
}

/**
 * Downloads that a shard has counted and the catalogue has not taken yet, so that a change of the number of shards
 * loses none.
 *
 * - A batch that was sent once is sent again as it was, under the same number, until it is taken: whether its answer
 *   was lost on the way does not matter.
 */
export class DownloadCounts {
  #batch: DownloadBatch | undefined;
  readonly #next: Map<InfoHash, number>;
  #nextSequence: number;

  /** `firstSequence` is what a shard without a memory begins with: higher than any that it used before. */
  constructor(saved: SavedDownloadCounts | undefined, firstSequence: number) {
    this.#batch = saved?.batch;
    this.#next = new Map(saved?.next.map(({ infoHash, downloads }) => [infoHash, downloads]));
    this.#nextSequence = saved?.nextSequence ?? firstSequence;
  }

  get isEmpty(): boolean {
    return this.#batch === undefined && this.#next.size === 0;
  }

  /** Counts one more; not for a further info-hash where there are too many: the swarm's own count has it. */
  add(infoHash: InfoHash): void {
    if (!this.#next.has(infoHash) && this.#next.size >= MAX_UNREPORTED_INFO_HASHES) return;
    this.#next.set(infoHash, (this.#next.get(infoHash) ?? 0) + 1);
  }

  /** The batch to send now; `undefined` where there is nothing. It must be kept before it is sent. */
  send(): DownloadBatch | undefined {
    if (this.#batch === undefined && this.#next.size > 0) {
      this.#batch = { sequence: this.#nextSequence, counts: counted(this.#next) };
      this.#nextSequence += 1;
      this.#next.clear();
    }
    return this.#batch;
  }

  taken(sequence: number): void {
    if (this.#batch?.sequence === sequence) this.#batch = undefined;
  }

  save(): SavedDownloadCounts {
    return {
      batch: this.#batch,
      next: counted(this.#next),
      nextSequence: this.#nextSequence,
    };
  }
}

function counted(counts: ReadonlyMap<InfoHash, number>): CountedDownloads[] {
  return Array.from(counts, ([infoHash, downloads]) => ({ infoHash, downloads }));
}
