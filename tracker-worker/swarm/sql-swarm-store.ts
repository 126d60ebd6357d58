import type { InfoHash } from '../../shared/info-hash.ts';
import { decodeSeats, encodeSeats } from './seat-codec.ts';
import type { SavedSwarm, SwarmStore } from './swarm-store.ts';

/**
 * Swarms in SQLite, a row each: the seats are one BLOB, so that a flush writes one row however many peers
 * announced. `expires_at` is when the last seat has expired, and NULL where there is none.
 */
export class SqlSwarmStore implements SwarmStore {
  readonly #sql: SqlStorage;
  readonly #expirySeconds: number;

  constructor(sql: SqlStorage, expirySeconds: number) {
    this.#sql = sql;
    this.#expirySeconds = expirySeconds;
    sql.exec(`CREATE TABLE IF NOT EXISTS swarms (
      info_hash TEXT PRIMARY KEY, downloads INTEGER NOT NULL, seats BLOB, expires_at INTEGER
    ) WITHOUT ROWID`);
  }

  load(infoHash: InfoHash): SavedSwarm | undefined {
    const [row] = this.#sql
      .exec<{
        downloads: number;
        seats: ArrayBuffer | null;
      }>('SELECT downloads, seats FROM swarms WHERE info_hash = ?', infoHash)
      .toArray();
    if (row === undefined) return undefined;
    // Seats of an older layout are soft state, told again within one interval: the downloads are not.
    const seats = row.seats === null ? [] : (decodeSeats(new Uint8Array(row.seats)) ?? []);
    return { downloads: row.downloads, seats };
  }

  save(infoHash: InfoHash, swarm: SavedSwarm): void {
    const { seats, downloads } = swarm;
    if (seats.length === 0 && downloads === 0) {
      this.#sql.exec('DELETE FROM swarms WHERE info_hash = ?', infoHash);
      return;
    }
    const lastSeen = seats.reduce((last, seat) => Math.max(last, seat.seenAtSeconds), 0);
    this.#sql.exec(
      'INSERT OR REPLACE INTO swarms (info_hash, downloads, seats, expires_at) VALUES (?, ?, ?, ?)',
      infoHash,
      downloads,
      seats.length === 0 ? null : encodeSeats(seats).buffer,
      seats.length === 0 ? null : lastSeen + this.#expirySeconds,
    );
  }

  expire(now: number): void {
    this.#sql.exec('DELETE FROM swarms WHERE expires_at <= ? AND downloads = 0', now);
    this.#sql.exec('UPDATE swarms SET seats = NULL, expires_at = NULL WHERE expires_at <= ?', now);
  }

  nextExpirySeconds(): number | undefined {
    const query = 'SELECT MIN(expires_at) AS first FROM swarms';
    return this.#sql.exec<{ first: number | null }>(query).one().first ?? undefined;
  }

  count(): number {
    return this.#sql.exec<{ rows: number }>('SELECT COUNT(*) AS rows FROM swarms').one().rows;
  }
}
