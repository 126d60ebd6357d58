import { read } from 'node:fs';
import type { TorrentInfo } from '../../shared/torrent-info.ts';
import type { PieceLayers } from '../../shared/piece-layers.ts';
import { fileSpans, type PieceIndex, PieceLayout } from '../../shared/pieces.ts';
import { type FileIdentity, lookUpIdentity, readIdentity } from './file-identity.ts';
import type { FilePool } from './file-pool.ts';
import { createPieceCheck } from './piece-check.ts';
import type { RunCache, RunShelf } from './run-cache.ts';
import type { Turns } from './turns.ts';

/** Files are read that much at a time: whole blocks, and less only at the end of a piece. */
const RUN_BYTES = 1024 * 1024;
/** A piece of more runs is read again after it was verified, so that large ones are not held whole. */
const MAX_KEPT_RUNS = 4;
/** How often a run is read again because others took its memory before it was copied. */
const MAX_REREADS = 100;

export type WithholdReason = 'file-missing' | 'file-unreadable' | 'file-too-short' | 'wrong-data';

/** A piece that must not leave: what is on the disk is not what was published. */
export class PieceWithheld extends Error {
  readonly pieceIndex: PieceIndex;
  readonly reason: WithholdReason;
  readonly path: string;

  constructor(pieceIndex: PieceIndex, reason: WithholdReason, path: string, cause?: unknown) {
    super(`Piece ${pieceIndex} is withheld: ${reason} at ${path}`, { cause });
    this.pieceIndex = pieceIndex;
    this.reason = reason;
    this.path = path;
  }
}

export interface TorrentStorageInit {
  readonly info: TorrentInfo;
  /** BEP 52; undefined for a v1 torrent. */
  readonly pieceLayers: PieceLayers | undefined;
  /** Absolute, one a file in the torrent's order. */
  readonly paths: readonly string[];
  readonly files: FilePool;
  readonly cache: RunCache;
  /** So many pieces are verified at a time: each holds memory meanwhile. */
  readonly verifications: Turns;
  /** Told once each time that a piece is found bad. */
  readonly onWithheld: (withheld: PieceWithheld) => void;
}

/**
 * Reads one torrent's bytes from its files, and never gives out any that were not verified.
 *
 * Invariants: a verified piece relies on the identities held for its files, and loses its state the moment that a
 * read sees another identity; a piece is verified, withheld or neither; only bytes of a piece that was verified when
 * they were read are cached, and those stay right whatever becomes of the file.
 */
export class TorrentStorage {
  readonly layout: PieceLayout;
  readonly #init: TorrentStorageInit;
  readonly #verified = new Set<PieceIndex>();
  readonly #withheld = new Map<PieceIndex, PieceWithheld>();
  readonly #verifying = new Map<PieceIndex, Promise<void>>();
  readonly #runBytes: number;
  readonly #runsPerPiece: number;
  readonly #cached: RunShelf = new Map();
  /** Runs that are being read, so that all who want one wait for one read. */
  readonly #reading = new Map<number, Promise<void>>();
  /** By file index: what the file was when the state of its pieces was found out; undefined: it was not there. */
  readonly #identities = new Map<number, FileIdentity | undefined>();

  constructor(init: TorrentStorageInit) {
    this.#init = init;
    const { format, extentBytes, pieceLengthBytes } = init.info;
    // Without a v1 half to say where the bytes end, libtorrent 2 asks for the last piece whole, zeros and all.
    const endBytes =
      format === 'v2' ? Math.ceil(extentBytes / pieceLengthBytes) * pieceLengthBytes : extentBytes;
    this.layout = new PieceLayout(endBytes, pieceLengthBytes);
    this.#runBytes = Math.min(RUN_BYTES, pieceLengthBytes);
    this.#runsPerPiece = Math.ceil(pieceLengthBytes / this.#runBytes);
  }

  /** Whether the piece may be offered: it is not known to be bad, or its files changed since. */
  offers(index: PieceIndex): boolean {
    return !this.#withheld.has(index);
  }

  get withheldCount(): number {
    return this.#withheld.size;
  }

