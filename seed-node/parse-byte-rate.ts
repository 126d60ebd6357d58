/** So little a second that peers give up before their turn has come. */
const MIN_BYTES_PER_SECOND = 16 * 1024;
/** More than any network, and far from where numbers lose bytes. */
const MAX_BYTES_PER_SECOND = 1e12;

const UNITS: ReadonlyMap<string, number> = new Map([
  ['', 1],
  ['b', 1],
  ['kb', 1e3],
  ['mb', 1e6],
  ['gb', 1e9],
  ['kib', 1024],
  ['mib', 1024 ** 2],
  ['gib', 1024 ** 3],
]);

/** Bytes a second out of a text such as `10MB`, `500KiB`, `1.5 GB/s` or `250000`; else what is wrong with it. */
export function parseByteRate(text: string): number | string {
  const [, digits, unit = ''] = /^([0-9]+(?:\.[0-9]+)?) ?([a-z]*)(?:\/s)?$/i.exec(text) ?? [];
  if (digits === undefined) return 'It is not a rate like 10MB or 500KiB, in bytes a second.';
  const bytesPerUnit = UNITS.get(unit.toLowerCase());
  if (bytesPerUnit === undefined) {
    return `${unit} is not a unit of bytes: B, KB, MB, GB, KiB, MiB or GiB.`;
  }
  const bytesPerSecond = Math.floor(Number(digits) * bytesPerUnit);
  if (bytesPerSecond < MIN_BYTES_PER_SECOND) return 'It is less than 16KiB a second.';
  if (bytesPerSecond > MAX_BYTES_PER_SECOND) return 'It is more than 1000GB a second.';
  return bytesPerSecond;
}
