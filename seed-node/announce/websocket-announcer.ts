import { type InfoHash, infoHashPrefix } from '../../shared/info-hash.ts';
import { TICK_MS, WebSocketTracker, type WebSocketTrackerInit } from './websocket-tracker.ts';

/** Connections being opened at one time. */
const MAX_CONNECTING = 8;
/** How long `stop` waits for the tracker to hear all goodbyes. */
const GOODBYE_TIMEOUT_MS = 3_000;

export interface WebSocketAnnouncerInit extends Omit<WebSocketTrackerInit, 'url'> {
  /** Where the edge takes WebSockets: the prefix of an info-hash is put behind it. */
  readonly announceUrl: string;
}

/**
 * Keeps every swarm of the seed box announced to browsers, forever: one socket for all info-hashes that share their
 * first byte, since it ends in the shard that owns them, and one timer for all sockets.
 */
export class WebSocketAnnouncer {
  readonly #init: WebSocketAnnouncerInit;
  /** By prefix: 256 at most. */
  readonly #trackers = new Map<string, WebSocketTracker>();
  readonly #timer: NodeJS.Timeout;

  constructor(init: WebSocketAnnouncerInit) {
    this.#init = init;
    this.#timer = setInterval(() => this.#tick(), TICK_MS);
  }

  /** Announces the swarm from now on. */
  add(infoHash: InfoHash): void {
    const prefix = infoHashPrefix(infoHash);
    let tracker = this.#trackers.get(prefix);
    if (tracker === undefined) {
      const url = `${this.#init.announceUrl}/${prefix}`;
      tracker = new WebSocketTracker({ ...this.#init, url });
      this.#trackers.set(prefix, tracker);
    }
    tracker.add(infoHash);
  }

  /** Says goodbye for each swarm that the tracker knows, within three seconds in all. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    const trackers = [...this.#trackers.values()];
    await Promise.all(trackers.map((tracker) => tracker.stop(GOODBYE_TIMEOUT_MS)));
  }

  #tick(): void {
    const nowMs = Date.now();
    const trackers = [...this.#trackers.values()];
    let connecting = trackers.filter((tracker) => tracker.isConnecting).length;
    for (const tracker of trackers) {
      tracker.tick(nowMs, connecting < MAX_CONNECTING);
      if (tracker.isConnecting) connecting += 1;
    }
  }
}
