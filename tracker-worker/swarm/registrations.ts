import { type InfoHash, infoHashFromBytes, INFO_HASH_BYTES } from '../../shared/info-hash.ts';
import type { ShardSlice } from './shard-of.ts';

/** Where it is known what is registered: the catalogue. */
export interface RegistrationSource {
  /** The registered info-hashes of a slice, 20 bytes each. */
  registeredIn(slice: ShardSlice): Promise<Uint8Array>;
  isRegistered(infoHash: InfoHash): Promise<boolean>;
}

/**
 * The registered info-hashes of a shard's slice, held in memory so that an announce costs no second hop.
 *
 * - Loaded once, on the first question; a load that failed is tried again on the next.
 * - `refresh` asks the source itself, one call after the other: whatever order pushes arrive in, the last one to
 *   ask sees every change that was made before it.
 */
export class Registrations {
  readonly #source: RegistrationSource;
  readonly #slice: ShardSlice;
  #loading: Promise<Set<InfoHash>> | undefined;
  #lastRefresh: Promise<unknown> = Promise.resolve();

  constructor(source: RegistrationSource, slice: ShardSlice) {
    this.#source = source;
    this.#slice = slice;
  }

  /** The registered info-hashes; the set changes with every refresh. */
  async loaded(): Promise<ReadonlySet<InfoHash>> {
    return this.#load();
  }

  /** Takes over what the source says of an info-hash now: whether it is registered. */
  async refresh(infoHash: InfoHash): Promise<boolean> {
    const previous = this.#lastRefresh;
    const refreshed = (async () => {
      await Promise.allSettled([previous]);
      return this.#refresh(infoHash);
    })();
    this.#lastRefresh = refreshed;
    return refreshed;
  }

  async #refresh(infoHash: InfoHash): Promise<boolean> {
    const registered = await this.#load();
    const isRegistered = await this.#source.isRegistered(infoHash);
    if (isRegistered) registered.add(infoHash);
    else registered.delete(infoHash);
    return isRegistered;
  }

  async #load(): Promise<Set<InfoHash>> {
    const loading = (this.#loading ??= this.#fetch());
    try {
      return await loading;
    } catch (error) {
      if (this.#loading === loading) this.#loading = undefined;
      throw error;
    }
  }

  async #fetch(): Promise<Set<InfoHash>> {
    const bytes = await this.#source.registeredIn(this.#slice);
    const registered = new Set<InfoHash>();
    for (let offset = 0; offset < bytes.length; offset += INFO_HASH_BYTES) {
      const infoHash = infoHashFromBytes(bytes.subarray(offset, offset + INFO_HASH_BYTES));
      if (infoHash !== undefined) registered.add(infoHash);
    }
    return registered;
  }
}
