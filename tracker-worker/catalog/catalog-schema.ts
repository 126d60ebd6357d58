/**
 * The catalogue's tables. An info-hash is 40 hex digits, so that it reads well in a console and sorts as its bytes do.
 *
 * - `torrents` and `torrent_chunks`: publications and their .torrent files.
 * - `listings`: the block list and the allow list; an info-hash may be on both, and then the block wins.
 * - `counted_downloads`: the last counts that were taken from each shard.
 */
const SCHEMA = `
  CREATE TABLE IF NOT EXISTS torrents (
    info_hash TEXT PRIMARY KEY, name TEXT NOT NULL, size_bytes INTEGER NOT NULL, file_count INTEGER NOT NULL,
    published_at INTEGER NOT NULL, downloads INTEGER NOT NULL DEFAULT 0
  ) WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS torrents_by_age ON torrents (published_at);
  CREATE TABLE IF NOT EXISTS torrent_chunks (
    info_hash TEXT NOT NULL, chunk INTEGER NOT NULL, bytes BLOB NOT NULL, PRIMARY KEY (info_hash, chunk)
  ) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS listings (
    list TEXT NOT NULL, info_hash TEXT NOT NULL, reason TEXT, listed_at INTEGER NOT NULL, PRIMARY KEY (list, info_hash)
  ) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS counted_downloads (
    shard TEXT PRIMARY KEY, sequence INTEGER NOT NULL
  ) WITHOUT ROWID;`;

const HAS_DOWNLOADS = `SELECT 1 FROM pragma_table_info('torrents') WHERE name = 'downloads'`;

/** Makes the tables, or brings those of an earlier release up to date; what they hold stays. */
export function prepareCatalogTables(storage: DurableObjectStorage): void {
  storage.transactionSync(() => {
    storage.sql.exec(SCHEMA);
    if (storage.sql.exec(HAS_DOWNLOADS).toArray().length > 0) return;
    storage.sql.exec('ALTER TABLE torrents ADD COLUMN downloads INTEGER NOT NULL DEFAULT 0');
  });
}
