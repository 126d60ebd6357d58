import { logFault } from '../log.ts';

/** A seed box verifies a piece before its first byte; that takes seconds where pieces are long and disks slow. */
const HEADERS_TIMEOUT_MS = 30_000;

/** What a client may ask of the seed box through the edge. */
const PASSED_ON = ['range', 'if-range', 'if-none-match'];

/** Asks a seed box what the client asked for; undefined where it is not reached, and that is logged. */
export async function fetchFromEverseed(
  url: string,
  { method, headers }: Request,
): Promise<Response | undefined> {
  const asked = new Headers({ 'accept-encoding': 'identity' });
  for (const name of PASSED_ON) {
    const value = headers.get(name);
    if (value !== null) asked.set(name, value);
  }
  const timeout = new AbortController();
  const timer = setTimeout(() => timeout.abort(), HEADERS_TIMEOUT_MS);
  try {
    // Not by the cache of the network either: it would fetch whole files to answer for their parts.
    return await fetch(url, {
      method,
      headers: asked,
      redirect: 'manual',
      cache: 'no-store',
      signal: timeout.signal,
    });
  } catch (error) {
    logFault('asking a seed box', error);
    return undefined;
  } finally {
    clearTimeout(timer);
  }
}
