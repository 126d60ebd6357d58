import { logFault } from '../log.ts';
import type { Everseed } from '../webseed/everseed.ts';
import type { Identity } from './authorize.ts';

/** From the end of the request on: a seed box looks through a long list, or ends a job's work first. */
const ANSWER_TIMEOUT_MS = 60_000;
/** While a body is passed on: a part of an upload over a slow line. */
const BODY_TIMEOUT_MS = 600_000;

/** What the seed box is told of the request. Who asks is said by the edge alone. */
const PASSED_ON = [
  'accept',
  'content-type',
  'tus-resumable',
  'upload-length',
  'upload-metadata',
  'upload-offset',
];
/** What the caller is told of the answer. */
const PASSED_BACK = [
  'cache-control',
  'content-type',
  'location',
  'retry-after',
  'tus-extension',
  'tus-max-size',
  'tus-resumable',
  'tus-version',
  'upload-expires',
  'upload-length',
  'upload-metadata',
  'upload-offset',
];

export interface Question {
  readonly method: string;
  /** Path and query. */
  readonly target: string;
  readonly headers: Headers;
  readonly body: ReadableStream<Uint8Array> | null;
}

/** Asks a seed box on behalf of someone; undefined where it is not reached, and that is logged. */
export async function askEverseed(
  everseed: Everseed,
  identity: Identity,
  { method, target, headers, body }: Question,
): Promise<Response | undefined> {
  const asked = new Headers({
    'accept-encoding': 'identity',
    authorization: `Bearer ${everseed.accessKey ?? ''}`,
    'x-evertorrent-account': identity.id,
    'x-evertorrent-account-name': encodeURIComponent(identity.name),
  });
  if (identity.scopes.includes('admin')) asked.set('x-evertorrent-admin', '1');
  for (const name of PASSED_ON) {
    const value = headers.get(name);
    if (value !== null) asked.set(name, value);
  }
  const timeout = new AbortController();
  const timeoutMs = body === null ? ANSWER_TIMEOUT_MS : BODY_TIMEOUT_MS;
  const timer = setTimeout(() => timeout.abort(), timeoutMs);
  try {
    return await fetch(everseed.url + target, {
      method,
      headers: asked,
      body,
      redirect: 'manual',
      cache: 'no-store',
      signal: timeout.signal,
    });
  } catch (error) {
    logFault('asking a seed box for a publisher', error);
    return undefined;
  } finally {
    clearTimeout(timer);
  }
}

/** The answer for the caller: only what it should know. */
export function passBack(answer: Response): Response {
  const headers = new Headers({ 'cache-control': 'no-store' });
  for (const name of PASSED_BACK) {
    const value = answer.headers.get(name);
    if (value !== null) headers.set(name, value);
  }
  return new Response(answer.body, { status: answer.status, headers });
}
