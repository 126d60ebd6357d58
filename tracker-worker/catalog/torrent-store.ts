import { concatBytes } from '../../shared/bytes.ts';
import { type InfoHash, infoHashFromHex } from '../../shared/info-hash.ts';
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
      const isNew = this.find(torrent.infoHash) === undefined;
      if (isNew) {
        this.#storage.sql.exec(
          'INSERT INTO torrents (info_hash, name, size_bytes, file_count, published_at) VALUES (?, ?, ?, ?, ?)',
          torrent.infoHash,
          torrent.name,
          torrent.sizeBytes,
          torrent.fileCount,
          torrent.publishedAtSeconds,
        );
      }
      this.#deleteChunks(torrent.infoHash);
      for (let chunk = 0; chunk * CHUNK_BYTES < bytes.length; chunk += 1) {
        this.#storage.sql.exec(
          'INSERT INTO torrent_chunks (info_hash, chunk, bytes) VALUES (?, ?, ?)',
          torrent.infoHash,
          chunk,
          bytes.slice(chunk * CHUNK_BYTES, (chunk + 1) * CHUNK_BYTES).buffer,
        );
      }
      return isNew;
    });
  }

  delete(infoHash: InfoHash): boolean {
    return this.#storage.transactionSync(() => {
      const existed = this.find(infoHash) !== undefined;
      this.#storage.sql.exec('DELETE FROM torrents WHERE info_hash = ?', infoHash);
      this.#deleteChunks(infoHash);
      return existed;
    });
  }

  find(infoHash: InfoHash): PublishedTorrent | undefined {
    const query = 'SELECT * FROM torrents WHERE info_hash = ?';
    const [row] = this.#storage.sql.exec<TorrentRow>(query, infoHash).toArray();
    return row === undefined ? undefined : parseTorrentRow(row);
  }

  bytes(infoHash: InfoHash): Uint8Array | undefined {
    const query = 'SELECT bytes FROM torrent_chunks WHERE info_hash = ? ORDER BY chunk';
    const chunks = this.#storage.sql.exec<{ bytes: ArrayBuffer }>(query, infoHash).toArray();
    if (chunks.length === 0) return undefined;
    return concatBytes(chunks.map((chunk) => new Uint8Array(chunk.bytes)));
  }

  /** The newest that are not blocked, the latest first. */
  newestUnblocked(count: number): PublishedTorrent[] {
    const query = `
      SELECT * FROM torrents AS t
      WHERE NOT EXISTS (SELECT 1 FROM listings WHERE list = 'blocklist' AND info_hash = t.info_hash)
      ORDER BY published_at DESC, info_hash LIMIT ?`;
    return this.#storage.sql.exec<TorrentRow>(query, count).toArray().map(parseTorrentRow);
  }

  #deleteChunks(infoHash: InfoHash): void {
    this.#storage.sql.exec('DELETE FROM torrent_chunks WHERE info_hash = ?', infoHash);
  }
}

function parseTorrentRow(row: TorrentRow): PublishedTorrent {
  const infoHash = infoHashFromHex(row.info_hash);
  invariant(infoHash !== undefined, 'the catalogue keeps whole info-hashes');
  return {
    infoHash,
    name: row.name,
    sizeBytes: row.size_bytes,
    fileCount: row.file_count,
    publishedAtSeconds: row.published_at,
    downloads: row.downloads,
  };
}
