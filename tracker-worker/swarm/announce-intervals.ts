import type { Random } from './peer-list.ts';

/** How far an interval strays from its base, so that clients which came at once don't come back at once. */
const JITTER = 0.05;

export interface AnnounceIntervals {
  readonly intervalSeconds: number;
  readonly minIntervalSeconds: number;
}

/** The intervals that one reply names: about the base to announce again, half of that if there is news. */
export function announceIntervals(baseSeconds: number, random: Random): AnnounceIntervals {
  const factor = 1 - JITTER + 2 * JITTER * random();
  const intervalSeconds = Math.max(1, Math.round(baseSeconds * factor));
  return { intervalSeconds, minIntervalSeconds: Math.max(1, Math.floor(intervalSeconds / 2)) };
}
