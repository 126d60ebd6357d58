import type { InfoHash } from '../../shared/info-hash.ts';
import { VERIFIED_AT_HEADER } from '../../shared/web-seed-headers.ts';

/** Seed boxes that are asked about one torrent. */
const MAX_ASKED = 3;
/** A page does not wait for longer. */
const DEADLINE_MS = 1500;
const KEPT_MS = 60_000;
const MAX_KEPT = 1_000;

/** What seed boxes say of one torrent. */
export interface AlwaysOn {
  /** How many have it. */
  readonly seeds: number;
  /** When one of them last compared all of it with its hashes; undefined: none ever did. */
  readonly verifiedAtSeconds: number | undefined;
}

/**
 * Which seed boxes have a torrent: a report says that a box is there, its own answer that it has this. Asked at most
 * once a minute for each torrent. Values are kept, never promises, which belong to the request that made them.
 */
export class AlwaysOnSeeds {
  readonly #nowMs: () => number;
  /** Oldest first. */
  readonly #kept = new Map<InfoHash, { readonly atMs: number; readonly said: AlwaysOn }>();

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  /** What those at `urls` say that give the file at `filePath` (`/webseed/…`). Never throws. */
  async of(infoHash: InfoHash, urls: readonly string[], filePath: string): Promise<AlwaysOn> {
    const atMs = this.#nowMs();
    const kept = this.#kept.get(infoHash);
    if (kept !== undefined && atMs - kept.atMs < KEPT_MS) return kept.said;
    const asked = urls.slice(0, MAX_ASKED).map(async (url) => ask(url + filePath));
    const answers = (await Promise.all(asked)).filter((answer) => answer !== undefined);
    const times = answers.map(({ verifiedAtSeconds }) => verifiedAtSeconds);
    const said = {
      seeds: answers.length,
      verifiedAtSeconds: latest(times.filter((time) => time !== undefined)),
    };
    this.#kept.delete(infoHash);
    this.#kept.set(infoHash, { atMs, said });
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size <= MAX_KEPT) break;
      this.#kept.delete(oldest);
    }
    return said;
  }
}

async function ask(
  url: string,
): Promise<{ readonly verifiedAtSeconds: number | undefined } | undefined> {
  try {
    const signal = AbortSignal.timeout(DEADLINE_MS);
    const answer = await fetch(url, { method: 'HEAD', redirect: 'manual', signal });
    if (answer.status !== 200) return undefined;
    const verifiedMs = Date.parse(answer.headers.get(VERIFIED_AT_HEADER) ?? '');
    return { verifiedAtSeconds: Number.isNaN(verifiedMs) ? undefined : verifiedMs / 1000 };
  } catch {
    return undefined;
  }
}

function latest(times: readonly number[]): number | undefined {
  return times.length === 0 ? undefined : Math.max(...times);
}
