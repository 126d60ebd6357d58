import { describe, expect, test } from 'vitest';
import {
  infoHashBytes,
  infoHashFromBytes,
  infoHashFromHex,
  infoHashPrefix,
} from '../../../shared/info-hash.ts';
import { infoHash } from './required.ts';

const HEX = '00ff1e5aa55a0123456789abcdef00fe10203040';

describe('infoHashFromBytes()', () => {
  test.each([
    [0, undefined],
    [19, undefined],
    [20, '07'.repeat(20)],
    [21, undefined],
    [32, undefined],
    [40, undefined],
  ])('of %i bytes is %s', (length, hex) => {
    expect(infoHashFromBytes(new Uint8Array(length).fill(7))).toBe(hex);
  });

  test('keeps bytes that start with zeros', () => {
    expect(infoHashFromBytes(new Uint8Array(20))).toBe('0'.repeat(40));
  });
});

describe('infoHashFromHex()', () => {
  test('makes upper case lower case, so that one torrent has one key', () => {
    expect(infoHashFromHex(HEX.toUpperCase())).toBe(HEX);
  });

  test.each([
    ['nothing', ''],
    ['39 digits', HEX.slice(1)],
    ['41 digits', `${HEX}0`],
    ['a letter that is no digit', `g${HEX.slice(1)}`],
    ['a newline at the end', `${HEX.slice(1)}\n`],
    ['a letter that lower case makes two characters', `İ${HEX.slice(2)}`],
  ])('refuses %s', (_name, hex) => {
    expect(infoHashFromHex(hex)).toBeUndefined();
  });
});

describe('infoHashBytes()', () => {
  test('gives back the bytes', () => {
    expect(infoHashFromBytes(infoHashBytes(infoHash(HEX)))).toBe(HEX);
  });
});

describe('infoHashPrefix()', () => {
  test('is the first two digits', () => {
    expect(infoHashPrefix(infoHash(HEX))).toBe('00');
    expect(infoHashPrefix(infoHash(`a${HEX.slice(1)}`))).toBe('a0');
  });
});
