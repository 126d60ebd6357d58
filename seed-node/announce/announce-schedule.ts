/** The longest that a tracker may send us away for. */
const MAX_INTERVAL_SECONDS = 6 * 3600;
const MIN_INTERVAL_SECONDS = 5;
const FIRST_RETRY_SECONDS = 2;
const MAX_RETRY_SECONDS = 300;

/** How the last announce of one torrent ended. */
export type AnnounceOutcome =
  | {
      readonly type: 'reply';
      readonly intervalSeconds: number;
      readonly minIntervalSeconds: number;
    }
  | { readonly type: 'refused'; readonly retrySeconds: number | undefined }
  | { readonly type: 'unreachable'; readonly failuresInARow: number };

/**
 * Seconds until the next announce. `random` is from 0 to 1: replies are spread by a tenth, so that torrents that
 * started together drift apart, and failures by a half, so that a returning edge is not met by everyone at once.
 */
export function nextAnnounceSeconds(outcome: AnnounceOutcome, random: number): number {
  switch (outcome.type) {
    case 'reply': {
      const asked = Math.max(outcome.intervalSeconds, outcome.minIntervalSeconds);
      return clampInterval(asked) * (1 + random * 0.1);
    }
    case 'refused':
      return clampInterval(outcome.retrySeconds ?? MAX_RETRY_SECONDS) * (1 + random * 0.1);
    case 'unreachable':
      return retrySeconds(outcome.failuresInARow, random, MAX_RETRY_SECONDS);
  }
}

/** Seconds until the next attempt after failures in a row: twice as long each time, `maxSeconds` at most. */
export function retrySeconds(failuresInARow: number, random: number, maxSeconds: number): number {
  const backoff = FIRST_RETRY_SECONDS * 2 ** Math.min(failuresInARow - 1, 16);
  return Math.min(backoff, maxSeconds) * (0.5 + random * 0.5);
}

function clampInterval(seconds: number): number {
  return Math.min(MAX_INTERVAL_SECONDS, Math.max(MIN_INTERVAL_SECONDS, seconds));
}
