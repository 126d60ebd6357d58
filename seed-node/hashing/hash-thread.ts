import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';

let spare: Worker | undefined;

/** Starts a thread for hashing that is sure to come, while this one still loads its code on another processor. */
export function startSpareThread(): void {
  if (availableParallelism() === 1) return;
  spare ??= startThread();
  // It alone keeps no program running.
  spare.unref();
}

/** The spare thread where there is one, a new one where not: it waits for its work as one message. */
export function takeThread(): Worker {
  const thread = spare ?? startThread();
  spare = undefined;
  thread.ref();
  return thread;
}

function startThread(): Worker {
  return new Worker(new URL('hash-worker.ts', import.meta.url));
}
