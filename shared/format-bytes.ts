const UNITS = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'] as const;

/** A size for a person: `52.4 MB`, in decimal units, as disks and networks count. */
export function formatBytes(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < UNITS.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${unit === 0 || value >= 99.95 ? Math.round(value) : value.toFixed(1)} ${UNITS[unit]}`;
}
