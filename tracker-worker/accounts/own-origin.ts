/**
 * Whether a browser sent a request from a page of this very origin. `Sec-Fetch-Site` says so itself, also where TLS
 * ends in front of the edge and `Origin` names another scheme; older browsers, and all of them over plain HTTP, send
 * `Origin` alone. What sends neither is no browser with a page of ours.
 */
export function isFromOwnOrigin({ url, headers }: Request): boolean {
  const own = new URL(url);
  const origin = headers.get('origin');
  const site = headers.get('sec-fetch-site');
  if (site === null) return origin === own.origin;
  // `null` is what a page that sends no referrer calls itself.
  const isOwnHost = origin === null || origin === 'null' || URL.parse(origin)?.host === own.host;
  return site === 'same-origin' && isOwnHost;
}
