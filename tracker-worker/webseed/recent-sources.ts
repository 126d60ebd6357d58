import type { InfoHash } from '../../shared/info-hash.ts';
import type { Everseeds } from './catalog-everseeds.ts';

/** So long a torrent that was unpublished or blocked may be relayed on. */
const KEPT_MS = 5_000;
const MAX_KEPT = 1_000;

export interface RecentSourcesInit {
  readonly everseeds: Pick<Everseeds, 'sourcesOf'>;
  readonly nowMs: () => number;
}

/**
 * Where torrents are served from, looked up at most once every few seconds: a client asks for each piece of a file.
 * Values are kept, never promises, which belong to the request that made them.
 */
export class RecentSources {
  readonly #init: RecentSourcesInit;
  /** Oldest first. */
  readonly #kept = new Map<
    InfoHash,
    { readonly atMs: number; readonly urls: readonly string[] | null }
  >();

  constructor(init: RecentSourcesInit) {
    this.#init = init;
  }

  /** The URLs of seed boxes; null where the torrent is not published, or blocked. */
  async of(infoHash: InfoHash): Promise<readonly string[] | null> {
    const { everseeds, nowMs } = this.#init;
    const atMs = nowMs();
    const kept = this.#kept.get(infoHash);
    if (kept !== undefined && atMs - kept.atMs < KEPT_MS) return kept.urls;
    const urls = await everseeds.sourcesOf(infoHash, Math.floor(atMs / 1000));
    this.#kept.delete(infoHash);
    this.#kept.set(infoHash, { atMs, urls });
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size <= MAX_KEPT) break;
      this.#kept.delete(oldest);
    }
    return urls;
  }
}
