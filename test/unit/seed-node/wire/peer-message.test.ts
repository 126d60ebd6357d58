import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  CHOKE,
  decodeMessage,
  encodeBitfield,
  encodeExtended,
  encodePieceHeader,
  encodeReject,
  HAVE_ALL,
  KEEP_ALIVE,
  maxMessageBytes,
  type PeerMessage,
  UNCHOKE,
} from '../../../../seed-node/wire/peer-message.ts';
import { readUint32 } from '../../../../seed-node/wire/message-frame.ts';

describe('decodeMessage()', () => {
  test.each<[name: string, frame: number[], message: PeerMessage | undefined]>([
    ['nothing: a keep-alive', [], { type: 'keep-alive' }],
    ['choke', [0], { type: 'choke' }],
    ['unchoke', [1], { type: 'unchoke' }],
    ['interested', [2], { type: 'interested' }],
    ['not interested', [3], { type: 'not-interested' }],
    ['have', [4, 0, 0, 1, 2], { type: 'have', pieceIndex: 258 }],
    [
      'have of a piece above 2^31: never negative',
      [4, 0xff, 0xff, 0xff, 0xff],
      { type: 'have', pieceIndex: 2 ** 32 - 1 },
    ],
    ['an empty bitfield', [5], { type: 'bitfield', bits: Uint8Array.of() }],
    ['a bitfield', [5, 0x80, 1], { type: 'bitfield', bits: Uint8Array.of(0x80, 1) }],
    [
      'request',
      [6, 0, 0, 0, 1, 0, 0, 0x40, 0, 0, 0, 0x80, 0],
      { type: 'request', request: { pieceIndex: 1, beginBytes: 16_384, lengthBytes: 32_768 } },
    ],
    [
      'request with numbers above 2^31: never negative',
      [6, 0x80, 0, 0, 0, 0x80, 0, 0, 1, 0xff, 0xff, 0xff, 0xff],
      {
        type: 'request',
        request: { pieceIndex: 2 ** 31, beginBytes: 2 ** 31 + 1, lengthBytes: 2 ** 32 - 1 },
      },
    ],
    [
      'cancel',
      [8, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3],
      { type: 'cancel', request: { pieceIndex: 1, beginBytes: 2, lengthBytes: 3 } },
    ],
    [
      'extended without a payload',
      [20, 0],
      { type: 'extended', extendedId: 0, payload: Uint8Array.of() },
    ],
    [
      'extended',
      [20, 3, 0x64, 0x65],
      { type: 'extended', extendedId: 3, payload: Uint8Array.of(0x64, 0x65) },
    ],
    ['a piece, which a seed never asked for', [7, 0, 0, 0, 0], { type: 'other' }],
    ['a DHT port (BEP 5)', [9, 0x1a, 0xe1], { type: 'other' }],
    ['have all (BEP 6)', [14], { type: 'have-all' }],
    ['have none (BEP 6)', [15], { type: 'have-none' }],
    ['have all with a payload', [14, 0], undefined],
    ['an id that nobody defined', [255, 1, 2, 3], { type: 'other' }],
  ])('%s', (_name, frame, message) => {
    expect(decodeMessage(Uint8Array.from(frame))).toEqual(message);
  });

  test.each<[name: string, frame: number[]]>([
    ['choke with a payload', [0, 0]],
    ['unchoke with a payload', [1, 0]],
    ['interested with a payload', [2, 0]],
    ['not interested with a payload', [3, 0]],
    ['have a byte short', [4, 0, 0, 0]],
    ['have a byte long', [4, 0, 0, 0, 0, 0]],
    ['have alone', [4]],
    ['request a byte short', [6, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]],
    ['request a byte long', [6, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]],
    ['request alone', [6]],
    ['cancel a byte short', [8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]],
    ['cancel a byte long', [8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]],
    ['extended without its id', [20]],
  ])('refuses %s', (_name, frame) => {
    expect(decodeMessage(Uint8Array.from(frame))).toBeUndefined();
  });

  test('reads a frame inside a larger buffer', () => {
    const buffer = Uint8Array.of(9, 9, 4, 0, 0, 0, 7, 9);
    expect(decodeMessage(buffer.subarray(2, 7))).toEqual({ type: 'have', pieceIndex: 7 });
  });

  test('any frame without a throw', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 20 }), (frame) => {
        expect(() => decodeMessage(frame)).not.toThrow();
      }),
      { numRuns: 1000 },
    );
  });
});

describe('what a seed says', () => {
  test.each<[name: string, message: Uint8Array, bytes: number[]]>([
    ['KEEP_ALIVE', KEEP_ALIVE, [0, 0, 0, 0]],
    ['CHOKE', CHOKE, [0, 0, 0, 1, 0]],
    ['UNCHOKE', UNCHOKE, [0, 0, 0, 1, 1]],
    ['HAVE_ALL', HAVE_ALL, [0, 0, 0, 1, 14]],
    [
      'encodeReject()',
      encodeReject({ pieceIndex: 1, beginBytes: 2, lengthBytes: 3 }),
      [0, 0, 0, 13, 16, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3],
    ],
    ['encodeBitfield()', encodeBitfield(Uint8Array.of(0xf0)), [0, 0, 0, 2, 5, 0xf0]],
    [
      'encodePieceHeader()',
      encodePieceHeader({ pieceIndex: 0xfffefdfc, beginBytes: 0x01020304, lengthBytes: 2 }).slice(),
      [0, 0, 0, 11, 7, 0xff, 0xfe, 0xfd, 0xfc, 1, 2, 3, 4],
    ],
    ['encodeExtended()', encodeExtended(3, Uint8Array.of(9)), [0, 0, 0, 3, 20, 3, 9]],
  ])('%s', (_name, message, bytes) => {
    expect([...message]).toEqual(bytes);
  });

  test('a block above 64 KiB has its whole length in front', () => {
    const request = { pieceIndex: 0, beginBytes: 0, lengthBytes: 128 * 1024 };
    expect(readUint32(encodePieceHeader(request), 0)).toBe(9 + 128 * 1024);
  });
});

describe('readUint32()', () => {
  test.each([
    [[0, 0, 0, 0], 0],
    [[0x7f, 0xff, 0xff, 0xff], 2 ** 31 - 1],
    [[0x80, 0, 0, 0], 2 ** 31],
    [[0xff, 0xff, 0xff, 0xff], 2 ** 32 - 1],
  ])('%j is %i', (bytes, value) => {
    expect(readUint32(Uint8Array.from([1, ...bytes]).subarray(1), 0)).toBe(value);
  });
});

describe('maxMessageBytes()', () => {
  const extended = 2 + 64 * 1024;

  test.each([
    ['a small torrent: an extended message', 1, extended],
    ['the largest bitfield below that', (extended - 1) * 8, extended],
    ['a bitfield of one byte more', (extended - 1) * 8 + 1, extended + 1],
    ['a huge torrent: its bitfield', 8_000_000, 1 + 1_000_000],
  ])('%s', (_name, pieceCount, bytes) => {
    expect(maxMessageBytes(pieceCount)).toBe(bytes);
  });
});
