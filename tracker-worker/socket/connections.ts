import { type Connection, decodeConnection, encodeConnection } from './connection.ts';
import { MessageRate } from './message-rate.ts';
import { WATCHER_TAG } from './watchers.ts';

/** The source of sockets that no address is held to account for: seed boxes'. */
export const UNCOUNTED_SOURCE = '';

export interface ConnectionLimits {
  readonly maxSocketsPerAddress: number;
  readonly maxSocketsPerShard: number;
  readonly maxSocketMessagesPerSecond: number;
}

/** A connection and what is only in memory. */
export interface OpenConnection extends Connection {
  readonly rate: MessageRate;
}

/**
 * The WebSockets of peers that a shard holds. They outlive the object's memory: after a hibernation all are found again, each
 * with its number and its torrents.
 */
export class Connections {
  readonly #state: DurableObjectState;
  readonly #limits: ConnectionLimits;
  readonly #open = new Map<WebSocket, OpenConnection>();
  readonly #byId = new Map<number, WebSocket>();
  readonly #bySource = new Map<string, number>();

  constructor(state: DurableObjectState, limits: ConnectionLimits, nowMs: number) {
    this.#state = state;
    this.#limits = limits;
    const watchers = new Set(state.getWebSockets(WATCHER_TAG));
    for (const socket of state.getWebSockets()) {
      if (watchers.has(socket)) continue;
      const connection = decodeConnection(socket.deserializeAttachment());
      if (connection === undefined) socket.close(1011, 'this connection was forgotten');
      else this.#add(socket, connection, nowMs);
    }
  }

  get size(): number {
    return this.#open.size;
  }

  has(id: number): boolean {
    return this.#byId.has(id);
  }

  /** Whether a source may open one more. */
  hasRoomFor(source: string): boolean {
    const { maxSocketsPerAddress, maxSocketsPerShard } = this.#limits;
    if (this.size >= maxSocketsPerShard) return false;
    return source === UNCOUNTED_SOURCE || (this.#bySource.get(source) ?? 0) < maxSocketsPerAddress;
  }

  /** Takes a socket over from now on. */
  accept(socket: WebSocket, source: string, nowMs: number): void {
    let id = randomId();
    while (this.#byId.has(id)) id = randomId();
    const connection: Connection = { id, source, torrents: new Map() };
    this.#state.acceptWebSocket(socket);
    this.save(socket, connection);
    this.#add(socket, connection, nowMs);
  }

  of(socket: WebSocket): OpenConnection | undefined {
    return this.#open.get(socket);
  }

  /** Keeps what has changed of a connection through a hibernation. */
  save(socket: WebSocket, connection: Connection): void {
    socket.serializeAttachment(encodeConnection(connection));
  }

  /** Sends a text; whether the connection is there. */
  send(id: number, text: string): boolean {
    const socket = this.#byId.get(id);
    if (socket === undefined) return false;
    try {
      socket.send(text);
      return true;
    } catch {
      // It was closed, and its end has not been heard of yet.
      return false;
    }
  }

  /** Forgets a socket that is closed; what it was. */
  remove(socket: WebSocket): Connection | undefined {
    const connection = this.#open.get(socket);
    if (connection === undefined) return undefined;
    this.#open.delete(socket);
    this.#byId.delete(connection.id);
    const left = (this.#bySource.get(connection.source) ?? 1) - 1;
    if (left === 0) this.#bySource.delete(connection.source);
    else this.#bySource.set(connection.source, left);
    return connection;
  }

  #add(socket: WebSocket, connection: Connection, nowMs: number): void {
    const rate = new MessageRate(this.#limits.maxSocketMessagesPerSecond, nowMs);
    this.#open.set(socket, { ...connection, rate });
    this.#byId.set(connection.id, socket);
    const { source } = connection;
    this.#bySource.set(source, (this.#bySource.get(source) ?? 0) + 1);
  }
}

function randomId(): number {
  return crypto.getRandomValues(new Uint32Array(1))[0] ?? 0;
}
