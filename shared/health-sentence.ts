import { formatDaysAgo } from './format-days-ago.ts';

/** What is known of how a torrent is doing. */
export interface HealthFacts {
  /** Undefined where the tracker did not answer. */
  readonly counts: { readonly seeders: number; readonly leechers: number } | undefined;
  /** Seed boxes that answered for this very torrent. */
  readonly alwaysOnSeeds: number;
  /** When a seed box last compared all of it with its hashes. */
  readonly verifiedAtSeconds?: number | undefined;
  readonly nowSeconds: number;
}

/** How a torrent is doing, in words. */
export interface Health {
  readonly tone: 'good' | 'warn' | 'bad' | 'unknown';
  readonly sentence: string;
  /** What a person can do about it; undefined where nothing need be done. */
  readonly advice: string | undefined;
}

const WAIT_OR_SEED =
  'Keep the .torrent or the magnet link in a BitTorrent client: it starts by itself when a copy comes back. If you ' +
  'have the files, open the .torrent where they lie, and you are the seed.';
const STAY =
  'It is the only one: leave your client, or this page, open for a while when you are done, and there are two.';

/** Says how a torrent is doing, and nothing that is not known: `3 full copies online, 1 always-on seed, verified today`. */
export function describeHealth(facts: HealthFacts): Health {
  const { counts, alwaysOnSeeds } = facts;
  if (counts === undefined && alwaysOnSeeds === 0) {
    return {
      tone: 'unknown',
      sentence: 'The tracker does not answer just now: how many copies are online is not known',
      advice: undefined,
    };
  }
  // A seed box is a seeder too, but for the moments before its first announce.
  const copies = Math.max(counts?.seeders ?? 0, alwaysOnSeeds);
  const leechers = counts?.leechers ?? 0;
  if (copies === 0) {
    const waiting = leechers === 0 ? '' : `, ${many(leechers, 'peer')} without all of it`;
    return {
      tone: 'bad',
      sentence: `No full copy is online now${waiting}`,
      advice: WAIT_OR_SEED,
    };
  }
  const parts = [
    `${many(copies, 'full copy', 'full copies')} online`,
    ...(alwaysOnSeeds === 0 ? [] : [many(alwaysOnSeeds, 'always-on seed')]),
    ...verifiedPart(facts),
    ...(leechers === 0 ? [] : [`${leechers.toLocaleString('en')} downloading`]),
  ];
  const isLonely = alwaysOnSeeds === 0 && copies === 1;
  return {
    tone: isLonely ? 'warn' : 'good',
    sentence: parts.join(', '),
    advice: isLonely ? STAY : undefined,
  };
}

function verifiedPart({ verifiedAtSeconds, nowSeconds }: HealthFacts): string[] {
  if (verifiedAtSeconds === undefined) return [];
  return [`verified ${formatDaysAgo(verifiedAtSeconds, nowSeconds)}`];
}

function many(count: number, one: string, more = `${one}s`): string {
  return `${count.toLocaleString('en')} ${count === 1 ? one : more}`;
}
