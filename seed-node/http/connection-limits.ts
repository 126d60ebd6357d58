import type { Server } from 'node:http';
import { addressSourceOf, isLoopback } from '../network-address.ts';

/** Connections to the seed box's HTTP server, all together. */
const MAX_HTTP_CONNECTIONS = 512;
/** For a request with its body: a part of an upload, of 32 MiB, over a line of half a megabit a second. */
const REQUEST_TIMEOUT_MS = 600_000;
/** Connections from one IPv4 address or IPv6 /64. Clients open a few a web seed; several people may share an address. */
export const MAX_HTTP_CONNECTIONS_PER_ADDRESS = 32;

/**
 * Counts connections by the address that they come from. This machine's own addresses are not limited: what connects
 * from there is a proxy, and stands for many.
 */
export class AddressCounts {
  readonly #counts = new Map<string, number>();

  /** Counts one more from this address, unless it has as many as it may. */
  enter(address: string): boolean {
    const source = addressSourceOf(address);
    const count = this.#counts.get(source) ?? 0;
    if (count >= MAX_HTTP_CONNECTIONS_PER_ADDRESS && !isLoopback(address)) return false;
    this.#counts.set(source, count + 1);
    return true;
  }

  leave(address: string): void {
    const source = addressSourceOf(address);
    const left = (this.#counts.get(source) ?? 0) - 1;
    if (left > 0) this.#counts.set(source, left);
    else this.#counts.delete(source);
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
