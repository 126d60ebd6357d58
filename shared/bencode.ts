import bencode from 'bencode';
import { compareBytes, concatBytes } from './bytes.ts';
import { invariant } from './invariant.ts';
import { accept, type Refusal, refuse, type Result, STRICT, type Tolerance } from './result.ts';
import { decodeLatin1, decodeUtf8, encodeLatin1 } from './text.ts';

/** What `encode` takes: dictionaries have ASCII keys, integers are safe ones. */
export type Encodable =
  | number
  | string
  | Uint8Array
  | readonly Encodable[]
  | { readonly [key: string]: Encodable | undefined };

/** A decoded value with the span of raw bytes that it came from (an info-hash is the hash of such a span). */
export type BencodeNode = BencodeInteger | BencodeString | BencodeList | BencodeDictionary;
interface BencodeInteger extends Span {
  readonly type: 'integer';
  readonly value: number;
}
interface BencodeString extends Span {
  readonly type: 'string';
  readonly bytes: Uint8Array;
}
interface BencodeList extends Span {
  readonly type: 'list';
  readonly items: readonly BencodeNode[];
}
export interface BencodeDictionary extends Span {
  readonly type: 'dictionary';
  /** Keys are byte strings, held one character a byte: a `Map`, so that `__proto__` is a key like any other. */
  readonly entries: ReadonlyMap<string, BencodeNode>;
}
interface Span {
  readonly start: number;
  readonly end: number;
}

export interface BencodeLimits {
  readonly bytes: number;
  readonly depth: number;
  /** Values in all, which bounds the memory that a decoded message takes. */
  readonly nodes: number;
}

export type BencodeRefusalCode =
  | 'too-large'
  | 'too-deep'
  | 'too-many-values'
  | 'unexpected-end'
  | 'unexpected-byte'
  | 'bad-integer'
  | 'integer-out-of-range'
  | 'bad-length'
  | 'bad-key'
  | 'unsorted-keys'
  | 'duplicate-key'
  | 'trailing-bytes';

const REASONS: Readonly<Record<BencodeRefusalCode, string>> = {
  'too-large': 'the bencoded data is larger than allowed',
  'too-deep': 'the bencoded data is nested deeper than allowed',
  'too-many-values': 'the bencoded data holds more values than allowed',
  'unexpected-end': 'the bencoded data ends in the middle of a value',
  'unexpected-byte': 'the data is not bencoded: no value starts with this byte',
  'bad-integer': 'an integer is not written canonically',
  'integer-out-of-range': 'an integer is beyond 2^53 - 1',
  'bad-length': 'a string length is not written canonically',
  'bad-key': 'a dictionary key is not a string',
  'unsorted-keys': 'dictionary keys are not in byte order',
  'duplicate-key': 'a dictionary has the same key twice',
  'trailing-bytes': 'there are bytes after the end of the bencoded data',
};

const BYTE = {
  d: 0x64,
  e: 0x65,
  i: 0x69,
  l: 0x6c,
  colon: 0x3a,
  minus: 0x2d,
  zero: 0x30,
  nine: 0x39,
} as const;
/** Digits of 2^53 - 1, and a minus. */
const MAX_INTEGER_CHARACTERS = 17;

class Stop extends Error {
  readonly code: BencodeRefusalCode;
  readonly offset: number;
  constructor(code: BencodeRefusalCode, offset: number) {
    super(code);
    this.code = code;
    this.offset = offset;
  }
}

/**
 * Decodes one whole bencoded value, canonical form only (BEP 3): no leading zeros, no `-0`, keys in byte
 * order and unique, nothing after the end. Accepting means that encoding again gives the same bytes.
 *
 * A `tolerance` may let each of these pass: of a key that is there twice the first value counts, and what is behind
 * the end is left out.
 */
export function decodeBencode(
  bytes: Uint8Array,
  limits: BencodeLimits,
  tolerance: Tolerance = STRICT,
): Result<BencodeNode, BencodeRefusalCode> {
  if (bytes.length > limits.bytes) return refuse('too-large', REASONS['too-large']);
  try {
    const reader = new Reader(bytes, limits, tolerance);
    const node = reader.readValue(0);
    if (node.end !== bytes.length) reader.tolerate('trailing-bytes', node.end);
    return accept(node);
  } catch (error) {
    if (error instanceof Stop) return { ok: false, refusal: refusalAt(error.code, error.offset) };
    throw error;
  }
}

function refusalAt(code: BencodeRefusalCode, offset: number): Refusal<BencodeRefusalCode> {
  return { code, reason: REASONS[code], at: `byte ${offset}` };
}

class Reader {
  readonly #bytes: Uint8Array;
  readonly #limits: BencodeLimits;
  readonly #tolerance: Tolerance;
  #offset = 0;
  #nodes = 0;

  constructor(bytes: Uint8Array, limits: BencodeLimits, tolerance: Tolerance) {
    this.#bytes = bytes;
    this.#limits = limits;
    this.#tolerance = tolerance;
  }

