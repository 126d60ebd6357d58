// A thread that hashes: it shares its work with the others, and tells only what went wrong.
import { parentPort } from 'node:worker_threads';
import { UnreadableFile } from './content-reader.ts';
import type { SharedWork } from './hash-job.ts';
import { hashPieces } from './hash-pieces.ts';

parentPort?.once('message', (work: SharedWork) => {
  try {
    hashPieces(work);
  } catch (error) {
    if (!(error instanceof UnreadableFile)) throw error;
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread's port has no origin
    parentPort?.postMessage(error.fault);
  }
});
