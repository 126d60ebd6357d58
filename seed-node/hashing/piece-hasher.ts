import { createHash, type Hash } from 'node:crypto';
import { SHA256_BYTES } from '../../shared/merkle.ts';
import { BLOCK_BYTES, fileSpans, SHA1_BYTES } from '../../shared/pieces.ts';
import { BlockHashes } from './block-hashes.ts';
import { ContentReader, UnreadableFile } from './content-reader.ts';
import { NEXT_PIECE, type SharedWork, STOP } from './hash-job.ts';

/** Small enough to stay in the cache between the read and the hash: larger runs were slower. */
const RUN_BYTES = 256 * 1024;
/** Pieces are taken in runs of so many bytes, so that disks are read in order and small pieces cost little. */
const TAKEN_BYTES = 1024 * 1024;
const ZEROS = new Uint8Array(BLOCK_BYTES);

/** Hashes pieces of the shared work until none is left, or all are told to stop. Throws `UnreadableFile`. */
export function hashPieces(work: SharedWork): void {
  const { extentBytes, pieceLengthBytes } = work.job;
  const pieceCount = Math.ceil(extentBytes / pieceLengthBytes);
  const piecesTaken = Math.max(1, Math.floor(TAKEN_BYTES / pieceLengthBytes));
  const hasher = new PieceHasher(work);
  try {
    for (;;) {
      const first = Atomics.add(work.control, NEXT_PIECE, piecesTaken);
      const end = Math.min(first + piecesTaken, pieceCount);
      for (let index = first; index < end; index += 1) hasher.hash(index);
      if (end >= pieceCount || Atomics.load(work.control, STOP) !== 0) break;
    }
    hasher.finish();
  } finally {
    hasher.abandon();
  }
}

class PieceHasher {
  readonly #work: SharedWork;
  readonly #reader: ContentReader;
  readonly #run = new Uint8Array(RUN_BYTES);
  /** Undefined where only SHA-1 is wanted. */
  readonly #blockHashes: BlockHashes | undefined;

  constructor(work: SharedWork) {
    this.#work = work;
    this.#reader = new ContentReader(work.job.files);
    this.#blockHashes =
      work.pieceRoots.length > 0 ? new BlockHashes(work.job.pieceLengthBytes) : undefined;
  }

  hash(index: number): void {
    const { pieceLengthBytes, extentBytes, files } = this.#work.job;
    const start = index * pieceLengthBytes;
    const length = Math.min(pieceLengthBytes, extentBytes - start);
    const spans = fileSpans(files, start, length);
    const sha1 = this.#work.pieceHashes.length > 0 ? createHash('sha1') : undefined;
    this.#blockHashes?.clear();
    let hashedBytes = 0;
    try {
      for (const span of spans) {
        addZeros(sha1, span.targetOffsetBytes - hashedBytes);
        for (let done = 0; done < span.lengthBytes; done += RUN_BYTES) {
          if (Atomics.load(this.#work.control, STOP) !== 0) return;
          const run = this.#run.subarray(0, Math.min(RUN_BYTES, span.lengthBytes - done));
          this.#reader.read(span.fileIndex, run, span.fileOffsetBytes + done);
          sha1?.update(run);
          this.#blockHashes?.update(run);
          Atomics.add(this.#work.progress, 0, BigInt(run.length));
        }
        hashedBytes = span.targetOffsetBytes + span.lengthBytes;
      }
    } catch (error) {
      if (!(error instanceof UnreadableFile) || this.#work.onUnreadable === 'fail') throw error;
      this.#work.unread[index] = 1;
      return;
    }
    addZeros(sha1, length - hashedBytes);
    if (sha1 !== undefined) this.#work.pieceHashes.set(sha1.digest(), index * SHA1_BYTES);
    const [span] = spans;
    if (this.#blockHashes === undefined || span === undefined) return;
    const root = this.#blockHashes.root(files[span.fileIndex]?.lengthBytes ?? 0);
    this.#work.pieceRoots.set(root, index * SHA256_BYTES);
  }

  /** Proves that the last file did not change either. */
  finish(): void {
    this.#reader.close();
  }

  abandon(): void {
    this.#reader.abandon();
  }
}

/** Padding between files is zeros (BEP 47). */
function addZeros(sha1: Hash | undefined, count: number): void {
  if (sha1 === undefined) return;
  for (let left = count; left > 0; left -= ZEROS.length) {
    sha1.update(ZEROS.subarray(0, Math.min(left, ZEROS.length)));
  }
}
