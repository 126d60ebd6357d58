import type { DatabaseSync } from 'node:sqlite';
import type { InfoHash } from '../../shared/info-hash.ts';
import { inTransaction } from '../jobs/box-database.ts';

/** How bytes leave: to peers over TCP or WebRTC, or as a web seed. */
export type TransferWay = 'tcp' | 'webrtc' | 'http';
export type TransferredBytes = Readonly<Record<TransferWay, number>>;

/** A crash loses what was sent in so long. */
const WRITE_INTERVAL_MS = 60_000;
/** Torrents whose new bytes are kept in memory; more of them are written down at once. */
const MAX_UNWRITTEN = 10_000;

/**
 * Bytes sent of each torrent since it is seeded, by the way that they went.
 *
 * Invariant: memory holds only what was sent since it was last written down, of torrents that any was sent of.
 */
export class TransferTotals {
  readonly #database: DatabaseSync;
  readonly #unwritten = new Map<InfoHash, Record<TransferWay, number>>();
  readonly #timer: NodeJS.Timeout;

  constructor(database: DatabaseSync) {
    this.#database = database;
    this.#timer = setInterval(() => this.write(), WRITE_INTERVAL_MS);
  }

  /** `infoHash`: the swarm that the torrent is filed under. */
  count(infoHash: InfoHash, way: TransferWay, bytes: number): void {
    let sent = this.#unwritten.get(infoHash);
    if (sent === undefined) {
      if (this.#unwritten.size >= MAX_UNWRITTEN) this.write();
      sent = { tcp: 0, webrtc: 0, http: 0 };
      this.#unwritten.set(infoHash, sent);
    }
    sent[way] += bytes;
  }

  of(infoHash: InfoHash): TransferredBytes {
    const row = this.#database.prepare('SELECT * FROM transfers WHERE info_hash = ?').get(infoHash);
    const sent = this.#unwritten.get(infoHash);
    return {
      tcp: Number(row?.['tcp_bytes'] ?? 0) + (sent?.tcp ?? 0),
      webrtc: Number(row?.['webrtc_bytes'] ?? 0) + (sent?.webrtc ?? 0),
      http: Number(row?.['http_bytes'] ?? 0) + (sent?.http ?? 0),
    };
  }

  write(): void {
    if (this.#unwritten.size === 0) return;
    inTransaction(this.#database, () => {
      const add = this.#database.prepare(
        `INSERT INTO transfers VALUES (?1, ?2, ?3, ?4) ON CONFLICT (info_hash) DO UPDATE SET
           tcp_bytes = tcp_bytes + ?2, webrtc_bytes = webrtc_bytes + ?3, http_bytes = http_bytes + ?4`,
      );
      for (const [infoHash, { tcp, webrtc, http }] of this.#unwritten) {
        add.run(infoHash, tcp, webrtc, http);
      }
    });
    this.#unwritten.clear();
  }

  stop(): void {
    clearInterval(this.#timer);
    this.write();
  }
}
