/**
 * The catalogue's tables. An info-hash is 40 hex digits, so that it reads well in a console and sorts as its bytes do.
 *
 * - `torrents` and `torrent_chunks`: publications and their .torrent files, filed under their first swarm.
 *   `info_hash_v2` has all 64 digits, and is null in a v1 torrent. `trackers` are the .torrent's, a line each;
 *   `added_web_seeds` and `added_trackers` are JSON lists.
 * - `search_rows` and `search_texts`: the words of publications, and which row of them is whose.
 * - `twins`: the two swarms of each hybrid that was ever published, both ways: which they are never changes.
 * - `listings`: the block list and the allow list; an info-hash may be on both, and then the block wins.
 * - `everseeds`: the seed boxes that reported, with their last report in JSON.
 * - `access_tokens`: who may do what; `hash` is the SHA-256 of a token's text, in hexadecimal digits.
 * - `counted_downloads`: the last counts that were taken from each shard.
 * - `samples`: how the edge was doing, a row each quarter of an hour. `everseed_totals`: the totals that each seed box
 *   reported last, of which the next report's are the growth.
 */
const SCHEMA = `
  CREATE TABLE IF NOT EXISTS torrents (
    info_hash TEXT PRIMARY KEY, name TEXT NOT NULL, size_bytes INTEGER NOT NULL, file_count INTEGER NOT NULL,
    published_at INTEGER NOT NULL, downloads INTEGER NOT NULL DEFAULT 0,
    info_hash_v2 TEXT, twin_downloads INTEGER NOT NULL DEFAULT 0, trackers TEXT NOT NULL DEFAULT '',
    title TEXT, description TEXT, publisher TEXT, added_web_seeds TEXT NOT NULL DEFAULT '[]',
    added_trackers TEXT NOT NULL DEFAULT '[]', updated_at INTEGER
  ) WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS torrents_by_age ON torrents (published_at);
  CREATE TABLE IF NOT EXISTS torrent_chunks (
    info_hash TEXT NOT NULL, chunk INTEGER NOT NULL, bytes BLOB NOT NULL, PRIMARY KEY (info_hash, chunk)
  ) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS twins (info_hash TEXT PRIMARY KEY, twin TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS listings (
    list TEXT NOT NULL, info_hash TEXT NOT NULL, reason TEXT, listed_at INTEGER NOT NULL, PRIMARY KEY (list, info_hash)
  ) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS everseeds (
    id TEXT PRIMARY KEY, report TEXT NOT NULL, seen_at INTEGER NOT NULL
  ) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS access_tokens (
    id TEXT PRIMARY KEY, name TEXT NOT NULL UNIQUE, hash TEXT NOT NULL UNIQUE, scopes TEXT NOT NULL,
    created_at INTEGER NOT NULL, last_used_day INTEGER
  ) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS counted_downloads (
    shard TEXT PRIMARY KEY, sequence INTEGER NOT NULL
  ) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS search_rows (number INTEGER PRIMARY KEY, info_hash TEXT NOT NULL UNIQUE);
  CREATE VIRTUAL TABLE IF NOT EXISTS search_texts USING fts5(
    name, title, description, publisher, tokenize = 'unicode61 remove_diacritics 2'
  );
  CREATE TABLE IF NOT EXISTS samples (
    at INTEGER PRIMARY KEY, seeders INTEGER NOT NULL DEFAULT 0, leechers INTEGER NOT NULL DEFAULT 0,
    peer_bytes INTEGER NOT NULL DEFAULT 0, web_seed_bytes INTEGER NOT NULL DEFAULT 0
  );
  CREATE TABLE IF NOT EXISTS everseed_totals (
    id TEXT PRIMARY KEY, peer_bytes INTEGER NOT NULL, web_seed_bytes INTEGER NOT NULL, seen_at INTEGER NOT NULL
  ) WITHOUT ROWID;`;

/** Columns of `torrents` that earlier releases did not have. */
const ADDED_COLUMNS = [
  ['downloads', 'INTEGER NOT NULL DEFAULT 0'],
  ['info_hash_v2', 'TEXT'],
  ['twin_downloads', 'INTEGER NOT NULL DEFAULT 0'],
  ['trackers', "TEXT NOT NULL DEFAULT ''"],
  ['title', 'TEXT'],
  ['description', 'TEXT'],
  ['publisher', 'TEXT'],
  ['added_web_seeds', "TEXT NOT NULL DEFAULT '[]'"],
  ['added_trackers', "TEXT NOT NULL DEFAULT '[]'"],
  ['updated_at', 'INTEGER'],
] as const;

/** Words of publications that an earlier release kept, which had no search. */
const UNSEARCHED = `
  INSERT INTO search_rows (info_hash)
    SELECT info_hash FROM torrents WHERE info_hash NOT IN (SELECT info_hash FROM search_rows) ORDER BY info_hash;
  INSERT INTO search_texts (rowid, name, title, description, publisher)
    SELECT number, name, title, description, publisher FROM search_rows NATURAL JOIN torrents
    WHERE number NOT IN (SELECT rowid FROM search_texts);`;

/** Makes the tables, or brings those of an earlier release up to date; what they hold stays. */
export function prepareCatalogTables(storage: DurableObjectStorage): void {
  storage.transactionSync(() => {
    storage.sql.exec(SCHEMA);
    for (const [column, type] of ADDED_COLUMNS) {
      const query = `SELECT 1 FROM pragma_table_info('torrents') WHERE name = ?`;
      if (storage.sql.exec(query, column).toArray().length > 0) continue;
      storage.sql.exec(`ALTER TABLE torrents ADD COLUMN ${column} ${type}`);
    }
    storage.sql.exec(UNSEARCHED);
  });
}
