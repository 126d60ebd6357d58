import { type InfoHash, infoHashFromHex } from '../../shared/info-hash.ts';
import { formatLiveCounts, LIVE_INTERVAL_MS, type LiveCounts } from '../../shared/live-counts.ts';

/** Pages that one source (an IPv4 address, an IPv6 /64) watches at one shard. */
export const MAX_WATCHERS_PER_ADDRESS = 16;
/** Pages that all sources watch at one shard: each costs a message where its swarm changes. */
export const MAX_WATCHERS_PER_SHARD = 1000;

/** Tells watchers' sockets from peers', which have no tag. */
export const WATCHER_TAG = 'watcher';

/** RFC 6455, section 7.4.1: a message of a kind that is not taken. */
const CLOSE_TALKS = 1008;

/** Survives the object's hibernation in the socket's attachment. */
interface Watcher {
  readonly infoHash: InfoHash;
  readonly source: string;
}

interface Watched {
  readonly sockets: Set<WebSocket>;
  /** What its watchers know; undefined after a hibernation. */
  sent: string | undefined;
}

/**
 * The sockets of pages that show how a swarm is doing. They are no peers, and only listen.
 *
 * - A watcher is sent the counts when it comes, and again when they have changed, at most every `LIVE_INTERVAL_MS`.
 * - While nobody watches, a change costs nothing; nothing is ever written.
 */
export class Watchers {
  readonly #state: DurableObjectState;
  readonly #countsOf: (infoHash: InfoHash) => LiveCounts;
  readonly #open = new Map<WebSocket, Watcher>();
  readonly #bySource = new Map<string, number>();
  readonly #watched = new Map<InfoHash, Watched>();
  #sentAtMs = Number.NEGATIVE_INFINITY;
  #isPlanned = false;

  constructor(state: DurableObjectState, countsOf: (infoHash: InfoHash) => LiveCounts) {
    this.#state = state;
    this.#countsOf = countsOf;
    for (const socket of state.getWebSockets(WATCHER_TAG)) {
      const watcher = parseWatcher(socket.deserializeAttachment());
      if (watcher === undefined) socket.close(1011, 'this connection was forgotten');
      else this.#add(socket, watcher);
    }
  }

  get size(): number {
    return this.#open.size;
  }

  has(socket: WebSocket): boolean {
    return this.#open.has(socket);
  }

  /** Whether a source may open one more. */
  hasRoomFor(source: string): boolean {
    return (
      this.size < MAX_WATCHERS_PER_SHARD &&
      (this.#bySource.get(source) ?? 0) < MAX_WATCHERS_PER_ADDRESS
    );
  }

  /** Takes a socket over, and sends it the counts of this moment. */
  accept(socket: WebSocket, watcher: Watcher): void {
    this.#state.acceptWebSocket(socket, [WATCHER_TAG]);
    socket.serializeAttachment(watcher);
    this.#add(socket, watcher);
    send(socket, formatLiveCounts(this.#countsOf(watcher.infoHash)));
  }

  /** Hangs up on one that talks: nothing that it could say is wanted. */
  refuseMessage(socket: WebSocket): void {
    this.remove(socket);
    socket.close(CLOSE_TALKS, 'this socket takes no messages');
  }

  /** Forgets a socket that is closed. */
  remove(socket: WebSocket): void {
    const watcher = this.#open.get(socket);
    if (watcher === undefined) return;
    const { infoHash, source } = watcher;
    this.#open.delete(socket);
    const left = (this.#bySource.get(source) ?? 1) - 1;
    if (left === 0) this.#bySource.delete(source);
    else this.#bySource.set(source, left);
    const watched = this.#watched.get(infoHash);
    watched?.sockets.delete(socket);
    if (watched?.sockets.size === 0) this.#watched.delete(infoHash);
  }

  /** After a change of any swarm: tells those who watch it, soon. */
  changed(): void {
    if (this.#isPlanned || this.size === 0) return;
    this.#isPlanned = true;
    const delayMs = Math.max(0, this.#sentAtMs + LIVE_INTERVAL_MS - Date.now());
    setTimeout(() => this.#tell(), delayMs);
  }

  #tell(): void {
    this.#isPlanned = false;
    this.#sentAtMs = Date.now();
    for (const [infoHash, watched] of this.#watched) {
      const text = formatLiveCounts(this.#countsOf(infoHash));
      if (text === watched.sent) continue;
      watched.sent = text;
      for (const socket of watched.sockets) send(socket, text);
    }
  }

  #add(socket: WebSocket, watcher: Watcher): void {
    const { infoHash, source } = watcher;
    this.#open.set(socket, watcher);
    this.#bySource.set(source, (this.#bySource.get(source) ?? 0) + 1);
    const watched = this.#watched.get(infoHash);
    if (watched === undefined) {
      this.#watched.set(infoHash, { sockets: new Set([socket]), sent: undefined });
    } else {
      watched.sockets.add(socket);
    }
  }
}

function parseWatcher(attachment: unknown): Watcher | undefined {
  if (typeof attachment !== 'object' || attachment === null) return undefined;
  const infoHash: unknown = Reflect.get(attachment, 'infoHash');
  const source: unknown = Reflect.get(attachment, 'source');
  if (typeof infoHash !== 'string' || typeof source !== 'string') return undefined;
  const parsed = infoHashFromHex(infoHash);
  return parsed === undefined ? undefined : { infoHash: parsed, source };
}

function send(socket: WebSocket, text: string): void {
  try {
    socket.send(text);
  } catch {
    // It was closed, and its end has not been heard of yet.
  }
}
