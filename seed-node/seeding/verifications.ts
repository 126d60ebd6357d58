import type { DatabaseSync } from 'node:sqlite';
import type { InfoHash } from '../../shared/info-hash.ts';

/** When torrents were last compared with the disk, and how that ended. */
export class Verifications {
  readonly #database: DatabaseSync;

  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  put(infoHash: InfoHash, atMs: number, badPieces: number): void {
    this.#database
      .prepare('INSERT OR REPLACE INTO verifications VALUES (?, ?, ?)')
      .run(infoHash, atMs, badPieces);
  }

  of(infoHash: InfoHash): { readonly atMs: number; readonly badPieces: number } | undefined {
    const row = this.#database
      .prepare('SELECT * FROM verifications WHERE info_hash = ?')
      .get(infoHash);
    if (row === undefined) return undefined;
    return { atMs: Number(row['verified_at_ms']), badPieces: Number(row['bad_pieces']) };
  }
}
