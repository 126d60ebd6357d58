import {
  hashesFiledUnder,
  type InfoHashes,
  infoHashFromHex,
  infoHashV2FromHex,
} from '../../shared/info-hash.ts';
import { invariant } from '../../shared/invariant.ts';
import type { PublishedTorrent } from './published-torrent.ts';

/** A row of `torrents`. A type alias, because SQL rows need an index signature, which an interface has not. */
export type TorrentRow = {
  info_hash: string;
  name: string;
  size_bytes: number;
  file_count: number;
  published_at: number;
  downloads: number;
  /** 64 digits; null for a v1 torrent. */
  info_hash_v2: string | null;
  twin_downloads: number;
  /** URLs, a line each. */
  trackers: string;
  title: string | null;
  description: string | null;
  publisher: string | null;
  added_web_seeds: string;
  added_trackers: string;
  /** Null until it is described. */
  updated_at: number | null;
};

export function parseTorrentRow(row: TorrentRow): PublishedTorrent {
  return {
    hashes: parseHashes(row),
    name: row.name,
    sizeBytes: row.size_bytes,
    fileCount: row.file_count,
    publishedAtSeconds: row.published_at,
    updatedAtSeconds: row.updated_at ?? row.published_at,
    downloads: Math.max(row.downloads, row.twin_downloads),
    trackers: row.trackers.split('\n').filter((url) => url !== ''),
    title: row.title,
    description: row.description,
    publisher: row.publisher,
    addedWebSeeds: parseUrls(row.added_web_seeds),
    addedTrackers: parseUrls(row.added_trackers),
  };
}

function parseHashes(row: TorrentRow): InfoHashes {
  const infoHash = infoHashFromHex(row.info_hash);
  invariant(infoHash !== undefined, 'the catalogue keeps whole info-hashes');
  if (row.info_hash_v2 === null) return hashesFiledUnder(infoHash, undefined);
  const v2 = infoHashV2FromHex(row.info_hash_v2);
  invariant(v2 !== undefined, 'the catalogue keeps whole v2 info-hashes');
  return hashesFiledUnder(infoHash, v2);
}

function parseUrls(json: string): string[] {
  const urls: unknown = JSON.parse(json);
  invariant(Array.isArray(urls), 'the catalogue keeps lists of URLs');
  return urls.map(String);
}
