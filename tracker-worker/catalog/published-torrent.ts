import type { InfoHash } from '../../shared/info-hash.ts';

/** What the catalogue knows of a publication besides its .torrent. */
export interface PublishedTorrent {
  readonly infoHash: InfoHash;
  readonly name: string;
  readonly sizeBytes: number;
  readonly fileCount: number;
  readonly publishedAtSeconds: number;
}
