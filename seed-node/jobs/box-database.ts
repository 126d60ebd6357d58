import { DatabaseSync } from 'node:sqlite';

/** A predecessor that is just ending gets so long to let it go. */
const LOCK_TIMEOUT_MS = 5_000;

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS jobs (
    id TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    state TEXT NOT NULL,
    account_id TEXT NOT NULL,
    account_name TEXT NOT NULL,
    name TEXT NOT NULL,
    size_bytes INTEGER NOT NULL,
    created_at_ms INTEGER NOT NULL,
    updated_at_ms INTEGER NOT NULL,
    error TEXT,
    info_hash TEXT,
    format TEXT,
    details TEXT,
    placed_path TEXT,
    placed_identity TEXT,
    publication TEXT,
    result TEXT
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS jobs_by_state ON jobs (state, updated_at_ms);
  CREATE INDEX IF NOT EXISTS jobs_by_account ON jobs (account_id, state);
  CREATE TABLE IF NOT EXISTS job_files (
    job_id TEXT NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
    file_index INTEGER NOT NULL,
    path TEXT NOT NULL,
    size_bytes INTEGER NOT NULL,
    uploaded_bytes INTEGER NOT NULL,
    PRIMARY KEY (job_id, file_index)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS transfers (
    info_hash TEXT PRIMARY KEY,
    tcp_bytes INTEGER NOT NULL,
    webrtc_bytes INTEGER NOT NULL,
    http_bytes INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS verifications (
    info_hash TEXT PRIMARY KEY,
    verified_at_ms INTEGER NOT NULL,
    bad_pieces INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
`;

/**
 * What the seed box remembers beside its library, in one SQLite file: jobs and their files, bytes that were sent, when
 * torrents were verified. What was committed survives any crash; one process at a time has it open.
 */
export function openBoxDatabase(path: string): DatabaseSync {
  const database = new DatabaseSync(path, { timeout: LOCK_TIMEOUT_MS });
  try {
    database.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL');
    database.exec('PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON');
    database.exec(`BEGIN IMMEDIATE; ${SCHEMA} COMMIT`);
  } catch (error) {
    database.close();
    throw error;
  }
  return database;
}

/** Runs `work` whole or not at all. */
export function inTransaction<T>(database: DatabaseSync, work: () => T): T {
  database.exec('BEGIN IMMEDIATE');
  try {
    const result = work();
    database.exec('COMMIT');
    return result;
  } catch (error) {
    database.exec('ROLLBACK');
    throw error;
  }
}
