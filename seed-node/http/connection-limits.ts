import type { Server } from 'node:http';
import { isLoopback } from '../network-address.ts';

/** Connections to the seed box's HTTP server, all together. */
const MAX_HTTP_CONNECTIONS = 512;
/** For a request with its body: a part of an upload, of 32 MiB, over a line of half a megabit a second. */
const REQUEST_TIMEOUT_MS = 600_000;
/** Connections from one address. Clients open a few a web seed; several people may share an address. */
export const MAX_HTTP_CONNECTIONS_PER_ADDRESS = 32;

/**
 * Counts connections by the address that they come from. This machine's own addresses are not limited: what connects
 * from there is a proxy, and stands for many.
 */
export class AddressCounts {
  readonly #counts = new Map<string, number>();

  /** Counts one more from this address, unless it has as many as it may. */
  enter(address: string): boolean {
    const count = this.#counts.get(address) ?? 0;
    if (count >= MAX_HTTP_CONNECTIONS_PER_ADDRESS && !isLoopback(address)) return false;
    this.#counts.set(address, count + 1);
    return true;
  }

  leave(address: string): void {
    const left = (this.#counts.get(address) ?? 0) - 1;
    if (left > 0) this.#counts.set(address, left);
    else this.#counts.delete(address);
  }
}

/** Holds a server to the limits of connections and of time: every connection has a deadline in every state. */
export function limitConnections(server: Server): void {
  server.maxConnections = MAX_HTTP_CONNECTIONS;
  server.headersTimeout = 10_000;
  server.requestTimeout = REQUEST_TIMEOUT_MS;
  server.keepAliveTimeout = 30_000;
  // Of silence: a client that takes nothing for so long is gone.
  server.setTimeout(60_000);
  const counts = new AddressCounts();
  server.on('connection', (socket) => {
    const address = (socket.remoteAddress ?? '').replace(/^::ffff:/, '');
    if (counts.enter(address)) socket.once('close', () => counts.leave(address));
    else socket.destroy();
  });
}
