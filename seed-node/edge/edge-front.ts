import { Agent, createServer, type IncomingHttpHeaders, request, type Server } from 'node:http';
import { connect, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { StaticAssets } from './static-assets.ts';

/** Headers that only the network in front of a Worker, or miniflare itself, may set. */
const RESERVED_HEADER = /^(cf-|mf-|true-client-ip$)/;
/** Where miniflare keeps doors of its own. */
const RESERVED_PATH = /^\/cdn-cgi(\/|$)/;
const MAX_IDLE_SOCKETS = 64;

/**
 * What Cloudflare's network does in front of a deployed Worker, for the embedded one: serves its static assets, takes
 * connections from anywhere and says truthfully, in `CF-Connecting-IP`, whose they are. miniflare alone believes the header that a
 * client sent, answers faults with a stack trace, and listens for its own tools on the same port.
 */
export function createEdgeFront(
  inner: { readonly host: string; readonly port: number },
  assets?: StaticAssets,
): Server {
  const agent = new Agent({ keepAlive: true, maxFreeSockets: MAX_IDLE_SOCKETS });

  const front = createServer((incoming, outgoing) => {
    if (RESERVED_PATH.test(incoming.url ?? '')) {
      outgoing.writeHead(404, { 'content-type': 'text/plain' }).end('Not found\n');
      return;
    }
    if (assets?.answer(incoming, outgoing) === true) return;
    const forwarded = request({
      ...inner,
      agent,
      method: incoming.method,
      path: incoming.url,
      headers: trustedHeaders(incoming.headers, incoming.socket),
    });
    forwarded.on('response', (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.statusMessage, answer.rawHeaders);
      answer.pipe(outgoing);
      answer.on('error', () => outgoing.destroy());
    });
    forwarded.on('error', () => {
      if (outgoing.headersSent) outgoing.destroy();
      else
        outgoing.writeHead(503, { 'content-type': 'text/plain' }).end('The edge is restarting\n');
    });
    outgoing.on('close', () => forwarded.destroy());
    incoming.pipe(forwarded);
  });

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
