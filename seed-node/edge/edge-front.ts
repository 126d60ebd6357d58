import {
  Agent,
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  request,
  type Server,
  type ServerResponse,
} from 'node:http';
import { connect, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';

/** Headers that only the network in front of a Worker, or miniflare itself, may set. */
const RESERVED_HEADER = /^(cf-|mf-|true-client-ip$)/;
/** Where miniflare keeps doors of its own. */
const RESERVED_PATH = /^\/cdn-cgi(\/|$)/;
const MAX_IDLE_SOCKETS = 64;
/** The largest request that Cloudflare takes on most plans. */
const MAX_BODY_BYTES = 100_000_000;
/** For a request with its body: a part of an upload, of 32 MiB, over a line of half a megabit a second. */
const REQUEST_TIMEOUT_MS = 600_000;

/**
 * What Cloudflare's network does in front of a deployed Worker, for the embedded one: takes connections from
 * anywhere, says truthfully, in `CF-Connecting-IP`, whose they are, and turns huge bodies away. miniflare alone believes the header that a
 * client sent, answers faults with a stack trace, and listens for its own tools on the same port.
 */
export function createEdgeFront(inner: { readonly host: string; readonly port: number }): Server {
  const agent = new Agent({ keepAlive: true, maxFreeSockets: MAX_IDLE_SOCKETS });

  const front = createServer((incoming, outgoing) => {
    if (RESERVED_PATH.test(incoming.url ?? '')) {
      outgoing.writeHead(404, { 'content-type': 'text/plain' }).end('Not found\n');
      return;
    }
    if (Number(incoming.headers['content-length'] ?? 0) > MAX_BODY_BYTES) {
      refuseBody(incoming, outgoing);
      return;
    }
    const forwarded = request({
      ...inner,
      agent,
      method: incoming.method,
      path: incoming.url,
      headers: trustedHeaders(incoming.headers, incoming.socket),
    });
    let isAnswered = false;
    forwarded.on('response', (answer) => {
      answer.on('end', () => {
        isAnswered = true;
        // What a client goes on sending after its answer is read and forgotten, so that it gets to reading that.
        incoming.unpipe(forwarded);
        incoming.resume();
      });
      outgoing.writeHead(answer.statusCode ?? 502, answer.statusMessage, answer.rawHeaders);
      answer.pipe(outgoing);
      answer.on('error', () => outgoing.destroy());
    });
    forwarded.on('error', () => {
      if (isAnswered) return;
      if (outgoing.headersSent) outgoing.destroy();
      else
        outgoing.writeHead(503, { 'content-type': 'text/plain' }).end('The edge is restarting\n');
    });
    outgoing.on('close', () => forwarded.destroy());
    let bodyBytes = 0;
    incoming.on('data', (part: Buffer) => {
      bodyBytes += part.length;
      if (bodyBytes <= MAX_BODY_BYTES || outgoing.headersSent) return;
      isAnswered = true;
      incoming.unpipe(forwarded);
      forwarded.destroy();
      refuseBody(incoming, outgoing);
    });
    // With backpressure: a body is read no faster than the Worker takes it.
    incoming.pipe(forwarded);
  });
  front.requestTimeout = REQUEST_TIMEOUT_MS;

  front.on('upgrade', (incoming, socket, head) => {
    const headers = trustedHeaders(incoming.headers, incoming.socket);
    const lines = [`${incoming.method} ${incoming.url} HTTP/1.1`];
    for (const [name, value] of Object.entries(headers)) {
      for (const one of [value].flat()) if (one !== undefined) lines.push(`${name}: ${one}`);
    }
    const innerSocket = connect(inner.port, inner.host);
    innerSocket.write(`${lines.join('\r\n')}\r\n\r\n`, 'latin1');
    innerSocket.write(head);
    join(socket, innerSocket);
  });
  return front;
}

/** Refuses a body, and reads some of it all the same: a client reads its answer when it has done with sending. */
function refuseBody(incoming: IncomingMessage, outgoing: ServerResponse): void {
  outgoing.writeHead(413, { 'content-type': 'text/plain' }).end('The request is too large\n');
  let readBytes = 0;
  incoming.on('data', (part: Buffer) => {
    readBytes += part.length;
    if (readBytes > MAX_BODY_BYTES) incoming.destroy();
  });
  incoming.resume();
}

function trustedHeaders(headers: IncomingHttpHeaders, socket: Socket): IncomingHttpHeaders {
  const kept = Object.entries(headers).filter(([name]) => !RESERVED_HEADER.test(name));
  const address = (socket.remoteAddress ?? '').replace(/^::ffff:/, '');
  return { ...Object.fromEntries(kept), 'cf-connecting-ip': address };
}

/** Carries bytes both ways until either side ends, and then ends both. */
function join(a: Duplex, b: Duplex): void {
  a.pipe(b);
  b.pipe(a);
  for (const [one, other] of [
    [a, b],
    [b, a],
  ] as const) {
    one.on('error', () => other.destroy());
    one.on('close', () => other.destroy());
  }
}
