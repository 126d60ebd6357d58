const DAY_SECONDS = 86_400;

/** How long ago a time was as people say it, by whole days of UTC. */
export function formatDaysAgo(thenSeconds: number, nowSeconds: number): string {
  const days = Math.floor(nowSeconds / DAY_SECONDS) - Math.floor(thenSeconds / DAY_SECONDS);
  if (days <= 0) return 'today';
  return days === 1 ? 'yesterday' : `${days.toLocaleString('en')} days ago`;
}
