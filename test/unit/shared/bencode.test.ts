import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type BencodeLimits,
  type BencodeNode,
  bytesOf,
  decodeBencode,
  type Encodable,
  encodeBencode,
  encodeDictionary,
  entryOf,
  integerOf,
  textOf,
} from '../../../shared/bencode.ts';
import { concatBytes } from '../../../shared/bytes.ts';
import { decodeLatin1, encodeLatin1, encodeUtf8 } from '../../../shared/text.ts';
import { accepted, refusalOf } from './required.ts';

const LIMITS: BencodeLimits = { bytes: 4096, depth: 8, nodes: 200 };

function decode(text: string, limits: Partial<BencodeLimits> = {}) {
  return decodeBencode(encodeLatin1(text), { ...LIMITS, ...limits });
}

/** What any JavaScript reader would hold, dictionaries as entries in their order. */
function plain(node: BencodeNode): unknown {
  switch (node.type) {
    case 'integer':
      return node.value;
    case 'string':
      return decodeLatin1(node.bytes);
    case 'list':
      return node.items.map((item) => plain(item));
    case 'dictionary':
      return { entries: [...node.entries].map(([key, value]) => [key, plain(value)]) };
  }
}

/** An encoder written from BEP 3 alone, which keeps the order that it is given. */
function reencode(node: BencodeNode): Uint8Array {
  switch (node.type) {
    case 'integer':
      return encodeLatin1(`i${node.value}e`);
    case 'string':
      return concatBytes([encodeLatin1(`${node.bytes.length}:`), node.bytes]);
    case 'list':
      return concatBytes([encodeLatin1('l'), ...node.items.map(reencode), encodeLatin1('e')]);
    case 'dictionary':
      return concatBytes([
        encodeLatin1('d'),
        ...[...node.entries].flatMap(([key, value]) => [
          encodeLatin1(`${key.length}:${key}`),
          reencode(value),
        ]),
        encodeLatin1('e'),
      ]);
  }
}

function dictionary(...entries: readonly (readonly [string, unknown])[]): unknown {
  return { entries };
}

/** What `plain` makes of `value` once it has been encoded and decoded. */
function wire(value: Encodable): unknown {
  if (typeof value === 'number') return value === 0 ? 0 : value;
  if (typeof value === 'string') return decodeLatin1(encodeUtf8(value));
  if (value instanceof Uint8Array) return decodeLatin1(value);
  if (isList(value)) return value.map((item) => wire(item));
  const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return dictionary(...entries.map(([key, entry]) => [key, wire(entry ?? 0)] as const));
}

function isList(value: Encodable): value is readonly Encodable[] {
  return Array.isArray(value);
}

const WIDE: BencodeLimits = { bytes: 1_000_000, depth: 64, nodes: 100_000 };

const asciiKey = fc.string({ unit: 'grapheme-ascii', maxLength: 5 });
const { value: anyEncodable } = fc.letrec<{ value: Encodable }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.maxSafeInteger(),
    fc.string({ unit: 'grapheme' }),
    fc.uint8Array({ maxLength: 8 }),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(asciiKey, tie('value'), { maxKeys: 4 }),
  ),
}));

function nodesOf(node: BencodeNode): BencodeNode[] {
  if (node.type === 'list') return [node, ...node.items.flatMap(nodesOf)];
  if (node.type === 'dictionary') return [node, ...[...node.entries.values()].flatMap(nodesOf)];
  return [node];
}

describe('decodeBencode() accepts', () => {
  test.each<[name: string, text: string, value: unknown]>([
    ['zero', 'i0e', 0],
    ['a negative integer', 'i-42e', -42],
    ['the largest integer', 'i9007199254740991e', Number.MAX_SAFE_INTEGER],
    ['the smallest integer', 'i-9007199254740991e', Number.MIN_SAFE_INTEGER],
    ['the empty string', '0:', ''],
    ['a string that looks like structure', '4:i1ee', 'i1ee'],
    ['a string of bytes that are no UTF-8', '3:\xff\x00\xfe', '\xff\x00\xfe'],
    ['a string of two-digit length', '10:0123456789', '0123456789'],
    ['the empty list', 'le', []],
    ['a mixed list', 'li1e1:ae', [1, 'a']],
    ['nested lists', 'lli1eei2ee', [[1], 2]],
    ['the empty dictionary', 'de', { entries: [] }],
    ['keys in order', 'd1:Ai1e1:ai2ee', dictionary(['A', 1], ['a', 2])],
    ['a key that the next one starts with', 'd1:ai1e2:aai2ee', dictionary(['a', 1], ['aa', 2])],
    ['the empty key', 'd0:i1ee', dictionary(['', 1])],
    [
      'keys in byte order',
      'd2:z\x7fi1e2:\x80ai2e1:\xffi3ee',
      dictionary(['z\x7f', 1], ['\x80a', 2], ['\xff', 3]),
    ],
    [
      'a key named __proto__',
      'd9:__proto__d8:polluted4:trueee',
      dictionary(['__proto__', dictionary(['polluted', 'true'])]),
    ],
    ['a key named constructor', 'd11:constructori1ee', dictionary(['constructor', 1])],
  ])('%s', (_name, text, value) => {
    expect(plain(accepted(decode(text)))).toEqual(value);
  });
});

