import type { TorrentInfo } from '../../shared/torrent-info.ts';
import type { PieceLayers } from '../../shared/piece-layers.ts';
import { fileSpans, type PieceIndex, PieceLayout } from '../../shared/pieces.ts';
import { type FileIdentity, lookUpIdentity, readIdentity } from './file-identity.ts';
import type { FilePool } from './file-pool.ts';
import { createPieceCheck } from './piece-check.ts';

const HASH_CHUNK_BYTES = 1024 * 1024;

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
  /** Told once each time that a piece is found bad. */
  readonly onWithheld: (withheld: PieceWithheld) => void;
}

/**
 * Reads one torrent's bytes from its files, and never gives out any that were not verified.
 *
 * Invariants: a verified piece relies on the identities held for its files, and loses its state the moment that a
 * read sees another identity; a piece is verified, withheld or neither.
 */
export class TorrentStorage {
  readonly layout: PieceLayout;
  readonly #init: TorrentStorageInit;
  readonly #verified = new Set<PieceIndex>();
  readonly #withheld = new Map<PieceIndex, PieceWithheld>();
  readonly #verifying = new Map<PieceIndex, Promise<void>>();
  /** By file index: what the file was when the state of its pieces was found out; undefined: it was not there. */
  readonly #identities = new Map<number, FileIdentity | undefined>();

  constructor(init: TorrentStorageInit) {
    this.#init = init;
    const { format, extentBytes, pieceLengthBytes } = init.info;
    // Without a v1 half to say where the bytes end, libtorrent 2 asks for the last piece whole, zeros and all.
    const endBytes =
      format === 'v2' ? Math.ceil(extentBytes / pieceLengthBytes) * pieceLengthBytes : extentBytes;
    this.layout = new PieceLayout(endBytes, pieceLengthBytes);
  }

  /** Whether the piece may be offered: it is not known to be bad, or its files changed since. */
  offers(index: PieceIndex): boolean {
    return !this.#withheld.has(index);
  }

  /** Looks whether files with withheld pieces changed, so that a restored file is offered again. */
  refreshWithheld(): void {
    const fileIndexes = new Set<number>();
    for (const index of this.#withheld.keys()) {
      for (const span of this.#spansOf(index)) fileIndexes.add(span.fileIndex);
    }
    for (const fileIndex of fileIndexes) this.#notice(fileIndex, this.#lookUp(fileIndex));
  }

  /**
   * The `lengthBytes` bytes at `beginBytes` of the piece, out of a verified piece only (invariant 8).
   * Throws `PieceWithheld` where there is none.
   */
  async readBlock(index: PieceIndex, beginBytes: number, lengthBytes: number): Promise<Uint8Array> {
    // A file that changes between verifying and reading is verified again; one that changes all the time is bad.
    for (let attempt = 0; attempt < 2; attempt += 1) {
      await this.#verify(index);
      if (!this.#verified.has(index)) continue;
      const block = new Uint8Array(lengthBytes);
      await this.#readInto(block, index, this.layout.offsetBytes(index) + beginBytes);
      if (this.#verified.has(index)) return block;
    }
    throw this.#withhold(index, 'wrong-data', this.#pathOf(this.#firstFileOf(index)));
  }

  async #verify(index: PieceIndex): Promise<void> {
    const withheld = this.#withheld.get(index);
    if (withheld !== undefined) {
      this.refreshWithheld();
      if (this.#withheld.has(index)) throw withheld;
    }
    if (this.#verified.has(index)) return;
    const running = this.#verifying.get(index) ?? this.#hashPiece(index);
    this.#verifying.set(index, running);
    try {
      await running;
    } finally {
      this.#verifying.delete(index);
    }
  }

  async #hashPiece(index: PieceIndex): Promise<void> {
    const start = this.layout.offsetBytes(index);
    const end = start + this.layout.lengthBytes(index);
    const check = createPieceCheck(this.#init.info, this.#init.pieceLayers, start);
    const chunk = new Uint8Array(Math.min(HASH_CHUNK_BYTES, end - start));
    // A read of no bytes tells which files these are, before any of their bytes count.
    for (const span of this.#spansOf(index)) {
      await this.#readFile(chunk.subarray(0, 0), index, span.fileIndex, 0);
    }
    const before = this.#identitiesOf(index);
    for (let offset = start; offset < end; offset += chunk.length) {
      const part = chunk.subarray(0, Math.min(chunk.length, end - offset));
      await this.#readInto(part, index, offset);
      check.update(part);
    }
    if (!check.isRight()) {
      throw this.#withhold(index, 'wrong-data', this.#pathOf(this.#firstFileOf(index)));
    }
    // Unless a file changed while it was read: then the next reader hashes again.
    if (before === this.#identitiesOf(index)) this.#verified.add(index);
  }

  /** Fills `target` from the torrent's byte `offsetBytes` on, and notices files that changed. */
  async #readInto(target: Uint8Array, index: PieceIndex, offsetBytes: number): Promise<void> {
    // Padding between files is zeros (BEP 47).
    target.fill(0);
    for (const span of fileSpans(this.#init.info.files, offsetBytes, target.length)) {
      const { fileIndex, fileOffsetBytes, lengthBytes, targetOffsetBytes } = span;
      const part = target.subarray(targetOffsetBytes, targetOffsetBytes + lengthBytes);
      await this.#readFile(part, index, fileIndex, fileOffsetBytes);
    }
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
        while (filled < target.length) {
          const { bytesRead } = await file.read(
            target,
            filled,
            target.length - filled,
            fileOffsetBytes + filled,
          );
          if (bytesRead === 0) break;
          filled += bytesRead;
        }
        this.#notice(fileIndex, await readIdentity(file));
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
