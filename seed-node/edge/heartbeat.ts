import { EVERSEED_REPORT_INTERVAL_SECONDS, type EverseedReport } from '../../shared/everseed.ts';
import type { Log } from '../log.ts';
import type { EdgeClient } from './edge-client.ts';

const INTERVAL_MS = EVERSEED_REPORT_INTERVAL_SECONDS * 1000;
const FIRST_RETRY_MS = 5_000;

export interface HeartbeatInit {
  readonly client: EdgeClient;
  /** The seed box's name at the edge. */
  readonly id: string;
  readonly report: () => EverseedReport;
  readonly log: Log;
}

/**
 * Tells the edge every few minutes where the seed box is and how it is doing, sooner again where that failed.
 *
 * Invariant: from the first `beat` until `stop`, one report is under way or one timer is set.
 */
export class Heartbeat {
  readonly #init: HeartbeatInit;
  readonly #stopping = new AbortController();
  #timer: NodeJS.Timeout | undefined;
  #retryMs = FIRST_RETRY_MS;

  constructor(init: HeartbeatInit) {
    this.#init = init;
  }

  /** Reports once, and from then on by itself. Never throws: what failed is logged and tried again. */
  async beat(): Promise<void> {
    const { client, id, report, log } = this.#init;
    clearTimeout(this.#timer);
    let nextMs = INTERVAL_MS;
    try {
      await client.report(id, report(), this.#stopping.signal);
      this.#retryMs = FIRST_RETRY_MS;
    } catch (error) {
      if (this.#stopping.signal.aborted) return;
      log.warn('The edge was not told where this seed box is; that is tried again', error);
      nextMs = this.#retryMs;
      this.#retryMs = Math.min(this.#retryMs * 2, INTERVAL_MS);
    }
    if (!this.#stopping.signal.aborted) this.#timer = setTimeout(() => void this.beat(), nextMs);
  }

  stop(): void {
    this.#stopping.abort(new Error('The seed box stops'));
    clearTimeout(this.#timer);
  }
}
