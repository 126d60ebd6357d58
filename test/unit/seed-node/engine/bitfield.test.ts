import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { encodePieces, hasEveryPiece } from '../../../../seed-node/engine/bitfield.ts';
import { PieceLayout } from '../../../../shared/pieces.ts';

function layoutOf(pieceCount: number): PieceLayout {
  return new PieceLayout(pieceCount * 10, 10);
}

describe('encodePieces()', () => {
  test.each([
    ['the first piece is the high bit', 8, [0], [0x80]],
    ['the eighth piece is the low bit', 8, [7], [0x01]],
    ['the ninth piece starts a byte', 9, [8], [0x00, 0x80]],
    ['none', 9, [], [0x00, 0x00]],
    ['all of one', 1, [0], [0x80]],
    ['all of nine, spare bits 0', 9, [0, 1, 2, 3, 4, 5, 6, 7, 8], [0xff, 0x80]],
  ])('%s', (_name, pieceCount, offered, bytes) => {
    const bits = encodePieces(layoutOf(pieceCount), (index) => offered.includes(index));
    expect([...bits]).toEqual(bytes);
  });
});

describe('hasEveryPiece()', () => {
  test.each([
    ['all of eight', [0xff], 8, true],
    ['all but the first', [0x7f], 8, false],
    ['all but the last', [0xfe], 8, false],
    ['all of nine', [0xff, 0x80], 9, true],
    ['all of nine but the last, with spare bits set', [0xff, 0x7f], 9, false],
    ['all of nine, with spare bits set', [0xff, 0xff], 9, true],
    ['too few bytes', [0xff], 9, false],
    ['no bytes', [], 1, false],
    ['bytes to spare', [0xff, 0xff], 8, true],
  ])('%s', (_name, bits, pieceCount, hasAll) => {
    expect(hasEveryPiece(Uint8Array.from(bits), pieceCount)).toBe(hasAll);
  });

  test('is true of what encodePieces() wrote exactly when every piece was offered', () => {
    const offers = fc.array(fc.boolean(), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(offers, (offered) => {
        const bits = encodePieces(layoutOf(offered.length), (index) => offered[index] === true);
        expect(hasEveryPiece(bits, offered.length)).toBe(!offered.includes(false));
      }),
    );
  });
});