describe('decodeBencode() refuses', () => {
  test.each([
    ['nothing', '', 'unexpected-end', 'byte 0'],
    ['an integer without its end', 'i12', 'unexpected-end', 'byte 3'],
    ['an integer without digits or end', 'i', 'unexpected-end', 'byte 1'],
    ['a length without its colon', '12', 'unexpected-end', 'byte 2'],
    ['a string that is cut off', '5:abcd', 'unexpected-end', 'byte 6'],
    ['a string far longer than its bytes', '9007199254740991:a', 'unexpected-end', 'byte 18'],
    ['a list without its end', 'li1e', 'unexpected-end', 'byte 4'],
    ['a dictionary without its end', 'd1:ai1e', 'unexpected-end', 'byte 7'],
    ['a dictionary that ends after a key', 'd1:a', 'unexpected-end', 'byte 4'],
    ['a byte that starts nothing', 'x', 'unexpected-byte', 'byte 0'],
    ['an end that ends nothing', 'e', 'unexpected-byte', 'byte 0'],
    ['a negative length', '-1:', 'unexpected-byte', 'byte 0'],
    ['white space', ' i1e', 'unexpected-byte', 'byte 0'],
    ['a key without its value', 'd1:ae', 'unexpected-byte', 'byte 4'],
    ['an integer with a leading zero', 'i007e', 'bad-integer', 'byte 1'],
    ['two zeros', 'i00e', 'bad-integer', 'byte 1'],
    ['minus zero', 'i-0e', 'bad-integer', 'byte 1'],
    ['a negative integer with a leading zero', 'i-01e', 'bad-integer', 'byte 1'],
    ['an integer without digits', 'ie', 'bad-integer', 'byte 1'],
    ['a lone minus', 'i-e', 'bad-integer', 'byte 1'],
    ['two minuses', 'i--1e', 'bad-integer', 'byte 2'],
    ['a plus', 'i+1e', 'bad-integer', 'byte 1'],
    ['a fraction', 'i1.5e', 'bad-integer', 'byte 2'],
    ['a hexadecimal integer', 'i0x1e', 'bad-integer', 'byte 2'],
    ['2^53', 'i9007199254740992e', 'integer-out-of-range', 'byte 1'],
    ['-2^53', 'i-9007199254740992e', 'integer-out-of-range', 'byte 1'],
    ['an integer of a hundred digits', `i${'9'.repeat(100)}e`, 'integer-out-of-range', 'byte 1'],
    ['a length with a leading zero', '01:a', 'bad-length', 'byte 0'],
    ['a length of two zeros', '00:', 'bad-length', 'byte 0'],
    ['a length with a letter', '1x:a', 'bad-length', 'byte 1'],
    ['a length with a minus', '1-:a', 'bad-length', 'byte 1'],
    ['a key with a leading zero in its length', 'd01:ai1ee', 'bad-length', 'byte 1'],
    ['an integer as a key', 'di1ei2ee', 'bad-key', 'byte 1'],
    ['a list as a key', 'dlei2ee', 'bad-key', 'byte 1'],
    ['a dictionary as a key', 'ddei2ee', 'bad-key', 'byte 1'],
    ['unsorted keys', 'd1:bi1e1:ai2ee', 'unsorted-keys', 'byte 7'],
    ['a longer key before its own start', 'd2:aai1e1:ai2ee', 'unsorted-keys', 'byte 8'],
    ['keys sorted as signed bytes', 'd1:\x80i1e1:zi2ee', 'unsorted-keys', 'byte 7'],
    ['a key twice', 'd1:ai1e1:ai2ee', 'duplicate-key', 'byte 7'],
    ['the empty key twice', 'd0:i1e0:i2ee', 'duplicate-key', 'byte 6'],
    ['a second value', 'i1ei2e', 'trailing-bytes', 'byte 3'],
    ['a newline at the end', 'le\n', 'trailing-bytes', 'byte 2'],
  ])('%s', (_name, text, code, at) => {
    expect(refusalOf(decode(text))).toEqual({ code, at });
  });

  test('an unsorted dictionary inside another', () => {
    expect(refusalOf(decode('d1:ad1:bi1e1:ai2eee')).code).toBe('unsorted-keys');
  });
});

