import type { InfoHashes } from './info-hash.ts';

/** What a magnet link carries besides the info-hashes. */
export interface MagnetLink {
  readonly hashes: InfoHashes;
  readonly name: string;
  readonly trackers: readonly string[];
  /** BEP 19. */
  readonly webSeeds?: readonly string[];
  /** Where the .torrent itself can be fetched (`xs`), for clients that find no peer with the metadata. */
  readonly torrentUrl?: string;
}

/** The multihash header of a SHA-256 (BEP 9, `btmh`): its code and its length. */
export const SHA256_MULTIHASH = '1220';

/** A magnet link: `xt` for each info-hash, `btih` and `btmh`, then `dn`, `tr`, `ws` (BEP 19), `xs` (BEP 9). */
export function formatMagnet({
  hashes,
  name,
  trackers,
  webSeeds = [],
  torrentUrl,
}: MagnetLink): string {
  const parameters = [
    ...(hashes.v1 === undefined ? [] : [`xt=urn:btih:${hashes.v1}`]),
    ...(hashes.v2 === undefined ? [] : [`xt=urn:btmh:${SHA256_MULTIHASH}${hashes.v2}`]),
    `dn=${encodeURIComponent(name)}`,
    ...trackers.map((url) => `tr=${encodeURIComponent(url)}`),
    ...webSeeds.map((url) => `ws=${encodeURIComponent(url)}`),
  ];
  if (torrentUrl !== undefined) parameters.push(`xs=${encodeURIComponent(torrentUrl)}`);
  return `magnet:?${parameters.join('&')}`;
}
