import { DatabaseSync } from 'node:sqlite';
import {
  hashesFiledUnder,
  type InfoHash,
  type InfoHashes,
  infoHashFromHex,
  infoHashV2FromHex,
  swarmsOf,
} from '../../shared/info-hash.ts';
import { invariant } from '../../shared/invariant.ts';
import { swarmKey } from '../engine/encryption-keys.ts';
import { sha1 } from '../hashing/sha1.ts';

/** A file as it was when it was hashed. */
export interface LibraryFile {
  /** Absolute. */
  readonly path: string;
  readonly sizeBytes: number;
  readonly modifiedNs: bigint;
}

/** A torrent that the seed box serves until it is told otherwise. */
export interface LibraryTorrent {
  readonly hashes: InfoHashes;
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

/**
 * A torrent is filed under its first swarm; `info_hash_v2` is whole, and null in a v1 torrent. `swarms` has a row for
 * each of its swarms, found by what encrypted handshakes name it by.
 */
const SCHEMA = `
  CREATE TABLE IF NOT EXISTS torrents (
    info_hash TEXT PRIMARY KEY,
    info_hash_v2 TEXT,
    name TEXT NOT NULL,
    root_path TEXT NOT NULL,
    metainfo BLOB NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS files (
    info_hash TEXT NOT NULL REFERENCES torrents (info_hash) ON DELETE CASCADE,
    file_index INTEGER NOT NULL,
    path TEXT NOT NULL,
    size_bytes INTEGER NOT NULL,
    modified_ns INTEGER NOT NULL,
    PRIMARY KEY (info_hash, file_index)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS swarms (
    swarm_key BLOB NOT NULL,
    swarm TEXT NOT NULL,
    info_hash TEXT NOT NULL REFERENCES torrents (info_hash) ON DELETE CASCADE,
    PRIMARY KEY (swarm_key, info_hash)
  ) STRICT, WITHOUT ROWID;
`;
const INDEXES = `
  CREATE INDEX IF NOT EXISTS torrents_by_root ON torrents (root_path);
  CREATE INDEX IF NOT EXISTS torrents_by_v2 ON torrents (info_hash_v2);
  CREATE INDEX IF NOT EXISTS swarms_by_torrent ON swarms (info_hash);
`;
/** Those that an earlier release added. */
const WITHOUT_SWARMS = `
  SELECT info_hash, info_hash_v2 FROM torrents
  WHERE NOT EXISTS (SELECT 1 FROM swarms WHERE swarms.info_hash = torrents.info_hash)
`;
/** Asked for each encrypted connection, of however many torrents. */
export const FIND_SWARM = 'SELECT swarm FROM swarms WHERE swarm_key = ? LIMIT 1';
const HAS_V2 = "SELECT 1 FROM pragma_table_info('torrents') WHERE name = 'info_hash_v2'";

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
      this.#prepareTables();
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
      const [infoHash] = swarmsOf(torrent.hashes);
      this.remove(infoHash);
      this.#database
        .prepare(
          'INSERT INTO torrents (info_hash, info_hash_v2, name, root_path, metainfo) VALUES (?, ?, ?, ?, ?)',
        )
        .run(
          infoHash,
          torrent.hashes.v2 ?? null,
          torrent.name,
          torrent.rootPath,
          torrent.metainfoBytes,
        );
      const insertFile = this.#database.prepare(
        'INSERT INTO files (info_hash, file_index, path, size_bytes, modified_ns) VALUES (?, ?, ?, ?, ?)',
      );
      for (const [index, file] of torrent.files.entries()) {
        insertFile.run(infoHash, index, file.path, file.sizeBytes, file.modifiedNs);
      }
      this.#addSwarms(torrent.hashes);
      this.#database.exec('COMMIT');
    } catch (error) {
      this.#database.exec('ROLLBACK');
      throw error;
    }
  }

  /** Forgets the torrent that is filed under this swarm. */
  remove(infoHash: InfoHash): void {
    this.#database.prepare('DELETE FROM torrents WHERE info_hash = ?').run(infoHash);
  }

  /** The swarm that each torrent is filed under. */
  infoHashes(): InfoHash[] {
    return this.#database
      .prepare('SELECT info_hash FROM torrents ORDER BY info_hash')
      .all()
      .map((row) => readInfoHash(row['info_hash']));
  }

  /** The next ones behind `after`, which need not be one itself, in the order of their digits. */
  infoHashesAfter(after: string, limit: number): InfoHash[] {
    return this.#database
      .prepare('SELECT info_hash FROM torrents WHERE info_hash > ? ORDER BY info_hash LIMIT ?')
      .all(after, limit)
      .map((row) => readInfoHash(row['info_hash']));
  }

  count(): number {
    const row = this.#database.prepare('SELECT count(*) AS torrents FROM torrents').get();
    return Number(row?.['torrents'] ?? 0);
  }

  /** The torrent with this swarm, its first or its second. */
  find(swarm: InfoHash): LibraryTorrent | undefined {
    const row = this.#database
      .prepare(
        // A swarm of v2 is the start of its info-hash (BEP 52): behind all digits comes the letter g.
        `SELECT * FROM torrents WHERE info_hash = ?1 OR info_hash_v2 BETWEEN ?1 AND ?1 || 'g' LIMIT 1`,
      )
      .get(swarm);
    return row === undefined ? undefined : this.#readTorrent(row);
  }

  /** The swarm with that key, `swarmKey()`. */
  findSwarm(key: Uint8Array): InfoHash | undefined {
    const row = this.#database.prepare(FIND_SWARM).get(key);
    return row === undefined ? undefined : readInfoHash(row['swarm']);
  }

  /** What was published from that absolute path, if anything. */
  findByRoot(rootPath: string): LibraryTorrent[] {
    return this.#database
      .prepare('SELECT * FROM torrents WHERE root_path = ?')
      .all(rootPath)
      .map((row) => this.#readTorrent(row));
  }

  close(): void {
    this.#database.close();
  }

  /** Makes the tables, or brings those of an earlier release up to date. */
  #prepareTables(): void {
    this.#database.exec(`BEGIN IMMEDIATE; ${SCHEMA}`);
    const hasV2 = this.#database.prepare(HAS_V2).get() !== undefined;
    if (!hasV2) this.#database.exec('ALTER TABLE torrents ADD COLUMN info_hash_v2 TEXT');
    this.#database.exec(INDEXES);
    for (const row of this.#database.prepare(WITHOUT_SWARMS).all()) {
      this.#addSwarms(readHashes(readInfoHash(row['info_hash']), row['info_hash_v2']));
    }
    this.#database.exec('COMMIT');
  }

  #addSwarms(hashes: InfoHashes): void {
    const [infoHash] = swarmsOf(hashes);
    const insert = this.#database.prepare(
      'INSERT INTO swarms (swarm_key, swarm, info_hash) VALUES (?, ?, ?)',
    );
    for (const swarm of swarmsOf(hashes)) insert.run(swarmKey(swarm, sha1), swarm, infoHash);
  }

  #readTorrent(row: Record<string, unknown>): LibraryTorrent {
    const infoHash = readInfoHash(row['info_hash']);
    const statement = this.#database.prepare(
      'SELECT path, size_bytes, modified_ns FROM files WHERE info_hash = ? ORDER BY file_index',
    );
    // Nanoseconds since 1970 are beyond 2^53.
    statement.setReadBigInts(true);
    return {
      hashes: readHashes(infoHash, row['info_hash_v2']),
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

function readHashes(infoHash: InfoHash, v2Hex: unknown): InfoHashes {
  if (v2Hex === null) return hashesFiledUnder(infoHash, undefined);
  const v2 = infoHashV2FromHex(readText(v2Hex));
  invariant(v2 !== undefined, 'the library stores v2 info-hashes in hex');
  return hashesFiledUnder(infoHash, v2);
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
