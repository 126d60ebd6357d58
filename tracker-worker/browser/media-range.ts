/** The bytes of a file that are asked for, both ends included. */
export interface MediaRange {
  readonly start: number;
  readonly end: number;
}

/** Parses the `Range` header of a media element (RFC 9110, 14.2): one range; undefined where there is none in the file. */
export function parseMediaRange(header: string | null, sizeBytes: number): MediaRange | undefined {
  const whole = { start: 0, end: sizeBytes - 1 };
  if (header === null) return whole;
  const [, first = '', last = ''] = /^bytes=([0-9]*)-([0-9]*)$/.exec(header) ?? [];
  if (first === '' && last === '') return whole;
  const start = first === '' ? Math.max(0, sizeBytes - Number(last)) : Number(first);
  const end = first === '' || last === '' ? sizeBytes - 1 : Math.min(Number(last), sizeBytes - 1);
  return start <= end ? { start, end } : undefined;
}
