/** Bytes kept in memory, of all torrents together: two runs for each peer that is served. */
const MAX_CACHED_BYTES = 128 * 1024 * 1024;
/** Of so many runs that were read once, one stays, so that what many ask for comes to be kept. */
const SPENT_PER_KEPT = 32;

interface CachedRun {
  readonly shelf: RunShelf;
  readonly index: number;
  readonly buffer: Uint8Array<ArrayBuffer>;
  /** As much of the buffer as the run fills. */
  readonly bytes: Uint8Array;
  /** Of them, those that are still to be read, if each is read once. */
  unreadBytes: number;
}

/** One torrent's runs in the cache, by an index of its own choice. */
export type RunShelf = Map<number, CachedRun>;

/**
 * Keeps verified bytes that were read lately, so that peers who want the same are served out of one read, and lends
 * the memory to read them into: new memory for every read would keep the garbage collector busier than the network.
 *
 * A run that was read once as a whole is spent: its memory is the next to be lent, while the processor still has it at
 * hand, unless somebody reads the run again. Memory that went round would be read and written at half the speed.
 *
 * Invariant: what is kept and lent together stays within `maxBytes`, or is only lent; what was spent last goes first,
 * then what was used least lately.
 */
export class RunCache {
  readonly #maxBytes: number;
  /** Least recently used first. */
  readonly #runs = new Set<CachedRun>();
  /** Those of them that are spent, the latest last. */
  readonly #spent: CachedRun[] = [];
  #spentCount = 0;
  #latest: CachedRun | undefined;
  #heldBytes = 0;

  constructor(maxBytes: number = MAX_CACHED_BYTES) {
    this.#maxBytes = maxBytes;
  }

  /** Bytes kept and lent. */
  get heldBytes(): number {
    return this.#heldBytes;
  }

  /**
   * That part of the run, where the run is kept: the bytes are its own until the next `borrow`, so that who needs them
   * longer copies them.
   */
  read(
    shelf: RunShelf,
    index: number,
    startBytes: number,
    lengthBytes: number,
  ): Uint8Array | undefined {
    const run = shelf.get(index);
    if (run === undefined) return undefined;
    if (run !== this.#latest) this.#use(run);
    const wasUnread = run.unreadBytes > 0;
    run.unreadBytes -= lengthBytes;
    if (wasUnread && run.unreadBytes <= 0) this.#spend(run);
    return run.bytes.subarray(startBytes, startBytes + lengthBytes);
  }

  /** Memory of that length, of any content: it is to be kept or given back. */
  borrow(lengthBytes: number): Uint8Array<ArrayBuffer> {
    while (this.#heldBytes + lengthBytes > this.#maxBytes) {
      const run = this.#forgetOne();
      if (run === undefined) break;
      if (run.buffer.length === lengthBytes) return run.buffer;
      this.#heldBytes -= run.buffer.length;
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
    const bytes = buffer.subarray(0, lengthBytes);
    const run = { shelf, index, buffer, bytes, unreadBytes: lengthBytes };
    shelf.set(index, run);
    this.#runs.add(run);
  }

  giveBack(buffer: Uint8Array<ArrayBuffer>): void {
    this.#heldBytes -= buffer.length;
  }

  #use(run: CachedRun): void {
    this.#latest = run;
    this.#runs.delete(run);
    this.#runs.add(run);
    const place = run.unreadBytes > 0 ? -1 : this.#spent.lastIndexOf(run);
    if (place >= 0) this.#spent.splice(place, 1);
  }

  #spend(run: CachedRun): void {
    this.#spentCount += 1;
    if (this.#spentCount % SPENT_PER_KEPT === 0) return;
    this.#latest = undefined;
    this.#spent.push(run);
  }

  #forgetOne(): CachedRun | undefined {
    const run = this.#spent.pop() ?? this.#runs.values().next().value;
    if (run === undefined) return undefined;
    this.#runs.delete(run);
    run.shelf.delete(run.index);
    return run;
  }
}
