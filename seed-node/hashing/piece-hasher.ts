import { createHash, type Hash } from 'node:crypto';
import { SHA256_BYTES } from '../../shared/merkle.ts';
import { BLOCK_BYTES, SHA1_BYTES } from '../../shared/pieces.ts';
import { BlockHashes } from './block-hashes.ts';
import type { SharedWork } from './hash-job.ts';
import type { PieceRun } from './piece-runs.ts';
import { sha1 } from './sha1.ts';

const ZEROS = new Uint8Array(BLOCK_BYTES);

/** Turns the bytes of runs into the hashes of their pieces, one piece after another, and writes them to the shared work. */
export class PieceHasher {
  readonly #work: SharedWork;
  /** Undefined where only SHA-256 is wanted, and so is the other one where only SHA-1 is. */
  #sha1: Hash | undefined;
  readonly #blockHashes: BlockHashes | undefined;
  #fileIndex: number | undefined;

  constructor(work: SharedWork) {
    this.#work = work;
    this.#blockHashes =
      work.pieceRoots.length > 0 ? new BlockHashes(work.job.pieceLengthBytes) : undefined;
  }

  add(run: PieceRun, bytes: Uint8Array): void {
    const isWholePiece = run.isFirst && run.isLast && run.zeroBytes === 0;
    if (isWholePiece && this.#blockHashes === undefined) this.#hashAtOnce(run.pieceIndex, bytes);
    else this.#addPart(run, bytes);
    Atomics.add(this.#work.progress, 0, BigInt(bytes.length));
  }

  /** A `Hash` object for each piece costs more than the call. */
  #hashAtOnce(pieceIndex: number, bytes: Uint8Array): void {
    this.#work.pieceHashes.set(sha1(bytes), pieceIndex * SHA1_BYTES);
  }

  #addPart(run: PieceRun, bytes: Uint8Array): void {
    if (run.isFirst) this.#begin();
    this.#fileIndex ??= run.fileIndex;
    addZeros(this.#sha1, run.zeroBytes);
    this.#sha1?.update(bytes);
    this.#blockHashes?.update(bytes);
    if (run.isLast) this.#end(run.pieceIndex);
  }

  #begin(): void {
    this.#sha1 = this.#work.pieceHashes.length > 0 ? createHash('sha1') : undefined;
    this.#blockHashes?.clear();
    this.#fileIndex = undefined;
  }

  #end(pieceIndex: number): void {
    const { pieceHashes, pieceRoots, job } = this.#work;
    if (this.#sha1 !== undefined) pieceHashes.set(this.#sha1.digest(), pieceIndex * SHA1_BYTES);
    if (this.#blockHashes === undefined || this.#fileIndex === undefined) return;
    const root = this.#blockHashes.root(job.files[this.#fileIndex]?.lengthBytes ?? 0);
    pieceRoots.set(root, pieceIndex * SHA256_BYTES);
  }
}

/** Padding between files is zeros (BEP 47). */
function addZeros(hasher: Hash | undefined, count: number): void {
  if (hasher === undefined) return;
  for (let left = count; left > 0; left -= ZEROS.length) {
    hasher.update(ZEROS.subarray(0, Math.min(left, ZEROS.length)));
  }
}
