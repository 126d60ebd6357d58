const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const MAX_HOURS = 72;

/** Seconds for a person, in at most two units: `45 s`, `12 min`, `3 h 20 min`, `4 days`. */
export function formatDuration(seconds: number): string {
  if (seconds < MINUTE) return `${Math.max(1, Math.round(seconds))} s`;
  if (seconds < HOUR) return `${Math.round(seconds / MINUTE)} min`;
  if (seconds < MAX_HOURS * HOUR) {
    const minutes = Math.round(seconds / MINUTE);
    return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
  }
  return seconds < 100 * DAY ? `${Math.round(seconds / DAY)} days` : 'very long';
}
