import type { InfoHashes } from './info-hash.ts';

/**
 * The path of a file at a web seed of ours: below it, percent-encoded, the torrent's name and the file's path. Apostrophes
 * too, so that it may stand between them in a shell.
 */
export function webSeedPath(hashes: InfoHashes, name: string, path: readonly string[]): string {
  const encoded = [name, ...path].map((part) =>
    encodeURIComponent(part.toWellFormed()).replaceAll("'", '%27'),
  );
  return `/webseed/${hashes.v1 ?? hashes.v2}/${encoded.join('/')}`;
}
