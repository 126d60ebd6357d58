import type { InfoHash } from '../../shared/info-hash.ts';
import type { PublishedTorrent } from './published-torrent.ts';
import { parseTorrentRow, type TorrentRow } from './torrent-row.ts';

/** How a listing of publications may be sorted: what SQLite orders by, each down to one order. */
const ORDERS = {
  newest: 'published_at DESC, info_hash',
  oldest: 'published_at, info_hash',
  name: 'coalesce(title, name) COLLATE NOCASE, info_hash',
  size: 'size_bytes DESC, info_hash',
  downloads: 'max(downloads, twin_downloads) DESC, info_hash',
} as const;

export type ListingSort = keyof typeof ORDERS;
export const LISTING_SORTS = [
  'newest',
  'oldest',
  'name',
  'size',
  'downloads',
] as const satisfies ListingSort[];

/** Which publications, in which order, and which page of them. */
export interface ListingQuery {
  /** Each must begin a word of the name, title, description or publisher; none: all publications. */
  readonly words: readonly string[];
  readonly publisher: string | undefined;
  readonly sort: ListingSort;
  /** From 1. */
  readonly page: number;
  readonly limit: number;
}

/** One page, and how many publications all pages have. */
export interface TorrentPage {
  readonly torrents: readonly PublishedTorrent[];
  readonly total: number;
}

const NOT_BLOCKED = `
  NOT EXISTS (
    SELECT 1 FROM listings WHERE list = 'blocklist' AND info_hash IN (
      t.info_hash, (SELECT twin FROM twins WHERE info_hash = t.info_hash)
    )
  )`;
const HAS_WORDS = `
  t.info_hash IN (
    SELECT info_hash FROM search_rows JOIN search_texts ON search_texts.rowid = number WHERE search_texts MATCH ?
  )`;

/** Finds publications by their words: an index beside `torrents`, kept by whoever changes them. */
export class TorrentSearch {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
  }

  /** Takes over what the publication's row says now. */
  index(infoHash: InfoHash): void {
    this.remove(infoHash);
    this.#sql.exec('INSERT INTO search_rows (info_hash) VALUES (?)', infoHash);
    const insert = `
      INSERT INTO search_texts (rowid, name, title, description, publisher)
      SELECT number, name, title, description, publisher FROM search_rows NATURAL JOIN torrents WHERE info_hash = ?`;
    this.#sql.exec(insert, infoHash);
  }

  remove(infoHash: InfoHash): void {
    const number = 'SELECT number FROM search_rows WHERE info_hash = ?';
    this.#sql.exec(`DELETE FROM search_texts WHERE rowid = (${number})`, infoHash);
    this.#sql.exec('DELETE FROM search_rows WHERE info_hash = ?', infoHash);
  }

  /** A page of the publications that are not blocked. */
  page({ words, publisher, sort, page, limit }: ListingQuery): TorrentPage {
    const conditions = [NOT_BLOCKED];
    const values: string[] = [];
    if (words.length > 0) {
      conditions.push(HAS_WORDS);
      values.push(words.map(matchPrefix).join(' AND '));
    }
    if (publisher !== undefined) {
      conditions.push('t.publisher = ?');
      values.push(publisher);
    }
    const from = `FROM torrents AS t WHERE ${conditions.join(' AND ')}`;
    const { total } = this.#sql
      .exec<{ total: number }>(`SELECT count(*) AS total ${from}`, ...values)
      .one();
    const offset = (page - 1) * limit;
    const torrents = this.#sql
      .exec<TorrentRow>(
        `SELECT t.* ${from} ORDER BY ${ORDERS[sort]} LIMIT ? OFFSET ?`,
        ...values,
        limit,
        offset,
      )
      .toArray()
      .map(parseTorrentRow);
    return { torrents, total };
  }
}

/** FTS5's own syntax for the start of a word; within quotes nothing else is syntax. */
function matchPrefix(word: string): string {
  return `"${word.replaceAll('"', '""')}"*`;
}
