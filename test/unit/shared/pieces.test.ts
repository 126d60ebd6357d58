import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type FileExtent,
  fileSpans,
  PieceLayout,
  recommendPieceLength,
} from '../../../shared/pieces.ts';
import { required } from './required.ts';

const KIB = 1024;
const MIB = 1024 * KIB;
const GIB = 1024 * MIB;

function extents(...lengths: readonly number[]): FileExtent[] {
  let offsetBytes = 0;
  return lengths.map((lengthBytes) => {
    const extent = { offsetBytes, lengthBytes };
    offsetBytes += lengthBytes;
    return extent;
  });
}

describe('recommendPieceLength()', () => {
  test.each([
    ['1 byte', 1, 16 * KIB],
    ['16 MiB: 1,024 pieces', 16 * MIB, 16 * KIB],
    ['one byte more', 16 * MIB + 1, 32 * KIB],
    ['32 MiB', 32 * MIB, 32 * KIB],
    ['one byte more than 32 MiB', 32 * MIB + 1, 64 * KIB],
    ['64 MiB and one byte', 64 * MIB + 1, 128 * KIB],
    ['128 MiB and one byte', 128 * MIB + 1, 256 * KIB],
    ['256 MiB and one byte', 256 * MIB + 1, 512 * KIB],
    ['1 GiB', GIB, MIB],
    ['one byte more than 1 GiB', GIB + 1, 2 * MIB],
    ['8 GiB', 8 * GIB, 8 * MIB],
    ['one byte more than 8 GiB', 8 * GIB + 1, 16 * MIB],
    ['16 GiB', 16 * GIB, 16 * MIB],
    ['one byte more than 16 GiB: never above 16 MiB', 16 * GIB + 1, 16 * MIB],
    ['1 TiB', 1024 * GIB, 16 * MIB],
  ])('%s', (_name, sizeBytes, pieceLengthBytes) => {
    expect(recommendPieceLength(sizeBytes)).toBe(pieceLengthBytes);
  });
});

describe('PieceLayout', () => {
  test.each([
    ['one byte', 1, 10, 1, 1],
    ['one byte less than a piece', 9, 10, 1, 9],
    ['exactly a piece', 10, 10, 1, 10],
    ['one byte more than a piece', 11, 10, 2, 1],
    ['exactly three pieces', 30, 10, 3, 10],
    ['above 2^32 bytes', 2 ** 40 + 1, 2 ** 24, 2 ** 16 + 1, 1],
  ])('%s: pieces and the length of the last', (_name, size, pieceLength, count, last) => {
    const layout = new PieceLayout(size, pieceLength);
    expect(layout.pieceCount).toBe(count);
    const lastIndex = required(layout.pieceIndex(count - 1));
    expect(layout.lengthBytes(lastIndex)).toBe(last);
    expect(layout.offsetBytes(lastIndex) + last).toBe(size);
  });

  test.each([
    [0, 0],
    [2, 2],
    [3, undefined],
    [-1, undefined],
    [0.5, undefined],
    [Number.NaN, undefined],
    [Number.POSITIVE_INFINITY, undefined],
    [2 ** 32, undefined],
  ])('pieceIndex() of %d among three pieces is %s', (index, piece) => {
    expect(new PieceLayout(25, 10).pieceIndex(index)).toBe(piece);
  });

  test.each([
    [0, 0],
    [9, 0],
    [10, 1],
    [24, 2],
  ])('pieceAt() of byte %i is piece %i', (offset, piece) => {
    expect(new PieceLayout(25, 10).pieceAt(offset)).toBe(piece);
  });

  test.each([[-1], [30]])('pieceAt() of byte %i throws: the torrent ends before', (offset) => {
    expect(() => new PieceLayout(25, 10).pieceAt(offset)).toThrow('the offset lies inside');
  });

  test.each([
    [0, 10],
    [10, 0],
  ])('throws for %i bytes in pieces of %i', (size, pieceLength) => {
    expect(() => new PieceLayout(size, pieceLength)).toThrow('a torrent has bytes and pieces');
  });

  test('the pieces of any torrent cover it exactly', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 5000 }),
        fc.integer({ min: 1, max: 500 }),
        (size, pieceLength) => {
          const layout = new PieceLayout(size, pieceLength);
          let offset = 0;
          for (let i = 0; i < layout.pieceCount; i += 1) {
            const index = required(layout.pieceIndex(i));
            expect(layout.offsetBytes(index)).toBe(offset);
            expect(layout.lengthBytes(index)).toBeGreaterThan(0);
            expect(layout.pieceAt(offset)).toBe(i);
            offset += layout.lengthBytes(index);
          }
          expect(offset).toBe(size);
        },
      ),
    );
  });
});

describe('fileSpans()', () => {
  const files = extents(0, 10, 0, 0, 5, 20, 0);

  test.each([
    ['inside one file', 2, 3, [[1, 2, 3]]],
    ['a whole file', 10, 5, [[4, 0, 5]]],
    [
      'across two files, empty ones left out',
      8,
      4,
      [
        [1, 8, 2],
        [4, 0, 2],
      ],
    ],
    [
      'across three files',
      9,
      7,
      [
        [1, 9, 1],
        [4, 0, 5],
        [5, 0, 1],
      ],
    ],
    ['the first byte', 0, 1, [[1, 0, 1]]],
    ['the last byte', 34, 1, [[5, 19, 1]]],
    [
      'everything',
      0,
      35,
      [
        [1, 0, 10],
        [4, 0, 5],
        [5, 0, 20],
      ],
    ],
    ['no bytes', 10, 0, []],
    ['nothing past the end', 35, 10, []],
    ['only what there is across the end', 34, 10, [[5, 19, 1]]],
  ])('%s', (_name, offset, length, spans) => {
    expect(
      fileSpans(files, offset, length).map((span) => [
        span.fileIndex,
        span.fileOffsetBytes,
        span.lengthBytes,
      ]),
    ).toEqual(spans);
  });

  test('cover any range exactly, in order, and stay inside their files', () => {
    const lengths = fc.array(fc.oneof(fc.constant(0), fc.nat({ max: 30 })), { maxLength: 20 });
    fc.assert(
      fc.property(lengths, fc.nat({ max: 100 }), fc.nat({ max: 100 }), (all, from, length) => {
        const parts = extents(...all);
        const size = all.reduce((sum, part) => sum + part, 0);
        const covered = fileSpans(parts, from, length).flatMap((span) => {
          const file = required(parts[span.fileIndex]);
          expect(span.lengthBytes).toBeGreaterThan(0);
          expect(span.fileOffsetBytes + span.lengthBytes).toBeLessThanOrEqual(file.lengthBytes);
          const start = file.offsetBytes + span.fileOffsetBytes;
          return Array.from({ length: span.lengthBytes }, (_, index) => start + index);
        });
        const end = Math.min(size, from + length);
        expect(covered).toEqual(
          Array.from({ length: Math.max(0, end - from) }, (_, index) => from + index),
        );
      }),
      { numRuns: 500 },
    );
  });
});
