import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  decodeHandshake,
  encodeHandshake,
  HANDSHAKE_BYTES,
  startsLikeHandshake,
} from '../../../../seed-node/wire/handshake.ts';
import { decodeLatin1, encodeLatin1 } from '../../../../shared/text.ts';
import { infoHash, peerId } from '../../shared/required.ts';

const HANDSHAKE = {
  infoHash: infoHash('ff'.repeat(20)),
  peerId: peerId('-XX0001-\x00\x80\xffabcdefghi'),
  hasExtensions: true,
  isFast: false,
  hasV2: false,
};
const TEXT = `\x13BitTorrent protocol\0\0\0\0\0\x10\0\0${'\xff'.repeat(20)}${HANDSHAKE.peerId}`;

describe('encodeHandshake()', () => {
  test('BEP 3 with the bit of BEP 10', () => {
    expect(decodeLatin1(encodeHandshake(HANDSHAKE))).toBe(TEXT);
  });

  test('the bit of BEP 6', () => {
    const bytes = encodeHandshake({ ...HANDSHAKE, isFast: true });
    expect([...bytes.subarray(20, 28)]).toEqual([0, 0, 0, 0, 0, 0x10, 0, 0x04]);
    expect(decodeHandshake(bytes)?.isFast).toBe(true);
  });

  test('the bit of BEP 52, beside that of BEP 6', () => {
    const bytes = encodeHandshake({ ...HANDSHAKE, isFast: true, hasV2: true });
    expect([...bytes.subarray(20, 28)]).toEqual([0, 0, 0, 0, 0, 0x10, 0, 0x14]);
    expect(decodeHandshake(bytes)).toMatchObject({ isFast: true, hasV2: true });
  });

  test('without extensions all reserved bits are 0', () => {
    const bytes = encodeHandshake({ ...HANDSHAKE, hasExtensions: false });
    expect([...bytes.subarray(20, 28)]).toEqual([0, 0, 0, 0, 0, 0, 0, 0]);
    expect(bytes.length).toBe(HANDSHAKE_BYTES);
  });
});

describe('decodeHandshake()', () => {
  test('gives back what was encoded', () => {
    expect(decodeHandshake(encodeLatin1(TEXT))).toEqual(HANDSHAKE);
  });

  test.each([
    ['every bit but those of BEP 6, 10 and 52', [255, 255, 255, 255, 255, 0xef, 255, 0xeb], false],
    ['the bit of BEP 10 among others', [255, 255, 255, 255, 255, 0xff, 255, 0xeb], true],
    ['the same bit of another byte', [0, 0, 0, 0, 0x10, 0, 0x10, 0], false],
  ])('%s', (_name, reserved, hasExtensions) => {
    const bytes = encodeLatin1(TEXT);
    bytes.set(reserved, 20);
    expect(decodeHandshake(bytes)).toEqual({ ...HANDSHAKE, hasExtensions });
  });

  test.each([
    ['nothing', ''],
    ['a byte short', TEXT.slice(0, -1)],
    ['a byte long', `${TEXT}x`],
    ['another length of the protocol’s name', `\x12${TEXT.slice(1)}`],
    ['another protocol', TEXT.replace('BitTorrent', 'bittorrent')],
  ])('refuses %s', (_name, text) => {
    expect(decodeHandshake(encodeLatin1(text))).toBeUndefined();
  });

  test('any 68 bytes without a throw', () => {
    const bytes = fc.uint8Array({ minLength: HANDSHAKE_BYTES, maxLength: HANDSHAKE_BYTES });
    fc.assert(
      fc.property(bytes, (raw) => {
        expect(decodeHandshake(raw) === undefined).toBe(!startsLikeHandshake(raw));
      }),
    );
  });
});

describe('startsLikeHandshake()', () => {
  test('every start of a handshake', () => {
    const bytes = encodeLatin1(TEXT);
    for (let length = 0; length <= HANDSHAKE_BYTES; length += 1) {
      expect(startsLikeHandshake(bytes.subarray(0, length))).toBe(true);
    }
  });

  test.each([
    ['HTTP', 'GET / HTTP/1.1'],
    ['an encrypted start', '\x8f'],
    ['a TLS hello', '\x16\x03\x01'],
    ['one wrong byte at the end of the name', '\x13BitTorrent protocoL'],
  ])('is false for %s', (_name, text) => {
    expect(startsLikeHandshake(encodeLatin1(text))).toBe(false);
  });
});