describe('decodeBencode() limits', () => {
  test.each([
    ['bytes at the limit', '4:abcd', { bytes: 6 }, 'accepted'],
    ['bytes one past it', '5:abcde', { bytes: 6 }, 'too-large'],
    ['depth at the limit', 'llleee', { depth: 2 }, 'accepted'],
    ['depth one past it', 'lllleeee', { depth: 2 }, 'too-deep'],
    ['depth of dictionaries at the limit', 'd1:ad1:bdeee', { depth: 2 }, 'accepted'],
    ['depth of dictionaries one past it', 'd1:ad1:bd1:ci1eeee', { depth: 2 }, 'too-deep'],
    ['values at the limit', 'li1ei2ee', { nodes: 3 }, 'accepted'],
    ['values one past it', 'li1ei2ei3ee', { nodes: 3 }, 'too-many-values'],
    ['values of dictionaries at the limit', 'd1:ai1e1:bi2ee', { nodes: 3 }, 'accepted'],
    ['values of dictionaries one past it', 'd1:ai1e1:bi2e1:ci3ee', { nodes: 3 }, 'too-many-values'],
  ])('%s', (_name, text, limits, code) => {
    expect(refusalOf(decode(text, limits)).code).toBe(code);
  });

  test('nesting a hundred thousand deep is refused, not a stack overflow', () => {
    const text = 'l'.repeat(100_000);
    expect(refusalOf(decode(text, { bytes: text.length })).code).toBe('too-deep');
  });
});

describe('decodeBencode() spans', () => {
  test('each value carries the raw bytes that it came from', () => {
    const bytes = encodeLatin1('d4:infod6:lengthi7e4:name1:xe3:zzzl1:aee');
    const info = entryOf(accepted(decodeBencode(bytes, LIMITS)), 'info');
    expect(decodeLatin1(bytes.subarray(info?.start, info?.end))).toBe('d6:lengthi7e4:name1:xe');
  });

  test('the span of every value decodes to that value alone', () => {
    fc.assert(
      fc.property(anyEncodable, (value) => {
        const bytes = encodeBencode(value);
        for (const node of nodesOf(accepted(decodeBencode(bytes, WIDE)))) {
          const alone = accepted(decodeBencode(bytes.subarray(node.start, node.end), WIDE));
          expect(plain(alone)).toEqual(plain(node));
        }
      }),
    );
  });
});

describe('decodeBencode() takes any bytes', () => {
  const bencodeLike = fc
    .array(
      fc.oneof(
        fc.constantFrom(
          'i',
          'e',
          'l',
          'd',
          '0',
          '1',
          '2',
          '9',
          ':',
          '-',
          '1:a',
          '1:b',
          'i0e',
          'i-1e',
          'de',
          'le',
        ),
        fc.constantFrom('d1:a', '0:', '\xff'),
      ),
      { maxLength: 24 },
    )
    .map((parts) => encodeLatin1(parts.join('')));

  test.each([
    ['random bytes', fc.uint8Array({ maxLength: 64 })],
    ['bytes of the bencode alphabet', bencodeLike],
  ])('%s never make it throw, and what it accepts encodes to the same bytes', (_name, anyBytes) => {
    fc.assert(
      fc.property(anyBytes, (bytes) => {
        const result = decodeBencode(bytes, LIMITS);
        expect(result.ok ? reencode(result.value) : new Uint8Array(bytes)).toEqual(
          new Uint8Array(bytes),
        );
      }),
      { numRuns: 2000 },
    );
  });

  test('a message with one byte changed is refused or encodes to the same bytes', () => {
    fc.assert(
      fc.property(anyEncodable, fc.nat(), fc.nat({ max: 255 }), (value, position, byte) => {
        const bytes = encodeBencode(value);
        bytes[position % bytes.length] = byte;
        const result = decodeBencode(bytes, WIDE);
        expect(result.ok ? reencode(result.value) : bytes).toEqual(bytes);
      }),
      { numRuns: 500 },
    );
  });
});

