import { hexDigitValue } from '../../shared/bytes.ts';
import { accept, refuse, type Result } from '../../shared/result.ts';
import { StringBuilder } from '../../shared/string-builder.ts';
import { decodeLatin1, encodeUtf8 } from '../../shared/text.ts';

/** Fits a scrape of 64 info-hashes with every byte escaped. */
export const MAX_QUERY_BYTES = 8192;

const CODE = { percent: 0x25, ampersand: 0x26, plus: 0x2b, equals: 0x3d, space: 0x20 } as const;
const MAX_ASCII = 0x7f;

/**
 * The parameters of the query of a raw URL, to be read once. An info-hash is 20 arbitrary bytes, which
 * `URLSearchParams` would turn into U+FFFD, so that different torrents became one.
 */
export function parseQuery(url: string): Result<QueryReader, 'query-too-long'> {
  const mark = url.indexOf('?');
  const start = mark === -1 ? url.length : mark + 1;
  // A byte takes at least a character's place: checked before anything is copied.
  if (url.length - start > MAX_QUERY_BYTES) return refuseLong();
  if (isAsciiFrom(url, start)) return accept(new QueryReader(url, start));
  const bytes = encodeUtf8(url.slice(start));
  if (bytes.length > MAX_QUERY_BYTES) return refuseLong();
  return accept(new QueryReader(decodeLatin1(bytes), 0));
}

function isAsciiFrom(text: string, start: number): boolean {
  for (let i = start; i < text.length; i += 1) if (text.charCodeAt(i) > MAX_ASCII) return false;
  return true;
}

function refuseLong(): Result<never, 'query-too-long'> {
  return refuse('query-too-long', 'the query is longer than 8192 bytes');
}

/**
 * Walks the parameters of a query in their order and copies only the values that are asked for: every announce comes
 * through here, with a dozen parameters that a tracker has no use for.
 *
 * `+` is a space, as Python's `urlencode` and newTrackon write it; a broken escape stays as it is written, as most
 * trackers keep it, and then fails as a wrong length; parts without a key are passed over.
 */
class QueryReader {
  /** One character a byte; the query is what ends it. */
  readonly #url: string;
  #key = '';
  #valueStart = 0;
  /** Where the current parameter ends: at its `&` or the end of the query. */
  #end: number;

  constructor(url: string, start: number) {
    this.#url = url;
    this.#end = start - 1;
  }

  /** Goes on to the next parameter; `false` after the last one. */
  next(): boolean {
    while (this.#end < this.#url.length) {
      const start = this.#end + 1;
      const keyEnd = this.#keyEnd(start);
      this.#end = this.#valueEnd(keyEnd);
      if (keyEnd === start) continue;
      this.#key = unescape(this.#url, start, keyEnd);
      // Behind the end where there is no `=`: then the value is empty.
      this.#valueStart = keyEnd + 1;
      return true;
    }
    return false;
  }

  #keyEnd(start: number): number {
    let at = start;
    for (; at < this.#url.length; at += 1) {
      const code = this.#url.charCodeAt(at);
      if (code === CODE.equals || code === CODE.ampersand) break;
    }
    return at;
  }

  #valueEnd(start: number): number {
    let at = start;
    while (at < this.#url.length && this.#url.charCodeAt(at) !== CODE.ampersand) at += 1;
    return at;
  }

  /** The current parameter's key, one character a byte. */
  get key(): string {
    return this.#key;
  }

  /** The current parameter's value, one character a byte. */
  text(): string {
    return unescape(this.#url, this.#valueStart, this.#end);
  }
}

export type { QueryReader };

/** What a part of a query stands for, one character a byte. */
function unescape(query: string, start: number, end: number): string {
  for (let at = start; at < end; at += 1) {
    const code = query.charCodeAt(at);
    if (code === CODE.percent || code === CODE.plus) return unescapeBytes(query, start, end);
  }
  return query.slice(start, end);
}

/** Empty between two values, which have at most `MAX_QUERY_BYTES`. */
const unescaped = new StringBuilder();

/** The bytes that percent-encoded ones stand for. */
function unescapeBytes(query: string, start: number, end: number): string {
  for (let at = start; at < end; at += 1) {
    const code = query.charCodeAt(at);
    const isEscape = code === CODE.percent && at + 2 < end;
    const high = isEscape ? hexDigitValue(query.charCodeAt(at + 1)) : undefined;
    const low = isEscape ? hexDigitValue(query.charCodeAt(at + 2)) : undefined;
    if (high !== undefined && low !== undefined) {
      unescaped.push(high * 16 + low);
      at += 2;
    } else {
      unescaped.push(code === CODE.plus ? CODE.space : code);
    }
  }
  return unescaped.take();
}
