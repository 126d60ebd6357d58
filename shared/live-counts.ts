/** How a swarm is doing at this moment, as `/t/:infohash/live` sends it. */
export interface LiveCounts {
  readonly seeders: number;
  readonly leechers: number;
  /** Of all peers, those that are reached over WebRTC alone. */
  readonly browsers: number;
  /** The `completed` events that it ever saw. */
  readonly downloads: number;
}

/** The least time between two messages to one watcher. */
export const LIVE_INTERVAL_MS = 2000;

export function formatLiveCounts(counts: LiveCounts): string {
  const { seeders, leechers, browsers, downloads } = counts;
  return JSON.stringify({ seeders, leechers, browsers, downloads });
}

/** The counts of a message; undefined for what is none. */
export function parseLiveCounts(text: string): LiveCounts | undefined {
  const message = parseJson(text);
  if (typeof message !== 'object' || message === null) return undefined;
  const [seeders, leechers, browsers, downloads] = [
    'seeders',
    'leechers',
    'browsers',
    'downloads',
  ].map((name): unknown => Reflect.get(message, name));
  return isCount(seeders) && isCount(leechers) && isCount(browsers) && isCount(downloads)
    ? { seeders, leechers, browsers, downloads }
    : undefined;
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