  /** Stops at what is not canonical, unless that is let pass. */
  tolerate(code: BencodeRefusalCode, offset: number): void {
    if (!this.#tolerance(refusalAt(code, offset))) throw new Stop(code, offset);
  }

  readValue(depth: number): BencodeNode {
    if (depth > this.#limits.depth) throw new Stop('too-deep', this.#offset);
    this.#nodes += 1;
    if (this.#nodes > this.#limits.nodes) throw new Stop('too-many-values', this.#offset);
    const first = this.#peek();
    if (first === BYTE.i) return this.#readInteger();
    if (first === BYTE.l) return this.#readList(depth);
    if (first === BYTE.d) return this.#readDictionary(depth);
    if (isDigit(first)) return this.#readString();
    throw new Stop('unexpected-byte', this.#offset);
  }

  #peek(): number {
    const byte = this.#bytes[this.#offset];
    if (byte === undefined) throw new Stop('unexpected-end', this.#offset);
    return byte;
  }

  /** Digits up to `terminator`, which is consumed. */
  #readDecimal(terminator: number, code: 'bad-integer' | 'bad-length'): number {
    const start = this.#offset;
    while (this.#peek() !== terminator) {
      const isMinus =
        code === 'bad-integer' && this.#offset === start && this.#peek() === BYTE.minus;
      if (!isMinus && !isDigit(this.#peek())) throw new Stop(code, this.#offset);
      this.#offset += 1;
      if (this.#offset - start > MAX_INTEGER_CHARACTERS)
        throw new Stop('integer-out-of-range', start);
    }
    const text = decodeLatin1(this.#bytes.subarray(start, this.#offset));
    this.#offset += 1;
    if (!/^-?[0-9]+$/.test(text)) throw new Stop(code, start);
    if (!/^(0|-?[1-9][0-9]*)$/.test(text)) this.tolerate(code, start);
    const value = Number(text) + 0;
    if (!Number.isSafeInteger(value)) throw new Stop('integer-out-of-range', start);
    return value;
  }

  #readInteger(): BencodeInteger {
    const start = this.#offset;
    this.#offset += 1;
    const value = this.#readDecimal(BYTE.e, 'bad-integer');
    return { type: 'integer', value, start, end: this.#offset };
  }

  #readString(): BencodeString {
    const start = this.#offset;
    const length = this.#readDecimal(BYTE.colon, 'bad-length');
    if (length > this.#bytes.length - this.#offset)
      throw new Stop('unexpected-end', this.#bytes.length);
    const from = this.#offset;
    this.#offset += length;
    return {
      type: 'string',
      bytes: this.#bytes.subarray(from, this.#offset),
      start,
      end: this.#offset,
    };
  }

  #readList(depth: number): BencodeList {
    const start = this.#offset;
    this.#offset += 1;
    const items: BencodeNode[] = [];
    while (this.#peek() !== BYTE.e) items.push(this.readValue(depth + 1));
    this.#offset += 1;
    return { type: 'list', items, start, end: this.#offset };
  }

  #readDictionary(depth: number): BencodeDictionary {
    const start = this.#offset;
    this.#offset += 1;
    const entries = new Map<string, BencodeNode>();
    let previous: Uint8Array | undefined;
    while (this.#peek() !== BYTE.e) {
      const keyStart = this.#offset;
      if (!isDigit(this.#peek())) throw new Stop('bad-key', keyStart);
      const key = this.#readString().bytes;
      const name = decodeLatin1(key);
      const isKnown = entries.has(name);
      if (isKnown) this.tolerate('duplicate-key', keyStart);
      else if (previous !== undefined && compareBytes(key, previous) < 0) {
        this.tolerate('unsorted-keys', keyStart);
      }
      previous = key;
      const value = this.readValue(depth + 1);
      if (!isKnown) entries.set(name, value);
    }
    this.#offset += 1;
    return { type: 'dictionary', entries, start, end: this.#offset };
  }
}

function isDigit(byte: number): boolean {
  return byte >= BYTE.zero && byte <= BYTE.nine;
}

/** Encodes a value whose dictionaries have ASCII keys, canonically. */
export function encodeBencode(value: Encodable): Uint8Array<ArrayBuffer> {
  return bencode.encode(value);
}

/**
 * Encodes a dictionary from entries whose values are bencoded already, in byte order of the keys: for byte
 * keys (scrape `files`, BEP 48) and for values that must keep their raw bytes (`info`, BEP 3).
 * A string key is taken as one character a byte.
 */
export function encodeDictionary(
  entries: Iterable<readonly [key: string | Uint8Array, encodedValue: Uint8Array]>,
): Uint8Array<ArrayBuffer> {
  const sorted = [...entries]
    .map(([key, value]) => ({ key: typeof key === 'string' ? encodeLatin1(key) : key, value }))
    .toSorted((a, b) => compareBytes(a.key, b.key));
  const parts: Uint8Array[] = [encodeLatin1('d')];
  let previous: Uint8Array | undefined;
  for (const { key, value } of sorted) {
    invariant(
      previous === undefined || compareBytes(previous, key) !== 0,
      'dictionary keys are unique',
    );
    previous = key;
    parts.push(encodeLatin1(`${key.length}:`), key, value);
  }
  parts.push(encodeLatin1('e'));
  return concatBytes(parts);
}

/** The value under `key`, if `node` is a dictionary that has it. */
export function entryOf(node: BencodeNode | undefined, key: string): BencodeNode | undefined {
  return node?.type === 'dictionary' ? node.entries.get(key) : undefined;
}

/** The integer that `node` is; `undefined` for anything else. */
export function integerOf(node: BencodeNode | undefined): number | undefined {
  return node?.type === 'integer' ? node.value : undefined;
}

/** The byte string that `node` is; `undefined` for anything else. */
export function bytesOf(node: BencodeNode | undefined): Uint8Array | undefined {
  return node?.type === 'string' ? node.bytes : undefined;
}

/** The UTF-8 text that `node` is; `undefined` for anything else. */
export function textOf(node: BencodeNode | undefined): string | undefined {
  const bytes = bytesOf(node);
  return bytes === undefined ? undefined : decodeUtf8(bytes);
}
