import type { InfoHash } from '../../shared/info-hash.ts';
import type { Log } from '../log.ts';

const WINDOW_MS = 600_000;
/** Lines about one tracker in ten minutes: one that fails and answers by turns does not fill the disk. */
const MAX_LINES_PER_WINDOW = 10;
const MAX_REASON_CHARACTERS = 200;

/** What the operator is told of one tracker: once a spell, not once a torrent. */
export class TrackerReports {
  /** The tracker, without what may be secret in its URL. */
  readonly name: string;
  readonly #log: Log;
  #windowAtMs = Number.NEGATIVE_INFINITY;
  #lines = 0;
  #lastReason: string | undefined;

  constructor(name: string, log: Log) {
    this.name = name;
    this.#log = log;
  }

  away(error: unknown, nowMs: number): void {
    if (!this.#mayWrite(nowMs)) return;
    this.#log.warn(`Announcing to ${this.name} failed and is tried again`, error);
  }

  back(nowMs: number): void {
    if (this.#mayWrite(nowMs)) this.#log.info(`${this.name} answers again`);
  }

  /** The same reason for the next torrent is no news. */
  refused(infoHash: InfoHash, reason: string, nowMs: number): void {
    if (reason === this.#lastReason || !this.#mayWrite(nowMs)) return;
    this.#lastReason = reason;
    const told = reason.slice(0, MAX_REASON_CHARACTERS).toWellFormed();
    this.#log.warn(`${this.name} refused the announce of ${infoHash}: ${told}`);
  }

  #mayWrite(nowMs: number): boolean {
    if (nowMs - this.#windowAtMs >= WINDOW_MS) {
      this.#windowAtMs = nowMs;
      this.#lines = 0;
    }
    this.#lines += 1;
    return this.#lines <= MAX_LINES_PER_WINDOW;
  }
}
