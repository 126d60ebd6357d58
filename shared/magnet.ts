import type { InfoHash } from './info-hash.ts';

/** What a magnet link carries besides the info-hash. */
export interface MagnetLink {
  readonly infoHash: InfoHash;
  readonly name: string;
  readonly trackers: readonly string[];
  /** Where the .torrent itself can be fetched (`xs`), for clients that find no peer with the metadata. */
  readonly torrentUrl?: string;
}

/** A magnet link for a v1 torrent: `xt`, `dn`, `tr`, `xs` (BEP 9). */
export function formatMagnet(link: MagnetLink): string {
  const parameters = [
    `xt=urn:btih:${link.infoHash}`,
    `dn=${encodeURIComponent(link.name)}`,
    ...link.trackers.map((url) => `tr=${encodeURIComponent(url)}`),
  ];
  if (link.torrentUrl !== undefined) parameters.push(`xs=${encodeURIComponent(link.torrentUrl)}`);
  return `magnet:?${parameters.join('&')}`;
}
