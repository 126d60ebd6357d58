import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import type { OutgoingHttpHeaders } from 'node:http';
import { concatBytes } from '../../shared/bytes.ts';

/** Shorter than the system's own: a network that swallowed the first packets is asked again with new ones. */
const CONNECT_TIMEOUT_MS = 5_000;

export interface HttpAnswer {
  readonly status: number;
  readonly body: Uint8Array;
}

/**
 * GETs a URL as it is written, follows nothing, and unpacks nothing. Throws where nobody answers, or more than
 * `maxBytes`.
 */
export function httpGet(
  url: string,
  options: {
    readonly headers: OutgoingHttpHeaders;
    readonly maxBytes: number;
    readonly signal: AbortSignal;
  },
): Promise<HttpAnswer> {
  const { headers, maxBytes, signal } = options;
  const isEncrypted = url.startsWith('https:');
  const { promise, resolve, reject } = Promise.withResolvers<HttpAnswer>();
  const request = (isEncrypted ? requestHttps : requestHttp)(url, { headers, signal });
  const timer = setTimeout(() => {
    request.destroy(new Error(`There was no connection after ${CONNECT_TIMEOUT_MS} ms`));
  }, CONNECT_TIMEOUT_MS);
  request.once('socket', (socket) => {
    if (request.reusedSocket) clearTimeout(timer);
    else socket.once(isEncrypted ? 'secureConnect' : 'connect', () => clearTimeout(timer));
  });
  request.once('response', (response) => {
    const parts: Uint8Array[] = [];
    let length = 0;
    response.on('data', (part: Buffer) => {
      length += part.length;
      if (length <= maxBytes) parts.push(part);
      else request.destroy(new Error(`The answer is longer than ${maxBytes} bytes`));
    });
    response.once('end', () =>
      resolve({ status: response.statusCode ?? 0, body: concatBytes(parts) }),
    );
    response.once('error', reject);
  });
  request.once('error', reject);
  // Whatever ended it, after all else: what was settled before stays.
  request.once('close', () => {
    clearTimeout(timer);
    reject(new Error('The connection was closed'));
  });
  request.end();
  return promise;
}
