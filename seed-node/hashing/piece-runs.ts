import { fileSpans } from '../../shared/pieces.ts';
import { type HashJob, NEXT_PIECE, type SharedWork, STOP } from './hash-job.ts';

/** Pieces are taken so many bytes at a time, so that disks are read in order and small pieces cost little. */
const TAKEN_BYTES = 1024 * 1024;

/** One step of hashing a piece: zeros, then bytes of one file; both may be none. */
export interface PieceRun {
  readonly pieceIndex: number;
  readonly isFirst: boolean;
  readonly isLast: boolean;
  /** Padding in front of the bytes (BEP 47). */
  readonly zeroBytes: number;
  /** Undefined where only zeros are left. */
  readonly fileIndex: number | undefined;
  readonly fileOffsetBytes: number;
  readonly lengthBytes: number;
}

/** Takes pieces of the shared work, and tells what to read for them in order, until none is left or all are to stop; a run has at most `maxRunBytes`, whole blocks but at the end of a file. */
export function* pieceRuns(work: SharedWork, maxRunBytes: number): Generator<PieceRun> {
  const { extentBytes, pieceLengthBytes } = work.job;
  const pieceCount = Math.ceil(extentBytes / pieceLengthBytes);
  const piecesTaken = Math.max(1, Math.floor(TAKEN_BYTES / pieceLengthBytes));
  for (;;) {
    const first = Atomics.add(work.control, NEXT_PIECE, piecesTaken);
    const end = Math.min(first + piecesTaken, pieceCount);
    for (let index = first; index < end; index += 1) {
      for (const run of runsOfPiece(work.job, index, maxRunBytes)) {
        if (Atomics.load(work.control, STOP) !== 0) return;
        yield run;
      }
    }
    if (end >= pieceCount) return;
  }
}

function runsOfPiece(
  { files, extentBytes, pieceLengthBytes }: HashJob,
  pieceIndex: number,
  maxRunBytes: number,
): PieceRun[] {
  const start = pieceIndex * pieceLengthBytes;
  const length = Math.min(pieceLengthBytes, extentBytes - start);
  const runs: PieceRun[] = [];
  let doneBytes = 0;
  const push = (zeroBytes: number, lengthBytes: number, fileIndex?: number, offset = 0): void => {
    doneBytes += zeroBytes + lengthBytes;
    runs.push({
      pieceIndex,
      isFirst: runs.length === 0,
      isLast: doneBytes === length,
      zeroBytes,
      fileIndex,
      fileOffsetBytes: offset,
      lengthBytes,
    });
  };
  for (const { fileIndex, fileOffsetBytes, lengthBytes, targetOffsetBytes } of fileSpans(
    files,
    start,
    length,
  )) {
    for (let done = 0; done < lengthBytes; done += maxRunBytes) {
      const runBytes = Math.min(maxRunBytes, lengthBytes - done);
      push(targetOffsetBytes + done - doneBytes, runBytes, fileIndex, fileOffsetBytes + done);
    }
  }
  if (doneBytes < length) push(length - doneBytes, 0);
  return runs;
}
