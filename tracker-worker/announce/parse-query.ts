import { hexDigitValue } from '../../shared/bytes.ts';
import { accept, refuse, type Result } from '../../shared/result.ts';
import { decodeLatin1, encodeUtf8 } from '../../shared/text.ts';

/** Fits a scrape of 64 info-hashes with every byte escaped. */
export const MAX_QUERY_BYTES = 8192;

const CODE = { percent: 0x25, plus: 0x2b, space: 0x20 } as const;

/**
 * The parameters of the query of a raw URL, to be read once. An info-hash is 20 arbitrary bytes, which
 * `URLSearchParams` would turn into U+FFFD, so that different torrents became one.
 */
export function parseQuery(url: string): Result<QueryReader, 'query-too-long'> {
  const start = url.indexOf('?');
  const query = start === -1 ? '' : url.slice(start + 1);
  // A byte takes at least a character's place: checked before anything is copied.
  if (query.length > MAX_QUERY_BYTES) return refuseLong();
  if (isAscii(query)) return accept(new QueryReader(query));
  const bytes = encodeUtf8(query);
  if (bytes.length > MAX_QUERY_BYTES) return refuseLong();
  return accept(new QueryReader(decodeLatin1(bytes)));
}

function isAscii(text: string): boolean {
  return /^[^\u0080-\uffff]*$/.test(text);
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
  /** One character a byte. */
  readonly #query: string;
  #key = '';
  #valueStart = 0;
  /** Where the current parameter ends: at its `&` or the end of the query. */
  #end = -1;
  /** The first `=` from the current parameter on. */
  #equals = -1;

  constructor(query: string) {
    this.#query = query;
  }

  /** Goes on to the next parameter; `false` after the last one. */
  next(): boolean {
    while (this.#end < this.#query.length) {
      const start = this.#end + 1;
      this.#end = this.#positionOf('&', start);
      // Looked for again only once it is passed, or a query of many `&` and no `=` would be searched over and over.
      if (this.#equals < start) this.#equals = this.#positionOf('=', start);
      const keyEnd = Math.min(this.#equals, this.#end);
      if (keyEnd === start) continue;
      this.#key = unescapeText(this.#query.slice(start, keyEnd));
      // Behind the end where there is no `=`: then the value is empty.
      this.#valueStart = keyEnd + 1;
      return true;
    }
    return false;
  }

  #positionOf(delimiter: string, from: number): number {
    const position = this.#query.indexOf(delimiter, from);
    return position === -1 ? this.#query.length : position;
  }

  /** The current parameter's key, one character a byte. */
  get key(): string {
    return this.#key;
  }

  /** The current parameter's value, one character a byte. */
  text(): string {
    return unescapeText(this.#query.slice(this.#valueStart, this.#end));
  }

  bytes(): Uint8Array {
    return unescapeBytes(this.#query.slice(this.#valueStart, this.#end));
  }
}

export type { QueryReader };

function unescapeText(escaped: string): string {
  const isPlain = !escaped.includes('%') && !escaped.includes('+');
  return isPlain ? escaped : decodeLatin1(unescapeBytes(escaped));
}

/** Where a value is unescaped: a view into a fresh buffer would cost more than all the rest of it. */
const scratch = new Uint8Array(MAX_QUERY_BYTES);

/** The bytes that percent-encoded ones stand for. */
function unescapeBytes(escaped: string): Uint8Array {
  let length = 0;
  for (let i = 0; i < escaped.length; i += 1) {
    const code = escaped.charCodeAt(i);
    const high = code === CODE.percent ? hexDigitValue(escaped.charCodeAt(i + 1)) : undefined;
    const low = high === undefined ? undefined : hexDigitValue(escaped.charCodeAt(i + 2));
    if (high !== undefined && low !== undefined) {
      scratch[length] = high * 16 + low;
      i += 2;
    } else {
      scratch[length] = code === CODE.plus ? CODE.space : code;
    }
    length += 1;
  }
  return scratch.slice(0, length);
}
