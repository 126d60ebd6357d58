/** Whether `If-None-Match` names `etag`: compared weakly, as RFC 9110 (13.1.2) wants it. */
export function isNoneMatch(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false;
  const named: readonly string[] = header.match(/"[^"]*"/g) ?? [];
  return header.trim() === '*' || named.includes(etag);
}

/** Whether a range may be given under `If-Range`: only for the very same tag (RFC 9110, 13.1.5). Dates match nothing. */
export function isRangeStillGood(header: string | undefined, etag: string): boolean {
  return header === undefined || header.trim() === etag;
}
