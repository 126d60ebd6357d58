import { SESSION_SECONDS } from './session.ts';

/**
 * The cookie's name for a request to this URL. The prefix makes browsers take it from this very host alone, over TLS,
 * so that no neighbour in the domain can set it; over plain HTTP they would not take it at all.
 */
function cookieName(url: string): string {
  return isHttps(url) ? '__Host-evertorrent' : 'evertorrent';
}

/** The values of the session cookie: none, one, or several where somebody else set another. */
export function readSessionCookies(request: Request): readonly string[] {
  const name = cookieName(request.url);
  const values: string[] = [];
  for (const pair of (request.headers.get('cookie') ?? '').split(';')) {
    const equals = pair.indexOf('=');
    if (equals !== -1 && pair.slice(0, equals).trim() === name) {
      values.push(pair.slice(equals + 1).trim());
    }
  }
  return values;
}

/** `Set-Cookie` of a new session. */
export function setSessionCookie(url: string, value: string): string {
  return formatCookie(url, value, SESSION_SECONDS);
}

/** `Set-Cookie` that removes the session. */
export function clearSessionCookie(url: string): string {
  return formatCookie(url, '', 0);
}

function formatCookie(url: string, value: string, maxAgeSeconds: number): string {
  const cookie = `${cookieName(url)}=${value}; Path=/; Max-Age=${maxAgeSeconds}; HttpOnly; SameSite=Strict`;
  return isHttps(url) ? `${cookie}; Secure` : cookie;
}

function isHttps(url: string): boolean {
  return url.startsWith('https:');
}
