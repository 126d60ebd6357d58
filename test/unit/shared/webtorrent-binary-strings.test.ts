import { describe, expect, test } from 'vitest';
import {
  infoHashFromBinary,
  infoHashToBinary,
  peerIdFromBinary,
} from '../../../shared/binary-strings.ts';
import { infoHash } from './required.ts';

const EVERY_BYTE = Array.from({ length: 256 }, (_, byte) => byte);

function hexOf(byte: number): string {
  return byte.toString(16).padStart(2, '0');
}

const notTwentyBytes: [string, unknown][] = [
  ['19 characters', 'x'.repeat(19)],
  ['21 characters', 'x'.repeat(21)],
  ['40 hexadecimal digits', 'ab'.repeat(20)],
  ['no characters', ''],
  ['a character U+0100', `${'x'.repeat(19)}\u0100`],
  ['a character U+FF41', `\uff41${'x'.repeat(19)}`],
  ['10 pairs of surrogates', '\u{1f600}'.repeat(10)],
  ['a lone surrogate', `${'x'.repeat(19)}\ud800`],
  ['a number', 20],
  ['null', null],
  ['nothing', undefined],
  ['true', true],
  ['a list of 20 characters', Array.from({ length: 20 }, () => 'x')],
  ['an object of length 20', { length: 20 }],
];

describe('infoHashFromBinary()', () => {
  test('keeps every byte', () => {
    const hashes = EVERY_BYTE.map((byte) =>
      infoHashFromBinary(String.fromCharCode(byte).repeat(20)),
    );
    expect(hashes).toEqual(EVERY_BYTE.map((byte) => hexOf(byte).repeat(20)));
  });

  test('keeps the order of bytes', () => {
    expect(infoHashFromBinary(`\x01${'\x00'.repeat(18)}\xfe`)).toBe(`01${'00'.repeat(18)}fe`);
  });

  test.each(notTwentyBytes)('of %s is nothing', (_case, value) => {
    expect(infoHashFromBinary(value)).toBe(undefined);
  });
});

describe('infoHashToBinary()', () => {
  test('writes every byte as one character', () => {
    const written = EVERY_BYTE.map((byte) => infoHashToBinary(infoHash(hexOf(byte).repeat(20))));
    expect(written).toEqual(EVERY_BYTE.map((byte) => String.fromCharCode(byte).repeat(20)));
  });

  test('keeps the order of bytes', () => {
    expect(infoHashToBinary(infoHash(`01${'00'.repeat(18)}fe`))).toBe(
      `\x01${'\x00'.repeat(18)}\xfe`,
    );
  });
});

describe('peerIdFromBinary()', () => {
  test('keeps every byte', () => {
    const ids = EVERY_BYTE.map((byte) => `${String.fromCharCode(byte)}${'x'.repeat(19)}`);
    expect(ids.map((id) => peerIdFromBinary(id))).toEqual(ids);
  });

  test.each(notTwentyBytes)('of %s is nothing', (_case, value) => {
    expect(peerIdFromBinary(value)).toBe(undefined);
  });
});
