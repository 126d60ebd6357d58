import { concatBytes, hexDigitValue } from '../../shared/bytes.ts';
import { INFO_HASH_BYTES, type InfoHash } from '../../shared/info-hash.ts';
import { invariant } from '../../shared/invariant.ts';
import type { Standing } from './standing.ts';

/** Info-hash, standing (one byte), downloads (u32, big-endian). */
const STANDING_RECORD_BYTES = INFO_HASH_BYTES + 1 + 4;

const WORD_BYTES = 4;
const WORD_DIGITS = WORD_BYTES * 2;
const INFO_HASH_WORDS = INFO_HASH_BYTES / WORD_BYTES;
const STANDING_OFFSET = INFO_HASH_BYTES;
const DOWNLOADS_OFFSET = INFO_HASH_BYTES + 1;
const MAX_DOWNLOADS = 0xffff_ffff;

/** By the byte that stands for it; nothing is kept of an `unknown` one. */
const STANDINGS: readonly Standing[] = ['unknown', 'registered', 'allowed', 'blocked'];

export interface StandingRecord {
  readonly infoHash: InfoHash;
  readonly standing: Standing;
  readonly downloads: number;
}

/** Writes records one after the other, in ascending order of their info-hashes; those that are `unknown` are left out. */
export class StandingRecordsWriter {
  readonly #bytes: Uint8Array<ArrayBuffer>;
  readonly #view: DataView;
  #lengthBytes = 0;

  /** Makes room for at most `maxRecords` of them. */
  constructor(maxRecords: number) {
    this.#bytes = new Uint8Array(maxRecords * STANDING_RECORD_BYTES);
    this.#view = new DataView(this.#bytes.buffer);
  }

  append({ infoHash, standing, downloads }: StandingRecord): void {
    if (standing === 'unknown') return;
    const offset = this.#lengthBytes;
    for (const [index, word] of wordsOf(infoHash).entries()) {
      this.#view.setUint32(offset + index * WORD_BYTES, word);
    }
    this.#view.setUint8(offset + STANDING_OFFSET, STANDINGS.indexOf(standing));
    this.#view.setUint32(offset + DOWNLOADS_OFFSET, Math.min(downloads, MAX_DOWNLOADS));
    this.#lengthBytes += STANDING_RECORD_BYTES;
  }

  /** What was written, in an array of just its length. */
  finish(): Uint8Array<ArrayBuffer> {
    return this.#lengthBytes === this.#bytes.length
      ? this.#bytes
      : this.#bytes.slice(0, this.#lengthBytes);
  }
}

/**
 * Standings of up to a million info-hashes and more, as one array of 25-byte records: a `Map` of as many texts is four
 * times as large.
 *
 * - The info-hashes ascend, and each is there once, so that a look-up halves the array until it has found one.
 * - It never changes; `with` makes another.
 */
export class StandingRecords {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #count: number;

  /** Takes bytes that a `StandingRecordsWriter` wrote, and keeps them; throws for any others. */
  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#count = bytes.length / STANDING_RECORD_BYTES;
    invariant(Number.isInteger(this.#count), 'standings are whole records');
    for (let index = 0; index < this.#count; index += 1) {
      const code = this.#view.getUint8(index * STANDING_RECORD_BYTES + STANDING_OFFSET);
      invariant(code >= 1 && code < STANDINGS.length, 'a standing is one of three');
      invariant(index === 0 || this.#ascendsTo(index), 'standings ascend by info-hash');
    }
  }

  /** What is kept of an info-hash; `undefined` for one that is `unknown`. */
  find(infoHash: InfoHash): Omit<StandingRecord, 'infoHash'> | undefined {
    if (this.#count === 0) return undefined;
    const words = wordsOf(infoHash);
    const index = this.#firstFrom(words);
    if (index === this.#count || this.#compare(index, words) !== 0) return undefined;
    const offset = index * STANDING_RECORD_BYTES;
    return {
      standing: STANDINGS[this.#view.getUint8(offset + STANDING_OFFSET)] ?? 'unknown',
      downloads: this.#view.getUint32(offset + DOWNLOADS_OFFSET),
    };
  }

  /** The same standings but for these info-hashes, each of them once and in any order. */
  with(changes: readonly StandingRecord[]): StandingRecords {
    const parts: Uint8Array[] = [];
    let copied = 0;
    for (const change of changes.toSorted((a, b) => (a.infoHash < b.infoHash ? -1 : 1))) {
      const words = wordsOf(change.infoHash);
      const index = this.#firstFrom(words);
      parts.push(this.#slice(copied, index));
      const isReplaced = index < this.#count && this.#compare(index, words) === 0;
      copied = isReplaced ? index + 1 : index;
      const writer = new StandingRecordsWriter(1);
      writer.append(change);
      parts.push(writer.finish());
    }
    parts.push(this.#slice(copied, this.#count));
    return new StandingRecords(concatBytes(parts));
  }

  #slice(first: number, end: number): Uint8Array {
    return this.#bytes.subarray(first * STANDING_RECORD_BYTES, end * STANDING_RECORD_BYTES);
  }

  /** The first record that is not below an info-hash. */
  #firstFrom(words: readonly number[]): number {
    let low = 0;
    let high = this.#count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#compare(middle, words) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Below 0, 0 or above 0 as the record's info-hash orders against another. */
  #compare(index: number, words: readonly number[]): number {
    const offset = index * STANDING_RECORD_BYTES;
    for (let word = 0; word < INFO_HASH_WORDS; word += 1) {
      const difference = this.#view.getUint32(offset + word * WORD_BYTES) - (words[word] ?? 0);
      if (difference !== 0) return difference;
    }
    return 0;
  }

  #ascendsTo(index: number): boolean {
    const offset = index * STANDING_RECORD_BYTES;
    for (let word = 0; word < INFO_HASH_BYTES; word += WORD_BYTES) {
      const difference =
        this.#view.getUint32(offset + word) -
        this.#view.getUint32(offset + word - STANDING_RECORD_BYTES);
      if (difference !== 0) return difference > 0;
    }
    return false;
  }
}

/** An info-hash as five 32-bit numbers, the most significant first. */
function wordsOf(infoHash: InfoHash): number[] {
  const words: number[] = [];
  for (let word = 0; word < INFO_HASH_WORDS; word += 1) {
    let number = 0;
    for (let digit = 0; digit < WORD_DIGITS; digit += 1) {
      number = number * 16 + (hexDigitValue(infoHash.charCodeAt(word * WORD_DIGITS + digit)) ?? 0);
    }
    words.push(number);
  }
  return words;
}
