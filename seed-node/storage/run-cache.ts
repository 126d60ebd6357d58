/** Bytes kept in memory, of all torrents together: two runs for each peer that is served. */
const MAX_CACHED_BYTES = 128 * 1024 * 1024;

interface CachedRun {
  readonly shelf: RunShelf;
  readonly index: number;
  readonly buffer: Uint8Array<ArrayBuffer>;
  /** As much of the buffer as the run fills. */
  readonly bytes: Uint8Array;
}

/** One torrent's runs in the cache, by an index of its own choice. */
export type RunShelf = Map<number, CachedRun>;

/**
 * Keeps verified bytes that were read lately, so that peers who want the same are served out of one read, and lends
 * the memory to read them into: new memory for every read would keep the garbage collector busier than the network.
 *
 * Invariant: what is kept and lent together stays within `maxBytes`, or is only lent; what was used least lately goes
 * first.
 */
export class RunCache {
  readonly #maxBytes: number;
  /** Least recently used first. */
  readonly #runs = new Set<CachedRun>();
  #latest: CachedRun | undefined;
  #heldBytes = 0;

  constructor(maxBytes: number = MAX_CACHED_BYTES) {
    this.#maxBytes = maxBytes;
  }

  /** Bytes kept and lent. */
  get heldBytes(): number {
    return this.#heldBytes;
  }

  /** The run's bytes: they are its own until the next `borrow`, so that who needs them longer copies them. */
  find(shelf: RunShelf, index: number): Uint8Array | undefined {
    const run = shelf.get(index);
    if (run !== undefined && run !== this.#latest) {
      this.#latest = run;
      this.#runs.delete(run);
      this.#runs.add(run);
    }
    return run?.bytes;
  }

  /** Memory of that length, of any content: it is to be kept or given back. */
  borrow(lengthBytes: number): Uint8Array<ArrayBuffer> {
    for (const oldest of this.#runs) {
      if (this.#heldBytes + lengthBytes <= this.#maxBytes) break;
      this.#runs.delete(oldest);
      oldest.shelf.delete(oldest.index);
      if (oldest.buffer.length === lengthBytes) return oldest.buffer;
      this.#heldBytes -= oldest.buffer.length;
    }
    this.#heldBytes += lengthBytes;
    return new Uint8Array(lengthBytes);
  }

  /** Keeps the first `lengthBytes` of what was borrowed, unless that run is kept already. */
  keep(shelf: RunShelf, index: number, buffer: Uint8Array<ArrayBuffer>, lengthBytes: number): void {
    if (shelf.has(index)) {
      this.giveBack(buffer);
      return;
    }
    const run = { shelf, index, buffer, bytes: buffer.subarray(0, lengthBytes) };
    shelf.set(index, run);
    this.#runs.add(run);
  }

  giveBack(buffer: Uint8Array<ArrayBuffer>): void {
    this.#heldBytes -= buffer.length;
  }
}
