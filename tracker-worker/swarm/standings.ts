import type { InfoHash } from '../../shared/info-hash.ts';
import type { ShardSlice } from './shard-of.ts';
import { type StandingRecord, StandingRecords } from './standing-records.ts';
import type { SliceStandings, Standing, StandingSource } from './standing.ts';

/** Changes that are kept beside the records before they are copied into new ones. */
const MAX_CHANGES = 4096;

/**
 * The standings of a shard's slice, held in memory so that an announce costs no second hop.
 *
 * - Loaded once, on the first question; a load that failed is tried again on the next.
 * - `refresh` asks the source itself, one call after the other: whatever order pushes arrive in, the last one to
 *   ask sees every change that was made before it.
 */
export class Standings {
  readonly #source: StandingSource;
  readonly #slice: ShardSlice;
  #current: LoadedStandings | undefined;
  #loading: Promise<LoadedStandings> | undefined;
  #lastRefresh: Promise<unknown> = Promise.resolve();

  constructor(source: StandingSource, slice: ShardSlice) {
    this.#source = source;
    this.#slice = slice;
  }

  /** The slice where it is loaded already, so that a question need not wait. */
  get current(): SliceStandings | undefined {
    return this.#current;
  }

  /** The slice; what it answers changes with every refresh. */
  async loaded(): Promise<SliceStandings> {
    return this.#load();
  }

  /** Takes over what the source says of an info-hash now. */
  async refresh(infoHash: InfoHash): Promise<Standing> {
    const previous = this.#lastRefresh;
    const refreshed = (async () => {
      await Promise.allSettled([previous]);
      return this.#refresh(infoHash);
    })();
    this.#lastRefresh = refreshed;
    return refreshed;
  }

  async #refresh(infoHash: InfoHash): Promise<Standing> {
    const loaded = await this.#load();
    const standing = await this.#source.standingOf(infoHash);
    loaded.set(infoHash, standing);
    return standing;
  }

  async #load(): Promise<LoadedStandings> {
    if (this.#current !== undefined) return this.#current;
    const loading = (this.#loading ??= this.#fetch());
    try {
      return await loading;
    } catch (error) {
      if (this.#loading === loading) this.#loading = undefined;
      throw error;
    }
  }

  async #fetch(): Promise<LoadedStandings> {
    this.#current = new LoadedStandings(await this.#source.standingsIn(this.#slice));
    return this.#current;
  }
}

/** Records and what changed since they were loaded: few changes, because they are merged now and then. */
class LoadedStandings implements SliceStandings {
  #records: StandingRecords;
  readonly #changes = new Map<InfoHash, StandingRecord>();

  constructor(bytes: Uint8Array) {
    this.#records = new StandingRecords(bytes);
  }

  standingOf(infoHash: InfoHash): Standing {
    return this.#find(infoHash)?.standing ?? 'unknown';
  }

  downloadsOf(infoHash: InfoHash): number {
    return this.#find(infoHash)?.downloads ?? 0;
  }

  set(infoHash: InfoHash, standing: Standing): void {
    // What is unpublished loses its count at the source too; what is blocked keeps it.
    const downloads = standing === 'unknown' ? 0 : this.downloadsOf(infoHash);
    this.#changes.set(infoHash, { infoHash, standing, downloads });
    if (this.#changes.size <= MAX_CHANGES) return;
    this.#records = this.#records.with([...this.#changes.values()]);
    this.#changes.clear();
  }

  #find(infoHash: InfoHash): Omit<StandingRecord, 'infoHash'> | undefined {
    const changed = this.#changes.size === 0 ? undefined : this.#changes.get(infoHash);
    return changed ?? this.#records.find(infoHash);
  }
}
