import { type InfoHash, infoHashFromHex } from '../../shared/info-hash.ts';
import { invariant } from '../../shared/invariant.ts';
import type { Listing, ListName } from './listing.ts';

/** A type alias, because SQL rows need an index signature, which an interface has not. */
type ListingRow = {
  info_hash: string;
  reason: string | null;
  listed_at: number;
};

/** The block list and the allow list in SQLite; they know nothing of each other. */
export class ListStore {
  readonly #storage: DurableObjectStorage;

  constructor(storage: DurableObjectStorage) {
    this.#storage = storage;
  }

  /** Puts an info-hash on a list, or gives it another reason; whether it is new there. When it was first listed stays. */
  put(list: ListName, { infoHash, reason, listedAtSeconds }: Listing): boolean {
    return this.#storage.transactionSync(() => {
      const isNew = this.find(list, infoHash) === undefined;
      const query = `
        INSERT INTO listings (list, info_hash, reason, listed_at) VALUES (?, ?, ?, ?)
        ON CONFLICT (list, info_hash) DO UPDATE SET reason = excluded.reason`;
      this.#storage.sql.exec(query, list, infoHash, reason, listedAtSeconds);
      return isNew;
    });
  }

  delete(list: ListName, infoHash: InfoHash): boolean {
    const query = 'DELETE FROM listings WHERE list = ? AND info_hash = ? RETURNING 1';
    return this.#storage.sql.exec(query, list, infoHash).toArray().length > 0;
  }

  find(list: ListName, infoHash: InfoHash): Listing | undefined {
    const query = 'SELECT * FROM listings WHERE list = ? AND info_hash = ?';
    const [row] = this.#storage.sql.exec<ListingRow>(query, list, infoHash).toArray();
    return row === undefined ? undefined : parseListingRow(row);
  }

  /** At most `limit` listings, ascending by info-hash, behind `after` or from the start. */
  page(list: ListName, after: InfoHash | undefined, limit: number): Listing[] {
    const query = `
      SELECT * FROM listings WHERE list = ? AND info_hash > ? ORDER BY info_hash LIMIT ?`;
    return this.#storage.sql
      .exec<ListingRow>(query, list, after ?? '', limit)
      .toArray()
      .map(parseListingRow);
  }
}

function parseListingRow(row: ListingRow): Listing {
  const infoHash = infoHashFromHex(row.info_hash);
  invariant(infoHash !== undefined, 'the lists keep whole info-hashes');
  return { infoHash, reason: row.reason, listedAtSeconds: row.listed_at };
}
