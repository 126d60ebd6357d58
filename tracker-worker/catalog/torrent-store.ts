import { concatBytes, fromHex } from '../../shared/bytes.ts';
import { type InfoHash, infoHashFromHex } from '../../shared/info-hash.ts';
import { invariant } from '../../shared/invariant.ts';
import type { ShardSlice } from '../swarm/shard-of.ts';
import type { PublishedTorrent } from './published-torrent.ts';

/** A .torrent is kept in rows of this size: SQLite in a Durable Object takes 2 MB a row. */
const CHUNK_BYTES = 1_000_000;

/** A type alias, because SQL rows need an index signature, which an interface has not. */
type TorrentRow = {
  info_hash: string;
  name: string;
  size_bytes: number;
  file_count: number;
  published_at: number;
};

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS torrents (
    info_hash TEXT PRIMARY KEY, name TEXT NOT NULL, size_bytes INTEGER NOT NULL, file_count INTEGER NOT NULL,
    published_at INTEGER NOT NULL
  ) WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS torrents_by_age ON torrents (published_at);
  CREATE TABLE IF NOT EXISTS torrent_chunks (
    info_hash TEXT NOT NULL, chunk INTEGER NOT NULL, bytes BLOB NOT NULL, PRIMARY KEY (info_hash, chunk)
  ) WITHOUT ROWID;`;

/** Publications in SQLite. Every write is one transaction: a publication is there whole or not at all. */
export class TorrentStore {
  readonly #storage: DurableObjectStorage;

  constructor(storage: DurableObjectStorage) {
    this.#storage = storage;
    storage.sql.exec(SCHEMA);
  }

  /** Adds a publication or replaces its .torrent; whether it is new. When it was first published stays. */
  put(torrent: PublishedTorrent, bytes: Uint8Array): boolean {
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

  newest(count: number): PublishedTorrent[] {
    const query = 'SELECT * FROM torrents ORDER BY published_at DESC, info_hash LIMIT ?';
    return this.#storage.sql.exec<TorrentRow>(query, count).toArray().map(parseTorrentRow);
  }

  /** The info-hashes of a slice, 20 bytes each. */
  infoHashesIn(slice: ShardSlice): Uint8Array {
    const query = 'SELECT info_hash FROM torrents WHERE info_hash >= ? AND info_hash < ?';
    const rows = this.#storage.sql
      .exec<{ info_hash: string }>(query, hexByte(slice.firstByte), `${hexByte(slice.lastByte)}g`)
      .toArray();
    return fromHex(rows.map((row) => row.info_hash).join('')) ?? new Uint8Array();
  }

  #deleteChunks(infoHash: InfoHash): void {
    this.#storage.sql.exec('DELETE FROM torrent_chunks WHERE info_hash = ?', infoHash);
  }
}

/** Two digits; `g` after them sorts behind every hash that starts with them. */
function hexByte(byte: number): string {
  return byte.toString(16).padStart(2, '0');
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
  };
}
