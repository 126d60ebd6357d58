/** The longest that a tracker may send us away for. */
const MAX_INTERVAL_SECONDS = 6 * 3600;
const MIN_INTERVAL_SECONDS = 5;
const FIRST_RETRY_SECONDS = 2;
const REFUSED_RETRY_SECONDS = 300;

/** What a tracker answered to the announce of one torrent. */
export type AnnounceAnswer =
  | {
      readonly type: 'reply';
      readonly intervalSeconds: number;
      readonly minIntervalSeconds: number;
      /** To be said again with the next announce (BEP 3, `tracker id`); undefined: the one before holds. */
      readonly trackerId?: string | undefined;
    }
  | {
      readonly type: 'refused';
      readonly retrySeconds: number | undefined;
      readonly reason?: string;
    };

/**
 * Seconds until the next announce, never fewer than were asked for. `random` is from 0 to 1: spread by a tenth, so
 * that torrents that started together drift apart.
 */
export function nextAnnounceSeconds(answer: AnnounceAnswer, random: number): number {
  const asked =
    answer.type === 'reply'
      ? Math.max(answer.intervalSeconds, answer.minIntervalSeconds)
      : (answer.retrySeconds ?? REFUSED_RETRY_SECONDS);
  return clampInterval(asked) * (1 + random * 0.1);
}

/**
 * Seconds until the next attempt after failures in a row: twice as long each time, `maxSeconds` at most, spread by a
 * half, so that an edge that returns is not met by everyone at once.
 */
export function retrySeconds(failuresInARow: number, random: number, maxSeconds: number): number {
  const backoff = FIRST_RETRY_SECONDS * 2 ** Math.min(failuresInARow - 1, 16);
  return Math.min(backoff, maxSeconds) * (0.5 + random * 0.5);
}

function clampInterval(seconds: number): number {
  return Math.min(MAX_INTERVAL_SECONDS, Math.max(MIN_INTERVAL_SECONDS, seconds));
}
