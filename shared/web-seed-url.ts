import type { InfoHashes } from './info-hash.ts';

/** What a web seed URL must know of a torrent. */
export interface WebSeedContent {
  readonly name: string;
  readonly isFolder: boolean;
}

/**
 * The `url-list` entry (BEP 19) of a torrent at the web seed below `baseUrl` (no slash at its end): a file's own URL; a
 * folder's base with a slash, under which clients append the names. Without `content`, which a magnet link's maker need
 * not know, the base: clients append a single file's name to it too, or ask at the base itself.
 */
export function webSeedUrl(baseUrl: string, hashes: InfoHashes, content?: WebSeedContent): string {
  const base = `${baseUrl}/webseed/${hashes.v1 ?? hashes.v2}/`;
  return content === undefined || content.isFolder ? base : base + encodeURIComponent(content.name);
}
