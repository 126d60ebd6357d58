/** What stands between the method of a request and its version. */
export const MAX_WEB_SEED_TARGET_CHARACTERS = 8192;

/** With every answer of a web seed: any page may read it. */
export const WEB_SEED_CORS = {
  'access-control-allow-origin': '*',
  'access-control-expose-headers':
    'Accept-Ranges, Content-Length, Content-Range, ETag, Retry-After',
  'cross-origin-resource-policy': 'cross-origin',
} as const;

/** The answer to a browser that asks whether it may ask for ranges. webtorrent sends the last two headers. */
export const WEB_SEED_PREFLIGHT = {
  ...WEB_SEED_CORS,
  'access-control-allow-methods': 'GET, HEAD, OPTIONS',
  'access-control-allow-headers': 'Range, If-Range, If-None-Match, Cache-Control, User-Agent',
  'access-control-max-age': '86400',
  'cache-control': 'public, max-age=86400',
} as const;

/** With every file: a stranger's page must not run, whatever a browser takes it for. */
export const WEB_SEED_SAFETY = {
  'content-disposition': 'attachment',
  'content-security-policy': "default-src 'none'; sandbox",
  'x-content-type-options': 'nosniff',
} as const;

/** When a seed box last compared all of the torrent with its hashes, in ISO 8601. */
export const VERIFIED_AT_HEADER = 'evertorrent-verified-at';
