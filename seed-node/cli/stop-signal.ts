const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
/** A terminal and `npm` both deliver one Ctrl+C; later than this it is a second one. */
const SAME_REQUEST_MS = 2_000;
const INTERRUPTED_EXIT_CODE = 130;

/** The wish to stop, as a signal from the terminal or the service manager. */
export interface StopSignal {
  readonly signal: AbortSignal;
  readonly requested: Promise<void>;
  /** Waits for `work`, or for the wish to stop: work that ends by it is no failure. */
  race(work: Promise<void>): Promise<void>;
}

/** Listens for SIGINT, SIGTERM and SIGHUP. A second request ends the process at once, with exit code 130. */
export function stopSignal(): StopSignal {
  const controller = new AbortController();
  const requested = new Promise<void>((resolve) => {
    let firstAtMs: number | undefined;
    for (const name of SIGNALS) {
      process.on(name, () => {
        const nowMs = Date.now();
        if (firstAtMs !== undefined && nowMs - firstAtMs > SAME_REQUEST_MS) {
          process.exit(INTERRUPTED_EXIT_CODE);
        }
        firstAtMs ??= nowMs;
        controller.abort(new Error('Asked to stop'));
        resolve();
      });
    }
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
