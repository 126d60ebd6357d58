import { concatBytes } from '../../shared/bytes.ts';
import {
  hashesFiledUnder,
  type InfoHash,
  type InfoHashes,
  infoHashFromHex,
  infoHashV2FromHex,
  swarmsOf,
} from '../../shared/info-hash.ts';
import { invariant } from '../../shared/invariant.ts';
import type { NewTorrent, PublishedTorrent } from './published-torrent.ts';

/** A .torrent is kept in rows of this size: SQLite in a Durable Object takes 2 MB a row. */
const CHUNK_BYTES = 1_000_000;

/** A type alias, because SQL rows need an index signature, which an interface has not. */
type TorrentRow = {
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
};

/** Publications in SQLite, blocked ones included. Every write is one transaction: a publication is there whole or not at all. */
export class TorrentStore {
  readonly #storage: DurableObjectStorage;

  constructor(storage: DurableObjectStorage) {
    this.#storage = storage;
  }

  /** Adds a publication or replaces its .torrent; whether it is new. When it was first published stays. */
  put(torrent: NewTorrent, bytes: Uint8Array): boolean {
    return this.#storage.transactionSync(() => {
      const [infoHash, twin] = swarmsOf(torrent.hashes);
      const isNew = this.find(infoHash) === undefined;
      if (isNew) {
        const insert = `
          INSERT INTO torrents (info_hash, info_hash_v2, name, size_bytes, file_count, published_at)
          VALUES (?, ?, ?, ?, ?, ?)`;
        this.#storage.sql.exec(
          insert,
          infoHash,
          torrent.hashes.v2 ?? null,
          torrent.name,
          torrent.sizeBytes,
          torrent.fileCount,
          torrent.publishedAtSeconds,
        );
      }
      this.#storage.sql.exec(
        'UPDATE torrents SET trackers = ? WHERE info_hash = ?',
        torrent.trackers.join('\n'),
        infoHash,
      );
      if (twin !== undefined) this.#addTwins(infoHash, twin);
      this.#deleteChunks(infoHash);
      for (let chunk = 0; chunk * CHUNK_BYTES < bytes.length; chunk += 1) {
        this.#storage.sql.exec(
          'INSERT INTO torrent_chunks (info_hash, chunk, bytes) VALUES (?, ?, ?)',
          infoHash,
          chunk,
          bytes.slice(chunk * CHUNK_BYTES, (chunk + 1) * CHUNK_BYTES).buffer,
        );
      }
      return isNew;
    });
  }

  delete(swarm: InfoHash): boolean {
    return this.#storage.transactionSync(() => {
      const infoHash = this.#filedUnder(swarm);
      const existed = this.find(infoHash) !== undefined;
      this.#storage.sql.exec('DELETE FROM torrents WHERE info_hash = ?', infoHash);
      this.#deleteChunks(infoHash);
      return existed;
    });
  }

  /** The publication with this swarm, its first or its second. */
  find(swarm: InfoHash): PublishedTorrent | undefined {
    const query = 'SELECT * FROM torrents WHERE info_hash = ?';
    const [row] = this.#storage.sql.exec<TorrentRow>(query, this.#filedUnder(swarm)).toArray();
    return row === undefined ? undefined : parseTorrentRow(row);
  }

  /** The other swarm of a hybrid that was ever published. */
  twinOf(infoHash: InfoHash): InfoHash | undefined {
    const query = 'SELECT twin FROM twins WHERE info_hash = ?';
    const [row] = this.#storage.sql.exec<{ twin: string }>(query, infoHash).toArray();
    return row === undefined ? undefined : infoHashFromHex(row.twin);
  }

  bytes(swarm: InfoHash): Uint8Array | undefined {
    const query = 'SELECT bytes FROM torrent_chunks WHERE info_hash = ? ORDER BY chunk';
    const chunks = this.#storage.sql
      .exec<{ bytes: ArrayBuffer }>(query, this.#filedUnder(swarm))
      .toArray();
    if (chunks.length === 0) return undefined;
    return concatBytes(chunks.map((chunk) => new Uint8Array(chunk.bytes)));
  }

  /** The newest that are not blocked, the latest first. */
  newestUnblocked(count: number): PublishedTorrent[] {
    const query = `
      SELECT * FROM torrents AS t
      WHERE NOT EXISTS (
        SELECT 1 FROM listings WHERE list = 'blocklist' AND info_hash IN (
          t.info_hash, (SELECT twin FROM twins WHERE info_hash = t.info_hash)
        )
      )
      ORDER BY published_at DESC, info_hash LIMIT ?`;
    return this.#storage.sql.exec<TorrentRow>(query, count).toArray().map(parseTorrentRow);
  }

  /** The first swarm of the publication that this swarm is of. */
  #filedUnder(swarm: InfoHash): InfoHash {
    const query = 'SELECT 1 FROM torrents WHERE info_hash = ?';
    const isFirst = this.#storage.sql.exec(query, swarm).toArray().length > 0;
    return isFirst ? swarm : (this.twinOf(swarm) ?? swarm);
  }

  #addTwins(infoHash: InfoHash, twin: InfoHash): void {
    const query = 'INSERT OR REPLACE INTO twins (info_hash, twin) VALUES (?, ?), (?, ?)';
    this.#storage.sql.exec(query, infoHash, twin, twin, infoHash);
  }

  #deleteChunks(infoHash: InfoHash): void {
    this.#storage.sql.exec('DELETE FROM torrent_chunks WHERE info_hash = ?', infoHash);
  }
}

function parseTorrentRow(row: TorrentRow): PublishedTorrent {
  return {
    hashes: parseHashes(row),
    name: row.name,
    sizeBytes: row.size_bytes,
    fileCount: row.file_count,
    publishedAtSeconds: row.published_at,
    downloads: Math.max(row.downloads, row.twin_downloads),
    trackers: row.trackers.split('\n').filter((url) => url !== ''),
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
