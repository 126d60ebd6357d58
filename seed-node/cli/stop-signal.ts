const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
/** A terminal and `npm` both deliver one Ctrl+C; later than this it is a second one. */
const SAME_REQUEST_MS = 2_000;
const INTERRUPTED_EXIT_CODE = 130;
const PARENT_POLL_MS = 250;

/** The wish to stop, as a signal from the terminal or the service manager. */
export interface StopSignal {
  readonly signal: AbortSignal;
  readonly requested: Promise<void>;
  /** Waits for `work`, or for the wish to stop: work that ends by it is no failure. */
  race(work: Promise<void>): Promise<void>;
}

/**
 * Listens for SIGINT, SIGTERM and SIGHUP, and for the end of the `npm` that started us: a killed `npm start` must
 * not leave a seed box behind that nobody sees. A second signal ends the process at once, with exit code 130.
 */
export function stopSignal(): StopSignal {
  const controller = new AbortController();
  const requested = new Promise<void>((resolve) => {
    const stop = (): void => {
      controller.abort(new Error('Asked to stop'));
      resolve();
    };
    let firstAtMs: number | undefined;
    for (const name of SIGNALS) {
      process.on(name, () => {
        const nowMs = Date.now();
        if (firstAtMs !== undefined && nowMs - firstAtMs > SAME_REQUEST_MS) {
          process.exit(INTERRUPTED_EXIT_CODE);
        }
        firstAtMs ??= nowMs;
        stop();
      });
    }
    if (process.env['npm_lifecycle_event'] !== undefined) watchParent(stop);
  });
  return {
    signal: controller.signal,
    requested,
    race: async (work) => {
      const guarded = work.catch((error: unknown) => {
        if (!controller.signal.aborted) throw error;
      });
      await Promise.race([guarded, requested]);
    },
  };
}

/** Waits for work that has no other end than its own: an interruption is exit code 130, and no word of failure. */
export async function exitWhenAborted(signal: AbortSignal, work: Promise<void>): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (!signal.aborted) throw error;
    process.exitCode = INTERRUPTED_EXIT_CODE;
  }
}

/** Tells when the process that started this one is gone: another one, init or a subreaper, takes its place. */
function watchParent(onGone: () => void): void {
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    onGone();
  }, PARENT_POLL_MS);
  timer.unref();
}
