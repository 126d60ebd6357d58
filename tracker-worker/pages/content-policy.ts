import { encodeUtf8 } from '../../shared/text.ts';
import { STYLESHEET } from './stylesheet.ts';

/** What a page may load besides its own stylesheet. */
export interface PageNeeds {
  /** Modules of this edge, what they fetch from it, and its WebSockets. */
  readonly modules?: boolean;
  /** Workers and media of this edge: for a page that downloads. */
  readonly downloads?: boolean;
  /** Where its modules connect to besides, as URLs. */
  readonly connectsTo?: readonly string[];
  /** Forms that are sent to this edge. */
  readonly forms?: boolean;
}

/** Origins of others that a page may connect to: a .torrent may name many. */
const MAX_OTHER_ORIGINS = 40;

/** Hosts as the URL parser writes them: it lets through what ends a directive, such as `;`. */
const SAFE_ORIGIN = /^(?:https?|wss?):\/\/(?:[a-z0-9._-]+|\[[0-9a-f:]+\])(?::[0-9]+)?$/;

/**
 * The Content-Security-Policy of a page. No inline script ever runs, and nothing of strangers is loaded: a name that
 * got past the escaping would still do nothing.
 */
export async function contentPolicy(needs: PageNeeds): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', encodeUtf8(STYLESHEET)));
  const styleHash = btoa(String.fromCharCode(...digest));
  const { modules = false, downloads = false, forms = false, connectsTo = [] } = needs;
  const directives = [
    "default-src 'none'",
    `style-src 'sha256-${styleHash}'`,
    // The icon of the site.
    'img-src data:',
    modules && "script-src 'self'",
    modules && ["connect-src 'self'", ...originsOf(connectsTo)].join(' '),
    downloads && "worker-src 'self'",
    downloads && "media-src 'self'",
    "base-uri 'none'",
    forms ? "form-action 'self'" : "form-action 'none'",
    "frame-ancestors 'none'",
  ];
  return directives.filter((directive) => directive !== false).join('; ');
}

function originsOf(urls: readonly string[]): string[] {
  const origins = urls
    .map((url) => URL.parse(url))
    .filter((url) => url !== null)
    .map(({ protocol, host }) => `${protocol}//${host}`)
    .filter((origin) => SAFE_ORIGIN.test(origin));
  return [...new Set(origins)].slice(0, MAX_OTHER_ORIGINS);
}
