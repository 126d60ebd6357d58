import type { CountedDownloads } from '../swarm/download-counts.ts';

/** Adds what the shards report to the publications' counters, each report once, however often it is sent. */
export class DownloadLedger {
  readonly #storage: DurableObjectStorage;

  constructor(storage: DurableObjectStorage) {
    this.#storage = storage;
  }

  /**
   * Takes a shard's report over, unless one with this sequence number or a later one has been. What is not published
   * has no counter, and its downloads are passed over. A hybrid has one for each of its swarms.
   */
  count(shard: string, sequence: number, counts: readonly CountedDownloads[]): void {
    const { sql } = this.#storage;
    this.#storage.transactionSync(() => {
      const [last] = sql
        .exec<{ sequence: number }>('SELECT sequence FROM counted_downloads WHERE shard = ?', shard)
        .toArray();
      if (last !== undefined && sequence <= last.sequence) return;
      for (const { infoHash, downloads } of counts) {
        const add = 'UPDATE torrents SET downloads = downloads + ? WHERE info_hash = ?';
        sql.exec(add, downloads, infoHash);
        const addToTwin = `
          UPDATE torrents SET twin_downloads = twin_downloads + ?
          WHERE info_hash = (SELECT twin FROM twins WHERE info_hash = ?)`;
        sql.exec(addToTwin, downloads, infoHash);
      }
      const remember = `
        INSERT INTO counted_downloads (shard, sequence) VALUES (?, ?)
        ON CONFLICT (shard) DO UPDATE SET sequence = excluded.sequence`;
      sql.exec(remember, shard, sequence);
    });
  }
}
