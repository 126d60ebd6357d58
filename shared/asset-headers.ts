/**
 * How the browser's modules are served, by path: a `*` at the end of a pattern stands for anything. A module with a
 * hash in its name never changes, but is kept for a day only: what is answered while a newer edge is on its way is kept
 * as long, and may be that there is no such module.
 */
export const ASSET_HEADERS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  '/assets/*': { 'cache-control': 'public, max-age=86400', 'x-content-type-options': 'nosniff' },
  '/sw.js': { 'cache-control': 'no-cache', 'x-content-type-options': 'nosniff' },
};

/** The headers of the asset at `path`. */
export function assetHeaders(path: string): Readonly<Record<string, string>> {
  const pattern = Object.keys(ASSET_HEADERS).find((one) =>
    one.endsWith('*') ? path.startsWith(one.slice(0, -1)) : path === one,
  );
  return pattern === undefined ? {} : (ASSET_HEADERS[pattern] ?? {});
}
