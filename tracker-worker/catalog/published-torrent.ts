import type { InfoHashes } from '../../shared/info-hash.ts';

/** What the catalogue is told of a publication besides its .torrent. */
export interface NewTorrent {
  readonly hashes: InfoHashes;
  readonly name: string;
  readonly sizeBytes: number;
  readonly fileCount: number;
  readonly publishedAtSeconds: number;
  /** The publisher's own, as many as a magnet link bears. */
  readonly trackers: readonly string[];
  /** Who published it, as an access token is called; null: nobody's name is to be shown. */
  readonly publisher: string | null;
}

/** What a publisher says of a publication, and may say otherwise later. */
export interface Description {
  /** What people call it; null: it goes by its name. */
  readonly title: string | null;
  readonly description: string | null;
  readonly publisher: string | null;
  /** Beside those of the .torrent. */
  readonly addedWebSeeds: readonly string[];
  readonly addedTrackers: readonly string[];
}

/** What the catalogue knows of a publication besides its .torrent. */
export interface PublishedTorrent extends NewTorrent, Description {
  /** When it was published or last described. */
  readonly updatedAtSeconds: number;
  /** Downloads that the shards have reported so far, in the swarm with more; the shard that owns it may know of more. */
  readonly downloads: number;
}

/** What became of a .torrent: new here, in place of an older one around the same `info`, or turned away. */
export type PublishOutcome = 'published' | 'replaced' | 'blocked';
