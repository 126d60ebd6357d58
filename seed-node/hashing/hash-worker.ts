// A thread that hashes: it shares its work with the others, and tells only what went wrong.
import { parentPort, workerData } from 'node:worker_threads';
import { UnreadableFile } from './content-reader.ts';
import type { SharedWork } from './hash-job.ts';
import { hashPieces } from './hash-pieces.ts';

// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- made by `hashing-threads.ts`, and by nobody else
const work = workerData as SharedWork;
try {
  hashPieces(work);
} catch (error) {
  if (!(error instanceof UnreadableFile)) throw error;
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread's port has no origin
  parentPort?.postMessage(error.fault);
}
