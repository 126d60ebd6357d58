import { ProgressBar } from './progress-bar.ts';

/** Shows how far hashing is, on a terminal only. */
export interface HashingProgress {
  readonly update: (hashedBytes: number) => void;
  readonly clear: () => void;
}

export function hashingProgress(
  name: string,
  totalBytes: number,
  signal: AbortSignal,
): HashingProgress {
  if (!process.stderr.isTTY) return { update: () => {}, clear: () => {} };
  const bar = new ProgressBar(process.stderr, name, totalBytes, Date.now());
  signal.addEventListener('abort', () => bar.clear());
  return {
    update: (hashedBytes) => {
      if (signal.aborted) return;
      bar.update(hashedBytes, Date.now());
    },
    clear: () => bar.clear(),
  };
}