describe('encodeBencode()', () => {
  test.each<[name: string, value: Encodable, text: string]>([
    ['zero', 0, 'i0e'],
    ['minus zero', -0, 'i0e'],
    ['a negative integer', -7, 'i-7e'],
    ['an integer above 2^31', 2 ** 31, 'i2147483648e'],
    ['an integer below -2^31', -(2 ** 31) - 1, 'i-2147483649e'],
    ['the largest integer', Number.MAX_SAFE_INTEGER, 'i9007199254740991e'],
    ['text counted in UTF-8 bytes', 'é', '2:\xc3\xa9'],
    ['raw bytes', Uint8Array.of(0, 255), '2:\x00\xff'],
    ['the empty string', '', '0:'],
    [
      'keys in byte order, not in the order of writing',
      { b: 1, a: 2, B: 3 },
      'd1:Bi3e1:ai2e1:bi1ee',
    ],
    ['keys that JavaScript sorts as numbers', { 9: 1, 10: 2 }, 'd2:10i2e1:9i1ee'],
    ['a dictionary without its undefined values', { a: undefined, b: 1 }, 'd1:bi1ee'],
    ['a view into a larger buffer', Uint8Array.of(1, 2, 3).subarray(1, 2), '1:\x02'],
  ])('%s', (_name, value, text) => {
    expect(decodeLatin1(encodeBencode(value))).toBe(text);
  });

  test('what it writes decodes to the same value', () => {
    fc.assert(
      fc.property(anyEncodable, (value) => {
        expect(plain(accepted(decodeBencode(encodeBencode(value), WIDE)))).toEqual(wire(value));
      }),
      { numRuns: 500 },
    );
  });
});

describe('encodeDictionary()', () => {
  test('sorts byte keys as unsigned bytes and keeps encoded values as they are', () => {
    const bytes = encodeDictionary([
      [Uint8Array.of(0xff), encodeLatin1('i1e')],
      ['b', encodeLatin1('le')],
      [Uint8Array.of(0x7f, 0x00), encodeLatin1('de')],
      ['', encodeLatin1('0:')],
    ]);
    expect(decodeLatin1(bytes)).toBe('d0:0:1:ble2:\x7f\x00de1:\xffi1ee');
  });

  test('an empty dictionary', () => {
    expect(decodeLatin1(encodeDictionary([]))).toBe('de');
  });

  test('throws on a key given twice', () => {
    expect(() =>
      encodeDictionary([
        ['a', encodeLatin1('i1e')],
        [encodeLatin1('a'), encodeLatin1('i2e')],
      ]),
    ).toThrow('Invariant broken: dictionary keys are unique');
  });

  test('any byte keys decode again', () => {
    const keys = fc.uniqueArray(fc.uint8Array({ maxLength: 6 }), { selector: (key) => key.join() });
    fc.assert(
      fc.property(keys, (all) => {
        const bytes = encodeDictionary(all.map((key) => [key, encodeLatin1('i1e')]));
        const node = accepted(decodeBencode(bytes, LIMITS));
        for (const key of all) expect(integerOf(entryOf(node, decodeLatin1(key)))).toBe(1);
        expect(reencode(node)).toEqual(bytes);
      }),
    );
  });
});

describe('entryOf(), integerOf(), bytesOf(), textOf()', () => {
  const root = accepted(decode('d4:badb1:\xff4:listle3:numi5e4:text2:\xc3\xa9e'));

  test.each([
    ['integerOf() of an integer', integerOf(entryOf(root, 'num')), 5],
    ['integerOf() of a string', integerOf(entryOf(root, 'text')), undefined],
    ['integerOf() of nothing', integerOf(undefined), undefined],
    ['bytesOf() of a string', bytesOf(entryOf(root, 'text')), encodeUtf8('é')],
    ['bytesOf() of a list', bytesOf(entryOf(root, 'list')), undefined],
    ['textOf() of UTF-8', textOf(entryOf(root, 'text')), 'é'],
    ['textOf() of bytes that are no UTF-8', textOf(entryOf(root, 'badb')), undefined],
    ['textOf() of an integer', textOf(entryOf(root, 'num')), undefined],
    ['entryOf() of a missing key', entryOf(root, 'none'), undefined],
    ['entryOf() of a name that every object has', entryOf(root, 'toString'), undefined],
    ['entryOf() of a list', entryOf(entryOf(root, 'list'), 'num'), undefined],
    ['entryOf() of nothing', entryOf(undefined, 'num'), undefined],
  ])('%s', (_name, value, expected) => {
    expect(value).toEqual(expected);
  });
});
