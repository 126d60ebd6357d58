import { parseTrackerMessage, type TrackerMessage } from '../../shared/parse-tracker-message.ts';

/** Shorter than the system's own: a network that swallowed the first packets is asked again with new ones. */
const CONNECT_TIMEOUT_MS = 5_000;
/** UTF-8 bytes of an offer's session description. */
const MAX_SDP_BYTES = 16_384;
/** Bytes that wait for the network: a tracker that reads nothing is left. */
const MAX_UNSENT_BYTES = 1_000_000;

export interface TrackerSocketEvents {
  opened(): void;
  message(message: TrackerMessage): void;
  /** It could not be opened, or is closed: called once, the last. */
  closed(): void;
}

/** A WebSocket to a WebTorrent tracker. */
export class TrackerSocket {
  readonly #socket: WebSocket;
  readonly #events: TrackerSocketEvents;
  readonly #connectTimer: NodeJS.Timeout;
  #isClosed = false;

  /** `publisherToken` is for our own edge, and no other tracker. */
  constructor(url: string, publisherToken: string | undefined, events: TrackerSocketEvents) {
    this.#events = events;
    this.#socket = new WebSocket(url, {
      headers: publisherToken === undefined ? {} : { authorization: `Bearer ${publisherToken}` },
    });
    this.#connectTimer = setTimeout(() => this.close(), CONNECT_TIMEOUT_MS);
    this.#socket.addEventListener('open', () => {
      clearTimeout(this.#connectTimer);
      if (!this.#isClosed) events.opened();
    });
    this.#socket.addEventListener('message', (event) => {
      const data: unknown = event.data;
      if (this.#isClosed || typeof data !== 'string') return;
      const message = parseTrackerMessage(data, MAX_SDP_BYTES);
      if (message !== undefined) events.message(message);
    });
    // Followed by `close`, in every case.
    this.#socket.addEventListener('error', () => {});
    this.#socket.addEventListener('close', () => this.close());
  }

  get isOpen(): boolean {
    return !this.#isClosed && this.#socket.readyState === WebSocket.OPEN;
  }

  send(text: string): void {
    if (!this.isOpen) return;
    if (this.#socket.bufferedAmount > MAX_UNSENT_BYTES) this.close();
    else this.#socket.send(text);
  }

  /** What was sent before still goes out. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    clearTimeout(this.#connectTimer);
    this.#socket.close();
    this.#events.closed();
  }

  /** Resolves when the tracker has taken leave too, or the signal says that it is late. */
  async closeGently(signal: AbortSignal): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    signal.addEventListener('abort', () => resolve(), { once: true });
    this.#socket.addEventListener('close', () => resolve());
    this.close();
    if (this.#socket.readyState !== WebSocket.CLOSED && !signal.aborted) await promise;
  }
}
