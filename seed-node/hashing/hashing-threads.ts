import { availableParallelism } from 'node:os';
import { SHA256_BYTES } from '../../shared/merkle.ts';
import { SHA1_BYTES } from '../../shared/pieces.ts';
import { UnreadableFile } from './content-reader.ts';
import { takeThread } from './hash-thread.ts';
import {
  type FileFault,
  type HashJob,
  type OnUnreadable,
  type SharedWork,
  STOP,
} from './hash-job.ts';
import { hashPieces, hashPiecesAhead, hashPiecesInTurns } from './hash-pieces.ts';

/** More threads than that are only made when asked for. */
const MAX_DEFAULT_THREADS = 8;
/** The most that may be asked for. */
export const MAX_HASH_THREADS = 64;
/** So few bytes are hashed sooner than a thread has started. */
const BYTES_WITHOUT_THREADS = 4 * 1024 * 1024;
const PROGRESS_MS = 100;

export interface HashOptions {
  /** 1 to `MAX_HASH_THREADS`; by default one a core, and at most 8. */
  readonly threads?: number | undefined;
  /** Whether this thread is one of them, which leaves little of it for anything else; no thread has to be started. */
  readonly usesThisThread?: boolean;
  readonly signal: AbortSignal;
  /** Told ten times a second, and at the end: bytes of files, without padding. */
  readonly onProgress: (hashedBytes: number) => void;
}

/** What came out, for each piece of the torrent; hashes that the format has not are undefined. */
export interface PieceHashes {
  /** SHA-1, 20 bytes a piece. */
  readonly pieceHashes: Uint8Array | undefined;
  /** Merkle roots, 32 bytes a piece. */
  readonly pieceRoots: Uint8Array | undefined;
  /** 1 for each piece of which some bytes could not be read. */
  readonly unread: Uint8Array;
}

/** Hashes each byte once, on several threads. Throws `UnreadableFile` and the signal's reason; no thread stays behind. */
export async function hashOnThreads(
  job: HashJob,
  onUnreadable: OnUnreadable,
  options: HashOptions,
): Promise<PieceHashes> {
  options.signal.throwIfAborted();
  const work = shareWork(job, onUnreadable);
  const timer = setInterval(() => options.onProgress(Number(work.progress[0])), PROGRESS_MS);
  const stop = (): void => void Atomics.store(work.control, STOP, 1);
  options.signal.addEventListener('abort', stop);
  try {
    if (job.extentBytes <= BYTES_WITHOUT_THREADS) hashPieces(work);
    else await runThreads(work, threadCount(job, options.threads), options.usesThisThread ?? false);
  } finally {
    clearInterval(timer);
    options.signal.removeEventListener('abort', stop);
  }
  options.signal.throwIfAborted();
  options.onProgress(Number(work.progress[0]));
  const { pieceHashes, pieceRoots, unread } = work;
  return {
    pieceHashes: job.format === 'v2' ? undefined : pieceHashes,
    pieceRoots: job.format === 'v1' ? undefined : pieceRoots,
    unread,
  };
}

function threadCount(job: HashJob, wanted: number | undefined): number {
  const pieceCount = Math.ceil(job.extentBytes / job.pieceLengthBytes);
  const threads = wanted ?? Math.min(availableParallelism(), MAX_DEFAULT_THREADS);
  return Math.max(1, Math.min(threads, MAX_HASH_THREADS, pieceCount));
}

function shareWork(job: HashJob, onUnreadable: OnUnreadable): SharedWork {
  const pieceCount = Math.ceil(job.extentBytes / job.pieceLengthBytes);
  return {
    job,
    onUnreadable,
    control: new Int32Array(new SharedArrayBuffer(2 * Int32Array.BYTES_PER_ELEMENT)),
    progress: new BigInt64Array(new SharedArrayBuffer(BigInt64Array.BYTES_PER_ELEMENT)),
    pieceHashes: sharedBytes(job.format === 'v2' ? 0 : pieceCount * SHA1_BYTES),
    pieceRoots: sharedBytes(job.format === 'v1' ? 0 : pieceCount * SHA256_BYTES),
    unread: sharedBytes(pieceCount),
  };
}

function sharedBytes(length: number): Uint8Array {
  return new Uint8Array(new SharedArrayBuffer(length));
}

/** The first thing that went wrong in any thread stops all of them, and is thrown when they have ended. */
async function runThreads(work: SharedWork, count: number, usesThisThread: boolean): Promise<void> {
  const faults: Error[] = [];
  const fail = (error: Error): void => {
    faults.push(error);
    Atomics.store(work.control, STOP, 1);
  };
  const run = (): Promise<void> =>
    new Promise((resolve) => {
      const worker = takeThread();
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
      worker.postMessage(work);
      worker.on('message', (fault: FileFault) => fail(new UnreadableFile(fault)));
      worker.on('error', (error) =>
        fail(error instanceof Error ? error : new Error(String(error))),
      );
      worker.on('exit', () => resolve());
    });
  const workers = Array.from({ length: usesThisThread ? count - 1 : count }, run);
  const own = usesThisThread
    ? (count === 1 ? hashPiecesAhead(work) : hashPiecesInTurns(work)).catch((error: unknown) =>
        fail(error instanceof Error ? error : new Error(String(error))),
      )
    : undefined;
  await Promise.all([...workers, own]);
  const [first] = faults;
  if (first !== undefined) throw first;
}
