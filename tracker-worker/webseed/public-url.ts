/** Names that mean something on one machine or in one network only (RFC 6761, 6762, 8375 and the reserved `internal`). */
const LOCAL_NAME = /(^|\.)(localhost|local|internal|home\.arpa|test|invalid)$/;

/** Whether everyone reaches this http or https URL, as far as it tells: by a name, and no local one. */
export function isPublicUrl(url: string): boolean {
  const hostname = URL.parse(url)?.hostname.replace(/\.$/, '') ?? '';
  // The URL parser writes every form of IPv4 address in four numbers, and IPv6 in brackets.
  const isAddress = /^[0-9.]+$|^\[/.test(hostname);
  return !isAddress && hostname.includes('.') && !LOCAL_NAME.test(hostname);
}
