import type { Totals } from './shard-stats.ts';

/** A row as it is kept: pieces of the log, and the totals at the time that it was written. */
export interface JournalRow {
  readonly parts: readonly Uint8Array[];
  readonly totals: Totals;
}

/** The part of a Durable Object's storage that a journal needs. */
export interface JournalStorage {
  readonly kv: { list<T>(options: { prefix: string }): Iterable<[string, T]> };
  put(key: string, value: JournalRow, options: { allowUnconfirmed: boolean }): Promise<void>;
  delete(keys: string[]): Promise<unknown>;
}

/** What a journal tells: rows that it is about to write or delete, and writes that failed. */
export interface JournalEvents {
  readonly onRows: (rows: number) => void;
  readonly onFault: (error: unknown) => void;
}

const PREFIX = 'log/';
/** Keys are read in the order of their text. */
const KEY_DIGITS = 15;
/** The last row grows up to this, so that a quiet shard writes a row an announce and yet keeps few of them. */
const TAIL_BYTES = 8000;
/** The least that is written before a checkpoint: it writes everything again. */
const MIN_CHECKPOINT_BYTES = 1_000_000;
/** Keys that one call may delete. */
const MAX_KEYS_PER_CALL = 128;

interface Tail {
  readonly key: string;
  readonly parts: Uint8Array[];
  bytes: number;
}

/**
 * A log in rows: those of the last checkpoint, then the changes since.
 *
 * - Read in the order of the keys, they are the whole truth; a checkpoint and the end of what it replaces are one
 *   commit.
 * - Changes hold no reply: they are written unconfirmed, unless one of them must not be lost.
 */
export class SwarmJournal {
  readonly #storage: JournalStorage;
  readonly #events: JournalEvents;
  #keys: string[] = [];
  #next = 0;
  #tail: Tail | undefined;
  #checkpointBytes = 0;
  #bytesSince = 0;

  constructor(storage: JournalStorage, events: JournalEvents) {
    this.#storage = storage;
    this.#events = events;
  }

  /** So much was written since the last checkpoint that the next one is due. */
  get isCheckpointDue(): boolean {
    return this.#bytesSince > Math.max(MIN_CHECKPOINT_BYTES, this.#checkpointBytes);
  }

  /** All that was written, in order; to be called once, before anything is. */
  *load(): Iterable<JournalRow> {
    for (const [key, row] of this.#storage.kv.list<JournalRow>({ prefix: PREFIX })) {
      this.#keys.push(key);
      this.#next = Number(key.slice(PREFIX.length)) + 1;
      for (const part of row.parts) this.#bytesSince += part.length;
      yield row;
    }
  }

  /** Adds changes, of at most about 1 MB; `isPrecious` ones hold the replies until they are on disk. */
  append(changes: Uint8Array, totals: Totals, isPrecious: boolean): void {
    if (this.#tail === undefined || this.#tail.bytes + changes.length > TAIL_BYTES) {
      this.#tail = { key: this.#takeKey(), parts: [], bytes: 0 };
    }
    this.#tail.parts.push(changes);
    this.#tail.bytes += changes.length;
    this.#bytesSince += changes.length;
    this.#put(this.#tail.key, { parts: this.#tail.parts, totals }, isPrecious);
  }

  /** Puts rows that say everything in the place of all others. */
  checkpoint(rows: Iterable<Uint8Array>, totals: Totals): void {
    const old = this.#keys;
    this.#keys = [];
    this.#tail = undefined;
    this.#bytesSince = 0;
    this.#checkpointBytes = 0;
    for (const row of rows) {
      this.#checkpointBytes += row.length;
      this.#put(this.#takeKey(), { parts: [row], totals }, false);
    }
    for (let i = 0; i < old.length; i += MAX_KEYS_PER_CALL) {
      const keys = old.slice(i, i + MAX_KEYS_PER_CALL);
      this.#events.onRows(keys.length);
      this.#storage.delete(keys).catch(this.#events.onFault);
    }
  }

  #takeKey(): string {
    const key = PREFIX + String(this.#next).padStart(KEY_DIGITS, '0');
    this.#next += 1;
    this.#keys.push(key);
    return key;
  }

  #put(key: string, row: JournalRow, isPrecious: boolean): void {
    this.#events.onRows(1);
    this.#storage.put(key, row, { allowUnconfirmed: !isPrecious }).catch(this.#events.onFault);
  }
}
