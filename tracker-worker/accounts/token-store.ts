import { type AccessToken, type AddTokenOutcome, MAX_ACCESS_TOKENS } from './access-token.ts';
import { SCOPES } from './scope.ts';

/** A type alias, because SQL rows need an index signature, which an interface has not. */
type TokenRow = {
  id: string;
  name: string;
  /** Words with a space between them. */
  scopes: string;
  created_at: number;
  last_used_day: number | null;
};

/** What is read of a row: never the hash. */
const COLUMNS = 'id, name, scopes, created_at, last_used_day';

/** The access tokens in SQLite: at most `MAX_ACCESS_TOKENS`, no two with one name. */
export class TokenStore {
  readonly #storage: DurableObjectStorage;

  constructor(storage: DurableObjectStorage) {
    this.#storage = storage;
  }

  /** Keeps a token under the hash of its text, in hexadecimal digits. */
  add({ id, name, scopes, createdAtSeconds }: AccessToken, hash: string): AddTokenOutcome {
    const { sql } = this.#storage;
    return this.#storage.transactionSync(() => {
      const named = sql.exec('SELECT 1 FROM access_tokens WHERE name = ?', name);
      if (named.toArray().length > 0) return 'name-taken';
      const { count } = sql
        .exec<{ count: number }>('SELECT count(*) AS count FROM access_tokens')
        .one();
      if (count >= MAX_ACCESS_TOKENS) return 'too-many';
      const insert = `
        INSERT INTO access_tokens (id, name, hash, scopes, created_at) VALUES (?, ?, ?, ?, ?)`;
      sql.exec(insert, id, name, hash, scopes.join(' '), createdAtSeconds);
      return 'added';
    });
  }

  delete(id: string): boolean {
    const query = 'DELETE FROM access_tokens WHERE id = ? RETURNING 1';
    return this.#storage.sql.exec(query, id).toArray().length > 0;
  }

  /** All of them, the oldest first. */
  all(): AccessToken[] {
    const query = `SELECT ${COLUMNS} FROM access_tokens ORDER BY created_at, id`;
    return this.#storage.sql.exec<TokenRow>(query).toArray().map(parseTokenRow);
  }

  /**
   * The token with this hash, used on this day. The database compares hashes byte by byte, and what time tells of a
   * hash tells nothing of the token.
   */
  use(by: 'id' | 'hash', value: string, day: number): AccessToken | undefined {
    const query = `SELECT ${COLUMNS} FROM access_tokens WHERE ${by} = ?`;
    const [row] = this.#storage.sql.exec<TokenRow>(query, value).toArray();
    if (row === undefined) return undefined;
    // One row written a day: every use is asked for, and writes are what costs.
    if (row.last_used_day !== day) {
      const update = 'UPDATE access_tokens SET last_used_day = ? WHERE id = ?';
      this.#storage.sql.exec(update, day, row.id);
    }
    return parseTokenRow({ ...row, last_used_day: day });
  }
}

function parseTokenRow(row: TokenRow): AccessToken {
  const words = row.scopes.split(' ');
  return {
    id: row.id,
    name: row.name,
    scopes: SCOPES.filter((scope) => words.includes(scope)),
    createdAtSeconds: row.created_at,
    lastUsedDay: row.last_used_day,
  };
}
