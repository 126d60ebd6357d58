import { concatBytes } from '../../shared/bytes.ts';
import { type InfoHash, infoHashFromHex, swarmsOf } from '../../shared/info-hash.ts';
import type { Description, NewTorrent, PublishedTorrent } from './published-torrent.ts';
import { type ListingQuery, TorrentSearch, type TorrentPage } from './torrent-search.ts';
import { parseTorrentRow, type TorrentRow } from './torrent-row.ts';

/** A .torrent is kept in rows of this size: SQLite in a Durable Object takes 2 MB a row. */
const CHUNK_BYTES = 1_000_000;

/** Publications in SQLite, blocked ones included. Every write is one transaction: a publication is there whole or not at all. */
export class TorrentStore {
  readonly #storage: DurableObjectStorage;
  readonly #search: TorrentSearch;

  constructor(storage: DurableObjectStorage) {
    this.#storage = storage;
    this.#search = new TorrentSearch(storage.sql);
  }

  /** Adds a publication or replaces its .torrent; whether it is new. When and by whom it was first published stays. */
  put(torrent: NewTorrent, bytes: Uint8Array): boolean {
    return this.#storage.transactionSync(() => {
      const [infoHash, twin] = swarmsOf(torrent.hashes);
      const isNew = this.find(infoHash) === undefined;
      if (isNew) {
        const insert = `
          INSERT INTO torrents (info_hash, info_hash_v2, name, size_bytes, file_count, published_at, publisher)
          VALUES (?, ?, ?, ?, ?, ?, ?)`;
        this.#storage.sql.exec(
          insert,
          infoHash,
          torrent.hashes.v2 ?? null,
          torrent.name,
          torrent.sizeBytes,
          torrent.fileCount,
          torrent.publishedAtSeconds,
          torrent.publisher,
        );
        this.#search.index(infoHash);
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

  /** Takes over what a publisher says, key by key; what the publication is then, or undefined where there is none. */
  describe(
    swarm: InfoHash,
    change: Partial<Description>,
    nowSeconds: number,
  ): PublishedTorrent | undefined {
    return this.#storage.transactionSync(() => {
      const known = this.find(swarm);
      if (known === undefined) return undefined;
      const [infoHash] = swarmsOf(known.hashes);
      const { title, description, publisher, addedWebSeeds, addedTrackers } = {
        ...known,
        ...change,
      };
      const update = `
        UPDATE torrents SET title = ?, description = ?, publisher = ?, added_web_seeds = ?, added_trackers = ?, updated_at = ?
        WHERE info_hash = ?`;
      const lists = [JSON.stringify(addedWebSeeds), JSON.stringify(addedTrackers)];
      this.#storage.sql.exec(update, title, description, publisher, ...lists, nowSeconds, infoHash);
      this.#search.index(infoHash);
      return this.find(infoHash);
    });
  }

  delete(swarm: InfoHash): boolean {
    return this.#storage.transactionSync(() => {
      const infoHash = this.#filedUnder(swarm);
      const existed = this.find(infoHash) !== undefined;
      this.#search.remove(infoHash);
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

  /** A page of those that are not blocked. */
  page(query: ListingQuery): TorrentPage {
    return this.#search.page(query);
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
