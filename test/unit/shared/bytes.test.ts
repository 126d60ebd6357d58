import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  compareBytes,
  concatBytes,
  equalBytes,
  fromHex,
  hexByteAt,
  hexDigitValue,
  toHex,
} from '../../../shared/bytes.ts';
import { decodeLatin1, decodeUtf8, encodeLatin1, encodeUtf8 } from '../../../shared/text.ts';

describe('concatBytes()', () => {
  test.each([
    ['nothing', [], []],
    ['one part', [[1, 2]], [1, 2]],
    ['parts in order, empty ones too', [[1], [], [2, 3]], [1, 2, 3]],
  ])('%s', (_name, parts, whole) => {
    expect([...concatBytes(parts.map((part) => Uint8Array.from(part)))]).toEqual(whole);
  });

  test('copies: the parts can be changed afterwards', () => {
    const part = Uint8Array.of(1);
    const whole = concatBytes([part]);
    part[0] = 9;
    expect([...whole]).toEqual([1]);
  });
});

describe('compareBytes()', () => {
  test.each([
    ['equal', [1, 2], [1, 2], 0],
    ['both empty', [], [], 0],
    ['a start before the whole', [1], [1, 0], -1],
    ['the first difference decides', [1, 9], [2, 0], -1],
    ['bytes are unsigned', [0x7f], [0x80], -1],
    ['0xff is the last', [0xff], [0x00, 0x00], 1],
  ])('%s', (_name, a, b, sign) => {
    expect(Math.sign(compareBytes(Uint8Array.from(a), Uint8Array.from(b)))).toBe(sign);
  });

  test('orders as the hexadecimal text does', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 4 }), fc.uint8Array({ maxLength: 4 }), (a, b) => {
        const [left, right] = [toHex(a), toHex(b)];
        const sign = left === right ? 0 : left < right ? -1 : 1;
        expect(Math.sign(compareBytes(a, b))).toBe(sign);
        expect(equalBytes(a, b)).toBe(sign === 0);
      }),
    );
  });
});

describe('toHex()', () => {
  test('writes every byte with two lower-case digits', () => {
    const everyByte = Uint8Array.from({ length: 256 }, (_, byte) => byte);
    expect(toHex(everyByte)).toBe(Buffer.from(everyByte).toString('hex'));
  });
});

describe('hexDigitValue()', () => {
  test.each([
    ['0', 0],
    ['9', 9],
    ['a', 10],
    ['F', 15],
    ['g', undefined],
    ['/', undefined],
    [':', undefined],
    ['@', undefined],
    ['`', undefined],
    ['\u0130', undefined],
    ['', undefined],
  ])('of %j is %j', (character, value) => {
    expect(hexDigitValue(character.charCodeAt(0))).toBe(value);
  });
});

describe('fromHex()', () => {
  test.each([
    ['the empty string', '', ''],
    ['lower case', '00ff7a', '00ff7a'],
    ['upper case', '00FF7A', '00ff7a'],
  ])('%s', (_name, hex, lowerCase) => {
    expect(fromHex(hex)).toEqual(fromHex(lowerCase));
    expect(toHex(fromHex(hex) ?? Uint8Array.of(1))).toBe(lowerCase);
  });

  test.each([
    ['an odd length', 'abc'],
    ['a letter that is no digit', '0g'],
    ['a sign', '-1'],
    ['white space', ' 1'],
    ['a newline at the end', 'ab\n'],
    ['a prefix', '0x'],
    ['a character above U+00FF whose low byte is a digit', '0\u0130'],
  ])('refuses %s', (_name, hex) => {
    expect(fromHex(hex)).toBeUndefined();
  });

  test('gives back any bytes that toHex() wrote', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        expect(fromHex(toHex(bytes))).toEqual(new Uint8Array(bytes));
      }),
    );
  });
});

test('hexByteAt() gives each byte that toHex() wrote, and 0 past them', () => {
  const bytes = Uint8Array.of(0, 0x9a, 0xff);
  expect([0, 1, 2, 3].map((index) => hexByteAt(toHex(bytes), index))).toEqual([...bytes, 0]);
});

describe('decodeLatin1() and encodeLatin1()', () => {
  test('keep every byte', () => {
    const everyByte = Uint8Array.from({ length: 256 }, (_, byte) => byte);
    expect(encodeLatin1(decodeLatin1(everyByte))).toEqual(everyByte);
  });
});

describe('decodeUtf8()', () => {
  test.each([
    ['a continuation alone', [0x80]],
    ['a sequence that is cut off', [0xc3]],
    ['an overlong slash', [0xc0, 0xaf]],
    ['a surrogate', [0xed, 0xa0, 0x80]],
    ['a code point above U+10FFFF', [0xf4, 0x90, 0x80, 0x80]],
  ])('refuses %s', (_name, bytes) => {
    expect(decodeUtf8(Uint8Array.from(bytes))).toBeUndefined();
  });

  test('keeps a byte order mark, so that text encodes to the same bytes', () => {
    const bytes = Uint8Array.of(0xef, 0xbb, 0xbf, 0x61);
    expect(encodeUtf8(decodeUtf8(bytes) ?? '')).toEqual(bytes);
  });
});
