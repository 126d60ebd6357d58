/** How the edge was doing in one stretch of time. */
export interface Sample {
  /** When the stretch began. */
  readonly atSeconds: number;
  /** The most at one moment of it, all swarms together. */
  readonly seeders: number;
  readonly leechers: number;
  /** What all seed boxes sent in it: to peers, and over HTTP. */
  readonly peerBytes: number;
  readonly webSeedBytes: number;
}

/** What a seed box has sent since it was set up, or since it lost count. */
export interface SentTotals {
  readonly peerBytes: number;
  readonly webSeedBytes: number;
}

/** Samples are this long. */
export const SAMPLE_SECONDS = 900;
/** They are kept so long, which is 2,880 rows. */
const KEPT_SECONDS: number = 30 * 86_400;
/** Seed boxes whose totals are remembered: no more than can report, and those that were replaced of late. */
const MAX_EVERSEED_TOTALS = 200;

/** A type alias, because SQL rows need an index signature, which an interface has not. */
type SampleRow = {
  at: number;
  seeders: number;
  leechers: number;
  peer_bytes: number;
  web_seed_bytes: number;
};

/** How the edge was doing over the last 30 days, in SQLite. */
export class HistoryStore {
  readonly #storage: DurableObjectStorage;

  constructor(storage: DurableObjectStorage) {
    this.#storage = storage;
  }

  /** Counts of all swarms together, now. */
  recordPeers(seeders: number, leechers: number, nowSeconds: number): void {
    const { sql } = this.#storage;
    this.#storage.transactionSync(() => {
      const at = this.#openSample(nowSeconds);
      const update =
        'UPDATE samples SET seeders = max(seeders, ?), leechers = max(leechers, ?) WHERE at = ?';
      sql.exec(update, seeders, leechers, at);
      sql.exec('DELETE FROM samples WHERE at < ?', nowSeconds - KEPT_SECONDS);
    });
  }

  /** What a seed box has sent by now; what it had sent by its last report is not counted again. */
  recordTraffic(everseedId: string, totals: SentTotals, nowSeconds: number): void {
    const { sql } = this.#storage;
    this.#storage.transactionSync(() => {
      const [before] = sql
        .exec<{ peer_bytes: number; web_seed_bytes: number }>(
          'SELECT peer_bytes, web_seed_bytes FROM everseed_totals WHERE id = ?',
          everseedId,
        )
        .toArray();
      const remember = `
        INSERT OR REPLACE INTO everseed_totals (id, peer_bytes, web_seed_bytes, seen_at) VALUES (?, ?, ?, ?)`;
      sql.exec(remember, everseedId, totals.peerBytes, totals.webSeedBytes, nowSeconds);
      const forget = `
        DELETE FROM everseed_totals WHERE id NOT IN (SELECT id FROM everseed_totals ORDER BY seen_at DESC LIMIT ?)`;
      sql.exec(forget, MAX_EVERSEED_TOTALS);
      // What one that is new here had sent before is no traffic of today's.
      if (before === undefined) return;
      const at = this.#openSample(nowSeconds);
      sql.exec(
        'UPDATE samples SET peer_bytes = peer_bytes + ?, web_seed_bytes = web_seed_bytes + ? WHERE at = ?',
        growth(before.peer_bytes, totals.peerBytes),
        growth(before.web_seed_bytes, totals.webSeedBytes),
        at,
      );
    });
  }

  /** Samples of `stepSeconds` each, from the one that holds `fromSeconds` on; a stretch without any is left out. */
  samples(fromSeconds: number, stepSeconds: number): Sample[] {
    // A number is bound as a float, which divides differently.
    const query = `
      WITH asked (step, since) AS (SELECT CAST(? AS INTEGER), CAST(? AS INTEGER))
      SELECT samples.at / step * step AS at, max(seeders) AS seeders, max(leechers) AS leechers,
        sum(peer_bytes) AS peer_bytes, sum(web_seed_bytes) AS web_seed_bytes
      FROM samples, asked WHERE samples.at >= since / step * step GROUP BY 1 ORDER BY 1`;
    return this.#storage.sql
      .exec<SampleRow>(query, stepSeconds, fromSeconds)
      .toArray()
      .map((row) => ({
        atSeconds: row.at,
        seeders: row.seeders,
        leechers: row.leechers,
        peerBytes: row.peer_bytes,
        webSeedBytes: row.web_seed_bytes,
      }));
  }

  #openSample(nowSeconds: number): number {
    const at = Math.floor(nowSeconds / SAMPLE_SECONDS) * SAMPLE_SECONDS;
    this.#storage.sql.exec('INSERT OR IGNORE INTO samples (at) VALUES (?)', at);
    return at;
  }
}

/** A seed box that started anew counts from zero. */
function growth(before: number, now: number): number {
  return now >= before ? now - before : now;
}
