import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { onTestFinished } from 'vitest';
import { type Encodable, encodeBencode } from '../../shared/bencode.ts';
import { invariant } from '../../shared/invariant.ts';

/** What one announce said. */
export interface HeardAnnounce {
  /** In hex. */
  readonly infoHash: string;
  /** `update` where there was none. */
  readonly event: string;
  readonly query: string;
  readonly authorization: string | undefined;
}

export const REPLY = { interval: 1800, 'min interval': 900 };

/** An HTTP tracker that notes what it is told; `respond` answers, with a reply of half an hour by default. */
export class CountingTracker {
  readonly heard: HeardAnnounce[] = [];
  /** The `Authorization` of each WebSocket that was asked for; none is opened. */
  readonly socketAuthorizations: (string | undefined)[] = [];
  readonly url: string;
  readonly origin: string;
  respond: (response: ServerResponse, heard: HeardAnnounce) => void = (response) =>
    answer(response, REPLY);

  private constructor(port: number) {
    this.origin = `http://127.0.0.1:${port}`;
    this.url = `${this.origin}/announce`;
  }

  static async start(port = 0): Promise<CountingTracker> {
    const server = createServer((request, response) => tracker.#receive(request, response));
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    invariant(typeof address === 'object' && address !== null, 'the server listens');
    const tracker = new CountingTracker(address.port);
    onTestFinished(() => {
      server.close();
      server.closeAllConnections();
    });
    return tracker;
  }

  events(): string[] {
    return this.heard.map(({ event }) => event);
  }

  #receive(request: IncomingMessage, response: ServerResponse): void {
    const [path, query = ''] = (request.url ?? '').split('?');
    const isForSocket = request.headers.upgrade !== undefined;
    if (isForSocket) this.socketAuthorizations.push(request.headers.authorization);
    if (path !== '/announce' || isForSocket) {
      response.writeHead(404).end();
      return;
    }
    const infoHash = /(?:^|&)info_hash=([^&]*)/.exec(query)?.[1] ?? '';
    const heard = {
      infoHash: infoHash.replaceAll('%', ''),
      event: /(?:^|&)event=([^&]*)/.exec(query)?.[1] ?? 'update',
      query,
      authorization: request.headers.authorization,
    };
    this.heard.push(heard);
    this.respond(response, heard);
  }
}

export function answer(response: ServerResponse, reply: Encodable, status = 200): void {
  response.writeHead(status).end(encodeBencode(reply));
}
