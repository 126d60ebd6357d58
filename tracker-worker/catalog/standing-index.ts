import { type InfoHash, infoHashFromHex } from '../../shared/info-hash.ts';
import { invariant } from '../../shared/invariant.ts';
import type { ShardSlice } from '../swarm/shard-of.ts';
import { type StandingRecord, StandingRecordsWriter } from '../swarm/standing-records.ts';
import type { Standing } from '../swarm/standing.ts';

/** A call between objects returns 32 MiB at most, and a record has 25 bytes. */
const MAX_RECORDS_PER_SLICE = 1_300_000;

/** One mention of an info-hash: as a publication, its own or its twin's, or on a list. */
type MentionRow = {
  info_hash: string;
  /** What this mention alone says. */
  standing: Exclude<Standing, 'unknown'>;
  downloads: number;
};

// Each of them is read in the order of its key, so that they are merged as they are read: nothing is sorted.
const MENTIONS = `
  SELECT info_hash, 'registered' AS standing, downloads FROM torrents WHERE info_hash BETWEEN ?1 AND ?2
  UNION ALL
  SELECT twins.info_hash, 'registered', twin_downloads FROM twins JOIN torrents ON torrents.info_hash = twin
  WHERE twins.info_hash BETWEEN ?1 AND ?2
  UNION ALL
  SELECT twins.info_hash, 'blocked', 0 FROM twins JOIN listings ON list = 'blocklist' AND listings.info_hash = twin
  WHERE twins.info_hash BETWEEN ?1 AND ?2
  UNION ALL
  SELECT info_hash, 'allowed', 0 FROM listings WHERE list = 'allowlist' AND info_hash BETWEEN ?1 AND ?2
  UNION ALL
  SELECT info_hash, 'blocked', 0 FROM listings WHERE list = 'blocklist' AND info_hash BETWEEN ?1 AND ?2
  ORDER BY info_hash`;

/** The strongest wins. */
const RANK: Readonly<Record<Standing, number>> = {
  unknown: 0,
  allowed: 1,
  registered: 2,
  blocked: 3,
};

/** What publications and lists together say of info-hashes. */
export class StandingIndex {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
  }

  standingOf(infoHash: InfoHash): Standing {
    const mentions = this.#mentions(infoHash, infoHash).toArray();
    return mentions.map((row) => row.standing).reduce<Standing>(stronger, 'unknown');
  }

  /** Whatever is not `unknown` in a slice, as `StandingRecords`; throws where that is more than a call can return. */
  standingsIn(slice: ShardSlice): Uint8Array<ArrayBuffer> {
    const first = hexByte(slice.firstByte);
    const last = hexByte(slice.lastByte).padEnd(40, 'f');
    const { count } = this.#sql
      .exec<{ count: number }>(`SELECT count(*) AS count FROM (${MENTIONS})`, first, last)
      .one();
    if (count > MAX_RECORDS_PER_SLICE) {
      throw new Error(
        `${count} info-hashes are too many for one shard: SWARM_SHARDS must be raised`,
      );
    }
    const writer = new StandingRecordsWriter(count);
    let record: StandingRecord | undefined;
    for (const row of this.#mentions(first, last)) {
      const infoHash = infoHashFromHex(row.info_hash);
      invariant(infoHash !== undefined, 'the catalogue keeps whole info-hashes');
      const { standing, downloads } = row;
      if (record?.infoHash === infoHash) {
        record = {
          infoHash,
          standing: stronger(record.standing, standing),
          downloads: Math.max(record.downloads, downloads),
        };
        continue;
      }
      if (record !== undefined) writer.append(record);
      record = { infoHash, standing, downloads };
    }
    if (record !== undefined) writer.append(record);
    return writer.finish();
  }

  #mentions(first: string, last: string): SqlStorageCursor<MentionRow> {
    return this.#sql.exec<MentionRow>(MENTIONS, first, last);
  }
}

function stronger(a: Standing, b: Standing): Standing {
  return RANK[b] > RANK[a] ? b : a;
}

function hexByte(byte: number): string {
  return byte.toString(16).padStart(2, '0');
}
