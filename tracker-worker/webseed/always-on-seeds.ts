import type { InfoHash } from '../../shared/info-hash.ts';

/** Seed boxes that are asked about one torrent. */
const MAX_ASKED = 3;
/** A page does not wait for longer. */
const DEADLINE_MS = 1500;
const KEPT_MS = 60_000;
const MAX_KEPT = 1_000;

/**
 * How many seed boxes have a torrent: a report says that a box is there, its own answer that it has this. Asked at most
 * once a minute for each torrent. Values are kept, never promises, which belong to the request that made them.
 */
export class AlwaysOnSeeds {
  readonly #nowMs: () => number;
  /** Oldest first. */
  readonly #kept = new Map<InfoHash, { readonly atMs: number; readonly count: number }>();

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  /** Of the seed boxes at `urls`, those that give the file at `filePath` (`/webseed/…`). Never throws. */
  async count(infoHash: InfoHash, urls: readonly string[], filePath: string): Promise<number> {
    const atMs = this.#nowMs();
    const kept = this.#kept.get(infoHash);
    if (kept !== undefined && atMs - kept.atMs < KEPT_MS) return kept.count;
    const asked = urls.slice(0, MAX_ASKED).map(async (url) => gives(url + filePath));
    const count = (await Promise.all(asked)).filter((isThere) => isThere).length;
    this.#kept.delete(infoHash);
    this.#kept.set(infoHash, { atMs, count });
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size <= MAX_KEPT) break;
      this.#kept.delete(oldest);
    }
    return count;
  }
}

async function gives(url: string): Promise<boolean> {
  try {
    const signal = AbortSignal.timeout(DEADLINE_MS);
    const answer = await fetch(url, { method: 'HEAD', redirect: 'manual', signal });
    return answer.status === 200;
  } catch {
    return false;
  }
}
