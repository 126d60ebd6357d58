import { DatabaseSync } from 'node:sqlite';
import { type InfoHash, infoHashFromHex } from '../../shared/info-hash.ts';
import { invariant } from '../../shared/invariant.ts';

/** A file as it was when it was hashed. */
export interface LibraryFile {
  /** Absolute. */
  readonly path: string;
  readonly sizeBytes: number;
  readonly modifiedNs: bigint;
}

/** A torrent that the seed box serves until it is told otherwise. */
export interface LibraryTorrent {
  readonly infoHash: InfoHash;
  readonly name: string;
  /** What was published: the absolute path of a file or folder. */
  readonly rootPath: string;
  /** The .torrent. */
  readonly metainfoBytes: Uint8Array;
  /** In the torrent's order. */
  readonly files: readonly LibraryFile[];
}

/** Another process holds the library of this data directory. */
export class LibraryInUse extends Error {}

/** A predecessor that is just ending gets so long to let the library go. */
const LOCK_TIMEOUT_MS = 5_000;

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS torrents (
    info_hash TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    root_path TEXT NOT NULL,
    metainfo BLOB NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS torrents_by_root ON torrents (root_path);
  CREATE TABLE IF NOT EXISTS files (
    info_hash TEXT NOT NULL REFERENCES torrents (info_hash) ON DELETE CASCADE,
    file_index INTEGER NOT NULL,
    path TEXT NOT NULL,
    size_bytes INTEGER NOT NULL,
    modified_ns INTEGER NOT NULL,
    PRIMARY KEY (info_hash, file_index)
  ) STRICT, WITHOUT ROWID;
`;

/**
 * The index of what is seeded, in one SQLite file.
 *
 * Invariants: a torrent is in it whole or not at all, and is on the disk when `add` returns (invariant 13);
 * one process at a time has it open.
 */
export class Library {
  readonly #database: DatabaseSync;

  /** Opens or makes the library. Throws `LibraryInUse` while another process has it. */
  constructor(path: string) {
    this.#database = new DatabaseSync(path, { timeout: LOCK_TIMEOUT_MS });
    try {
      this.#database.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL');
      this.#database.exec('PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON');
      this.#database.exec(`BEGIN IMMEDIATE; ${SCHEMA} COMMIT`);
    } catch (error) {
      this.#database.close();
      const isLocked = error instanceof Error && /locked|busy/i.test(error.message);
      if (isLocked) throw new LibraryInUse(`Another seed box uses ${path}`, { cause: error });
      throw error;
    }
  }

  /** Keeps a torrent; the same one again replaces what is known of its files. */
  add(torrent: LibraryTorrent): void {
    this.#database.exec('BEGIN IMMEDIATE');
    try {
      this.remove(torrent.infoHash);
      this.#database
        .prepare('INSERT INTO torrents (info_hash, name, root_path, metainfo) VALUES (?, ?, ?, ?)')
        .run(torrent.infoHash, torrent.name, torrent.rootPath, torrent.metainfoBytes);
      const insertFile = this.#database.prepare(
        'INSERT INTO files (info_hash, file_index, path, size_bytes, modified_ns) VALUES (?, ?, ?, ?, ?)',
      );
      for (const [index, file] of torrent.files.entries()) {
        insertFile.run(torrent.infoHash, index, file.path, file.sizeBytes, file.modifiedNs);
      }
      this.#database.exec('COMMIT');
    } catch (error) {
      this.#database.exec('ROLLBACK');
      throw error;
    }
  }

  remove(infoHash: InfoHash): void {
    this.#database.prepare('DELETE FROM torrents WHERE info_hash = ?').run(infoHash);
  }

  infoHashes(): InfoHash[] {
    return this.#database
      .prepare('SELECT info_hash FROM torrents ORDER BY info_hash')
      .all()
      .map((row) => readInfoHash(row['info_hash']));
  }

  count(): number {
    const row = this.#database.prepare('SELECT count(*) AS torrents FROM torrents').get();
    return Number(row?.['torrents'] ?? 0);
  }

  find(infoHash: InfoHash): LibraryTorrent | undefined {
    const row = this.#database
      .prepare('SELECT info_hash, name, root_path, metainfo FROM torrents WHERE info_hash = ?')
      .get(infoHash);
    return row === undefined ? undefined : this.#readTorrent(row);
  }

  /** What was published from that absolute path, if anything. */
  findByRoot(rootPath: string): LibraryTorrent[] {
    return this.#database
      .prepare('SELECT info_hash, name, root_path, metainfo FROM torrents WHERE root_path = ?')
      .all(rootPath)
      .map((row) => this.#readTorrent(row));
  }

  close(): void {
    this.#database.close();
  }

  #readTorrent(row: Record<string, unknown>): LibraryTorrent {
    const infoHash = readInfoHash(row['info_hash']);
    const statement = this.#database.prepare(
      'SELECT path, size_bytes, modified_ns FROM files WHERE info_hash = ? ORDER BY file_index',
    );
    // Nanoseconds since 1970 are beyond 2^53.
    statement.setReadBigInts(true);
    return {
      infoHash,
      name: readText(row['name']),
      rootPath: readText(row['root_path']),
      metainfoBytes: readBytes(row['metainfo']),
      files: statement.all(infoHash).map((file) => ({
        path: readText(file['path']),
        sizeBytes: Number(file['size_bytes']),
        modifiedNs: readBigInt(file['modified_ns']),
      })),
    };
  }
}

function readInfoHash(value: unknown): InfoHash {
  const infoHash = infoHashFromHex(readText(value));
  invariant(infoHash !== undefined, 'the library stores info-hashes in hex');
  return infoHash;
}

function readText(value: unknown): string {
  invariant(typeof value === 'string', 'the column holds text');
  return value;
}

function readBigInt(value: unknown): bigint {
  invariant(typeof value === 'bigint', 'the column holds an integer');
  return value;
}

function readBytes(value: unknown): Uint8Array {
  invariant(value instanceof Uint8Array, 'the column holds bytes');
  return value;
}
