/** What part of a representation a request gets: all of it, bytes `start` to `end` (both inside), or none. */
export type ByteRange =
  | { readonly type: 'whole' }
  | { readonly type: 'part'; readonly start: number; readonly end: number }
  | { readonly type: 'unsatisfiable' };

const WHOLE: ByteRange = { type: 'whole' };
const UNSATISFIABLE: ByteRange = { type: 'unsatisfiable' };

/**
 * Reads `Range` (RFC 9110, 14.2). What is no range of bytes is as if absent. Several ranges are refused: no BEP 19
 * client asks for them, and a whole file of gigabytes would be the dearest answer to two small ones.
 */
export function parseRange(header: string | undefined, sizeBytes: number): ByteRange {
  const set = /^bytes=(.+)$/i.exec(header?.trim() ?? '')?.[1];
  if (set === undefined) return WHOLE;
  if (set.includes(',')) return UNSATISFIABLE;
  const [, first, last] = /^\s*([0-9]*)-([0-9]*)\s*$/.exec(set) ?? [];
  if (first === undefined || last === undefined || first + last === '') return WHOLE;
  if (first === '') {
    const length = Math.min(Number(last), sizeBytes);
    return length === 0
      ? UNSATISFIABLE
      : { type: 'part', start: sizeBytes - length, end: sizeBytes - 1 };
  }
  const start = Number(first);
  const end = last === '' ? Number.POSITIVE_INFINITY : Number(last);
  if (end < start) return WHOLE;
  if (start >= sizeBytes) return UNSATISFIABLE;
  return { type: 'part', start, end: Math.min(end, sizeBytes - 1) };
}
