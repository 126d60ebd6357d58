import { ContentReader, UnreadableFile } from './content-reader.ts';
import type { SharedWork } from './hash-job.ts';
import { PieceHasher } from './piece-hasher.ts';
import { type PieceRun, pieceRuns } from './piece-runs.ts';

/** Small enough to stay in the cache between the read and the hash: larger runs were slower. */
const RUN_BYTES = 256 * 1024;
/** Each read ahead costs a turn of the event loop: few large ones took the least. */
const READ_AHEAD_BYTES = 8 * 1024 * 1024;
const TURN_MS = 10;

/** Hashes pieces of the shared work until none is left, or all are told to stop. Throws `UnreadableFile`. */
export function hashPieces(work: SharedWork): void {
  const steps = hashInSteps(work);
  while (steps.next().done !== true);
}

/** The same for a thread with an event loop to attend to: other events have their turn every few milliseconds. */
export async function hashPiecesInTurns(work: SharedWork): Promise<void> {
  let turnEndMs = performance.now() + TURN_MS;
  const steps = hashInSteps(work);
  while (steps.next().done !== true) {
    if (performance.now() < turnEndMs) continue;
    await new Promise((resolve) => setImmediate(resolve));
    turnEndMs = performance.now() + TURN_MS;
  }
}

/** Stops after each run. */
function* hashInSteps(work: SharedWork): Generator<void> {
  const reader = new ContentReader(work.job.files);
  const hasher = new PieceHasher(work);
  const buffer = new Uint8Array(RUN_BYTES);
  try {
    for (const run of pieceRuns(work, buffer.length)) {
      hashRun(work, reader, hasher, run, buffer);
      yield;
    }
    // Proves that the last file did not change either.
    reader.close();
  } finally {
    reader.abandon();
  }
}

/**
 * The same for a thread with an event loop and a processor to spare: it has the next runs read while it hashes some,
 * and other events have their turn in between.
 */
export async function hashPiecesAhead(work: SharedWork): Promise<void> {
  const reader = new ContentReader(work.job.files);
  const hasher = new PieceHasher(work);
  const batches = batchRuns(pieceRuns(work, READ_AHEAD_BYTES));
  let [reading, hashing] = [new Uint8Array(READ_AHEAD_BYTES), new Uint8Array(READ_AHEAD_BYTES)];
  try {
    let next = readNext(batches, reader, reading);
    while (next !== undefined) {
      const { runs, isRead } = await next;
      [reading, hashing] = [hashing, reading];
      // Which of them it is shows one by one, and before the reader turns to the next ones.
      if (!isRead) for (const run of runs) hashRun(work, reader, hasher, run, hashing);
      next = readNext(batches, reader, reading);
      let offset = 0;
      for (const run of isRead ? runs : []) {
        const bytes = hashing.subarray(offset, offset + run.lengthBytes);
        if (!isUnread(work, run)) hasher.add(run, bytes);
        offset += run.lengthBytes;
      }
    }
    reader.close();
  } finally {
    reader.abandon();
  }
}

interface ReadBatch {
  readonly runs: readonly PieceRun[];
  readonly isRead: boolean;
}

/** Starts to read the next batch, if there is one. Rejects only where a bug does. */
function readNext(
  batches: Iterator<readonly PieceRun[]>,
  reader: ContentReader,
  target: Uint8Array,
): Promise<ReadBatch> | undefined {
  const step = batches.next();
  if (step.done === true) return undefined;
  const runs = step.value;
  const [first] = runs;
  if (first?.fileIndex === undefined) return Promise.resolve({ runs, isRead: true });
  const lengthBytes = runs.reduce((sum, run) => sum + run.lengthBytes, 0);
  return reader
    .readAhead(first.fileIndex, target.subarray(0, lengthBytes), first.fileOffsetBytes)
    .then(
      () => ({ runs, isRead: true }),
      () => ({ runs, isRead: false }),
    );
}

/** Puts runs together that are neighbours in one file: one read takes them in. */
function* batchRuns(runs: Iterable<PieceRun>): Generator<readonly PieceRun[]> {
  let batch: PieceRun[] = [];
  let batchBytes = 0;
  for (const run of runs) {
    const last = batch.at(-1);
    const isNeighbour =
      run.fileIndex !== undefined &&
      run.fileIndex === last?.fileIndex &&
      run.fileOffsetBytes === last.fileOffsetBytes + last.lengthBytes;
    if (last !== undefined && !(isNeighbour && batchBytes + run.lengthBytes <= READ_AHEAD_BYTES)) {
      yield batch;
      batch = [];
      batchBytes = 0;
    }
    batch.push(run);
    batchBytes += run.lengthBytes;
  }
  if (batch.length > 0) yield batch;
}

/** Reads and hashes one run; a piece that is known not to be readable is not read any further. Throws `UnreadableFile`. */
function hashRun(
  work: SharedWork,
  reader: ContentReader,
  hasher: PieceHasher,
  run: PieceRun,
  buffer: Uint8Array,
): void {
  if (isUnread(work, run)) return;
  const bytes = buffer.subarray(0, run.lengthBytes);
  try {
    if (run.fileIndex !== undefined) reader.read(run.fileIndex, bytes, run.fileOffsetBytes);
  } catch (error) {
    if (!(error instanceof UnreadableFile) || work.onUnreadable === 'fail') throw error;
    work.unread[run.pieceIndex] = 1;
    return;
  }
  hasher.add(run, bytes);
}

function isUnread(work: SharedWork, run: PieceRun): boolean {
  return work.unread[run.pieceIndex] === 1;
}