  /**
   * Takes note of a comparison of all files that was just made: these pieces are bad, and no others. A piece that is
   * whole again is verified once more before any of it leaves.
   */
  noteVerified(badPieces: readonly number[]): void {
    const bad = new Set(badPieces);
    for (const index of this.#withheld.keys()) {
      if (!bad.has(index)) this.#withheld.delete(index);
    }
    for (const piece of bad) {
      const index = this.layout.pieceIndex(piece);
      if (index === undefined) continue;
      // By this it is noticed when a file changes again.
      for (const { fileIndex } of this.#spansOf(index))
        this.#notice(fileIndex, this.#lookUp(fileIndex));
      if (!this.#withheld.has(index)) {
        this.#withhold(index, 'wrong-data', this.#pathOf(this.#firstFileOf(index)));
      }
    }
  }

  /** Looks whether files with withheld pieces changed, so that a restored file is offered again. */
  refreshWithheld(): void {
    const fileIndexes = new Set<number>();
    for (const index of this.#withheld.keys()) {
      for (const span of this.#spansOf(index)) fileIndexes.add(span.fileIndex);
    }
    for (const fileIndex of fileIndexes) this.#notice(fileIndex, this.#lookUp(fileIndex));
  }

  /** What `readInto` would read, where that is in memory; whoever needs it longer than this turn copies it. */
  cachedBlock(index: PieceIndex, beginBytes: number, lengthBytes: number): Uint8Array | undefined {
    const run = Math.floor(beginBytes / this.#runBytes);
    const start = beginBytes - run * this.#runBytes;
    if (start + lengthBytes > this.#runBytes) return undefined;
    return this.#readCached(index, run, start, lengthBytes);
  }

  /** Starts to bring what holds that byte into memory, because it will be asked for soon. */
  prepare(index: PieceIndex, beginBytes: number): void {
    const key = this.#keyOf(index, Math.floor(beginBytes / this.#runBytes));
    if (this.#cached.has(key) || this.#reading.has(key) || this.#verifying.has(index)) return;
    // What is wrong is said to whoever asks.
    this.load(index, beginBytes).catch(() => {});
  }

  /**
   * Brings what holds that byte into memory, where `cachedBlock` finds it until others need the memory. Throws
   * `PieceWithheld` where it is not right.
   */
  async load(index: PieceIndex, beginBytes: number): Promise<void> {
    await this.#whileVerified(index, async () => {
      const run = Math.floor(beginBytes / this.#runBytes);
      await this.#loadRun(index, run);
      return this.#cached.has(this.#keyOf(index, run)) || this.#verified.has(index);
    });
  }

  /**
   * Fills `target` from `beginBytes` of the piece on, out of a verified piece only (invariant 8). Throws `PieceWithheld`
   * where it is not right.
   */
  async readInto(target: Uint8Array, index: PieceIndex, beginBytes: number): Promise<void> {
    await this.#whileVerified(index, () => this.#readVerified(target, index, beginBytes));
  }

  /** Reads from a verified piece; `readVerified` says false where a file changed since the piece was verified. */
  async #whileVerified(index: PieceIndex, readVerified: () => Promise<boolean>): Promise<void> {
    // A file that changes between verifying and reading is verified again; one that changes all the time is bad.
    for (let attempt = 0; attempt < 2; attempt += 1) {
      await this.#verify(index);
      if (!this.#verified.has(index)) continue;
      if (await readVerified()) return;
    }
    throw this.#withhold(index, 'wrong-data', this.#pathOf(this.#firstFileOf(index)));
  }

  /** False where a file changed since the piece was verified. */
  async #readVerified(target: Uint8Array, index: PieceIndex, beginBytes: number): Promise<boolean> {
    let rereads = 0;
    for (let filled = 0; filled < target.length;) {
      const at = beginBytes + filled;
      const run = Math.floor(at / this.#runBytes);
      const start = at - run * this.#runBytes;
      const wanted = Math.min(target.length - filled, this.#runBytes - start);
      const bytes = this.#readCached(index, run, start, wanted);
      if (bytes !== undefined) {
        target.set(bytes, filled);
        filled += wanted;
        continue;
      }
      // Not there again: the piece is not verified any more, or others took the memory at once.
      await this.#loadRun(index, run);
      if (this.#cached.has(this.#keyOf(index, run))) continue;
      if (!this.#verified.has(index)) return false;
      rereads += 1;
      if (rereads > MAX_REREADS) throw new Error('There is no memory to read into');
    }
    return true;
  }

  /** By which the cache knows a run of this torrent. */
  #keyOf(index: PieceIndex, run: number): number {
    return index * this.#runsPerPiece + run;
  }

  #readCached(
    index: PieceIndex,
    run: number,
    startBytes: number,
    lengthBytes: number,
  ): Uint8Array | undefined {
    const key = this.#keyOf(index, run);
    return this.#init.cache.read(this.#cached, key, startBytes, lengthBytes);
  }

  /** Has the run read, unless it is cached. */
  async #loadRun(index: PieceIndex, run: number): Promise<void> {
    const key = this.#keyOf(index, run);
    if (this.#cached.has(key)) return;
    const reading = this.#reading.get(key) ?? this.#cacheRun(index, run);
    this.#reading.set(key, reading);
    try {
      await reading;
    } finally {
      this.#reading.delete(key);
    }
  }

  async #cacheRun(index: PieceIndex, run: number): Promise<void> {
    const { cache } = this.#init;
    const buffer = cache.borrow(this.#runBytes);
    let isGood = false;
    try {
      const bytes = await this.#fetchRun(buffer, index, run);
      isGood = this.#verified.has(index);
      if (isGood) cache.keep(this.#cached, this.#keyOf(index, run), buffer, bytes.length);
    } finally {
      if (!isGood) cache.giveBack(buffer);
    }
  }

  /** Fills as much of the buffer as the run has bytes, and returns that. */
  async #fetchRun(
    buffer: Uint8Array<ArrayBuffer>,
    index: PieceIndex,
    run: number,
  ): Promise<Uint8Array<ArrayBuffer>> {
    const beginBytes = run * this.#runBytes;
    const left = this.layout.lengthBytes(index) - beginBytes;
    const bytes = buffer.subarray(0, Math.min(this.#runBytes, left));
    await this.#readInto(bytes, index, this.layout.offsetBytes(index) + beginBytes);
    return bytes;
  }

  async #verify(index: PieceIndex): Promise<void> {
    const withheld = this.#withheld.get(index);
    if (withheld !== undefined) {
      this.refreshWithheld();
      if (this.#withheld.has(index)) throw withheld;
    }
    if (this.#verified.has(index)) return;
    const running =
      this.#verifying.get(index) ?? this.#init.verifications.take(() => this.#hashPiece(index));
    this.#verifying.set(index, running);
    try {
      await running;
    } finally {
      this.#verifying.delete(index);
    }
  }

  async #hashPiece(index: PieceIndex): Promise<void> {
    const start = this.layout.offsetBytes(index);
    const check = createPieceCheck(this.#init.info, this.#init.pieceLayers, start);
    // A read of no bytes tells which files these are, before any of their bytes count.
    for (const span of this.#spansOf(index)) {
      await this.#readFile(new Uint8Array(0), index, span.fileIndex, 0);
    }
    const before = this.#identitiesOf(index);
    const { cache } = this.#init;
    const runCount = Math.ceil(this.layout.lengthBytes(index) / this.#runBytes);
    const isKept = runCount <= MAX_KEPT_RUNS;
    const buffers: Uint8Array<ArrayBuffer>[] = [];
    try {
      for (let run = 0; run < runCount; run += 1) {
        if (isKept || buffers.length === 0) buffers.push(cache.borrow(this.#runBytes));
        const buffer = buffers.at(-1);
        if (buffer !== undefined) check.update(await this.#fetchRun(buffer, index, run));
      }
      if (!check.isRight()) {
        throw this.#withhold(index, 'wrong-data', this.#pathOf(this.#firstFileOf(index)));
      }
      // Unless a file changed while it was read: then the next reader hashes again.
      if (before !== this.#identitiesOf(index)) return;
      this.#verified.add(index);
      if (!isKept) return;
      for (const [run, buffer] of buffers.splice(0).entries()) {
        const left = this.layout.lengthBytes(index) - run * this.#runBytes;
        const key = this.#keyOf(index, run);
        cache.keep(this.#cached, key, buffer, Math.min(this.#runBytes, left));
      }
    } finally {
      for (const buffer of buffers) cache.giveBack(buffer);
    }
  }

  /** Fills `target` from the torrent's byte `offsetBytes` on, and notices files that changed. */
  async #readInto(target: Uint8Array, index: PieceIndex, offsetBytes: number): Promise<void> {
    let filledBytes = 0;
    for (const span of fileSpans(this.#init.info.files, offsetBytes, target.length)) {
      const { fileIndex, fileOffsetBytes, lengthBytes, targetOffsetBytes } = span;
      // Padding between files is zeros (BEP 47).
      target.fill(0, filledBytes, targetOffsetBytes);
      filledBytes = targetOffsetBytes + lengthBytes;
      const part = target.subarray(targetOffsetBytes, filledBytes);
      await this.#readFile(part, index, fileIndex, fileOffsetBytes);
    }
    target.fill(0, filledBytes);
  }

  async #readFile(
    target: Uint8Array,
    index: PieceIndex,
    fileIndex: number,
    fileOffsetBytes: number,
  ): Promise<void> {
    const path = this.#pathOf(fileIndex);
    let filled = 0;
    try {
      await this.#init.files.withFile(path, async (file) => {
        filled = await readFully(file.fd, target, fileOffsetBytes);
        this.#notice(fileIndex, readIdentity(file.fd));
      });
    } catch (error) {
      this.#notice(fileIndex, this.#lookUp(fileIndex));
      const isMissing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
      throw this.#withholdFile(
        index,
        fileIndex,
        isMissing ? 'file-missing' : 'file-unreadable',
        error,
      );
    }
    if (filled < target.length) throw this.#withholdFile(index, fileIndex, 'file-too-short');
  }

  /** Forgets what was found out about a file's pieces when the file is not the one that it was found out about. */
  #notice(fileIndex: number, identity: FileIdentity | undefined): void {
    const isKnown = this.#identities.has(fileIndex);
    if (isKnown && this.#identities.get(fileIndex) === identity) return;
    this.#identities.set(fileIndex, identity);
    if (!isKnown) return;
    for (const index of this.#piecesOf(fileIndex)) {
      this.#verified.delete(index);
      this.#withheld.delete(index);
    }
  }

  #withhold(
    index: PieceIndex,
    reason: WithholdReason,
    path: string,
    cause?: unknown,
  ): PieceWithheld {
    const withheld = new PieceWithheld(index, reason, path, cause);
    this.#verified.delete(index);
    this.#withheld.set(index, withheld);
    this.#init.onWithheld(withheld);
    return withheld;
  }

  /** A file that is gone takes all its pieces along, so that peers need not find them out one by one. */
  #withholdFile(
    index: PieceIndex,
    fileIndex: number,
    reason: WithholdReason,
    cause?: unknown,
  ): PieceWithheld {
    const withheld = this.#withhold(index, reason, this.#pathOf(fileIndex), cause);
    if (reason === 'file-too-short') return withheld;
    for (const other of this.#piecesOf(fileIndex)) {
      if (!this.#withheld.has(other)) this.#withheld.set(other, withheld);
    }
    return withheld;
  }

  #identitiesOf(index: PieceIndex): string {
    return this.#spansOf(index)
      .map((span) => this.#identities.get(span.fileIndex) ?? '')
      .join(' ');
  }

  #spansOf(index: PieceIndex): ReturnType<typeof fileSpans> {
    return fileSpans(
      this.#init.info.files,
      this.layout.offsetBytes(index),
      this.layout.lengthBytes(index),
    );
  }

  #firstFileOf(index: PieceIndex): number {
    return this.#spansOf(index)[0]?.fileIndex ?? 0;
  }

  *#piecesOf(fileIndex: number): Iterable<PieceIndex> {
    const file = this.#init.info.files[fileIndex];
    if (file === undefined || file.lengthBytes === 0) return;
    const last = this.layout.pieceAt(file.offsetBytes + file.lengthBytes - 1);
    for (let i: number = this.layout.pieceAt(file.offsetBytes); i <= last; i += 1) {
      const index = this.layout.pieceIndex(i);
      if (index !== undefined) yield index;
    }
  }

  #pathOf(fileIndex: number): string {
    return this.#init.paths[fileIndex] ?? '';
  }

  #lookUp(fileIndex: number): FileIdentity | undefined {
    try {
      return lookUpIdentity(this.#pathOf(fileIndex));
    } catch {
      return undefined;
    }
  }
}

/** Fills `target` from byte `offsetBytes` of the file, as far as it has bytes; resolves with their number. */
async function readFully(
  descriptor: number,
  target: Uint8Array,
  offsetBytes: number,
): Promise<number> {
  let filled = 0;
  while (filled < target.length) {
    const count = await readSome(descriptor, target.subarray(filled), offsetBytes + filled);
    if (count === 0) break;
    filled += count;
  }
  return filled;
}

/** By callback: this is the read that everything waits for, and it is quicker than that of a file handle. */
function readSome(descriptor: number, target: Uint8Array, offsetBytes: number): Promise<number> {
  return new Promise((resolve, reject) => {
    read(descriptor, target, 0, target.length, offsetBytes, (error, count) =>
      error === null ? resolve(count) : reject(error),
    );
  });
}
