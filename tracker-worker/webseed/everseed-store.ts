import { invariant } from '../../shared/invariant.ts';
import { encodeUtf8 } from '../../shared/text.ts';
import {
  EVERSEED_EXPIRES_SECONDS,
  type Everseed,
  type EverseedOutcome,
  MAX_EVERSEEDS,
} from './everseed.ts';

import { parseEverseedReport } from './parse-everseed.ts';

/** A type alias, because SQL rows need an index signature, which an interface has not. */
type EverseedRow = {
  id: string;
  /** An `EverseedReport` in JSON. */
  report: string;
  seen_at: number;
};

/** The seed boxes in SQLite: at most `MAX_EVERSEEDS`, none of them long silent. */
export class EverseedStore {
  readonly #storage: DurableObjectStorage;

  constructor(storage: DurableObjectStorage) {
    this.#storage = storage;
  }

  /** Keeps what a seed box reports in place of what it reported before, and forgets those that are gone. */
  put({ id, seenAtSeconds, ...reported }: Everseed): EverseedOutcome {
    const { sql } = this.#storage;
    return this.#storage.transactionSync(() => {
      sql.exec('DELETE FROM everseeds WHERE seen_at < ?', oldestSeenAt(seenAtSeconds));
      const isKnown = sql.exec('SELECT 1 FROM everseeds WHERE id = ?', id).toArray().length > 0;
      const { count } = sql
        .exec<{ count: number }>('SELECT count(*) AS count FROM everseeds')
        .one();
      if (!isKnown && count >= MAX_EVERSEEDS) return 'too-many';
      const report = JSON.stringify(reported);
      sql.exec(
        'INSERT OR REPLACE INTO everseeds (id, report, seen_at) VALUES (?, ?, ?)',
        id,
        report,
        seenAtSeconds,
      );
      return isKnown ? 'known' : 'new';
    });
  }

  /** Those that reported of late, the latest first. */
  live(nowSeconds: number): Everseed[] {
    const query = 'SELECT * FROM everseeds WHERE seen_at >= ? ORDER BY seen_at DESC, id';
    return this.#storage.sql
      .exec<EverseedRow>(query, oldestSeenAt(nowSeconds))
      .toArray()
      .map(parseEverseedRow);
  }
}

function parseEverseedRow({ id, report, seen_at: seenAtSeconds }: EverseedRow): Everseed {
  const parsed = parseEverseedReport(encodeUtf8(report));
  invariant(parsed.ok, 'the catalogue keeps only what was parsed');
  return { id, seenAtSeconds, ...parsed.value };
}

function oldestSeenAt(nowSeconds: number): number {
  return nowSeconds - EVERSEED_EXPIRES_SECONDS;
}
