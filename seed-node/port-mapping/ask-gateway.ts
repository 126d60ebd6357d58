import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import {
  type Endpoint,
  formatIpAddress,
  type IpAddress,
  isIpv4,
  parseIpAddress,
} from '../../shared/endpoint.ts';
import { invariant } from '../../shared/invariant.ts';

/** A datagram may be lost: it is sent again after each of these (RFC 6886, section 3.1), then the router is mute. */
const WAITS_MS = [250, 500, 1_000, 2_000];

/**
 * Sends a datagram to the router until `parse` recognizes its answer, and returns what that is. Throws where none
 * comes. Nobody but the router is heard: the socket is connected.
 */
export async function askGateway<Answer>(
  gateway: Endpoint,
  signal: AbortSignal,
  messageFor: (ourAddress: IpAddress) => Uint8Array,
  parse: (bytes: Uint8Array) => Answer | undefined,
): Promise<Answer> {
  const socket = await connectSocket(gateway, signal);
  const done = new AbortController();
  const answer = new Promise<Answer>((resolve, reject) => {
    socket.on('message', (bytes) => {
      const parsed = parse(bytes);
      if (parsed !== undefined) resolve(parsed);
    });
    // Nobody listens there.
    socket.on('error', reject);
    signal.addEventListener('abort', () => reject(new Error('Given up')), { signal: done.signal });
  });
  try {
    const message = messageFor(addressOf(socket));
    for (const waitMs of WAITS_MS) {
      socket.send(message);
      const silence = wait(waitMs, undefined, { signal: done.signal });
      const heard = await Promise.race([answer.then((value) => ({ value })), silence]);
      if (heard !== undefined) return heard.value;
    }
    throw new Error('The router does not answer');
  } finally {
    done.abort();
    socket.close();
  }
}

/** This machine's address on the way to another one. Sends nothing. */
export async function ourAddressTowards(
  endpoint: Endpoint,
  signal: AbortSignal,
): Promise<IpAddress> {
  const socket = await connectSocket(endpoint, signal);
  try {
    return addressOf(socket);
  } finally {
    socket.close();
  }
}

async function connectSocket(endpoint: Endpoint, signal: AbortSignal): Promise<Socket> {
  const socket = createSocket(isIpv4(endpoint.address) ? 'udp4' : 'udp6');
  try {
    socket.connect(endpoint.port, formatIpAddress(endpoint.address));
    await once(socket, 'connect', { signal });
    return socket;
  } catch (error) {
    socket.close();
    throw error;
  }
}

function addressOf(socket: Socket): IpAddress {
  const address = parseIpAddress(socket.address().address);
  invariant(address !== undefined, 'a connected socket has an address');
  return address;
}
