import type { PublishedTorrent } from './published-torrent.ts';
import { publicationOf } from './publication-of.ts';

/** A publication with all that is said of it, as the API writes it; `webSeeds` are the magnet link's. */
export function describePublication(
  torrent: PublishedTorrent,
  origin: string,
  webSeeds: readonly string[],
) {
  return {
    ...publicationOf(torrent, origin, webSeeds),
    title: torrent.title,
    description: torrent.description,
    publisher: torrent.publisher,
    files: torrent.fileCount,
    publishedAt: isoTime(torrent.publishedAtSeconds),
    updatedAt: isoTime(torrent.updatedAtSeconds),
    webSeeds: torrent.addedWebSeeds,
    trackers: torrent.addedTrackers,
  };
}

function isoTime(seconds: number): string {
  return new Date(seconds * 1000).toISOString();
}
