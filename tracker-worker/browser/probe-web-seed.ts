import type { WebSeedAnswer } from './explain-stall.ts';

const TIMEOUT_MS = 10_000;

/** Asks a web seed (BEP 19) for one byte of a file, whose path is percent-encoded. Never throws. */
export async function probeWebSeed(url: string, path: string | undefined): Promise<WebSeedAnswer> {
  try {
    const response = await fetch(url.endsWith('/') ? url + (path ?? '') : url, {
      headers: { range: 'bytes=0-0' },
      cache: 'no-store',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    await response.body?.cancel();
    return { type: 'answered', status: response.status };
  } catch {
    return { type: 'unreachable' };
  }
}
