import { invariant } from './invariant.ts';

declare const brand: unique symbol;

/** A piece index proven to lie inside one torrent: made by `PieceLayout.pieceIndex` alone. */
export type PieceIndex = number & { readonly [brand]: 'PieceIndex' };

/** Bytes that a peer asks for at a time; clients drop peers that ask for more (BEP 3). */
export const BLOCK_BYTES = 16 * 1024;

export const SHA1_BYTES = 20;

const MIN_PIECE_LENGTH_BYTES = 16 * 1024;
const MAX_PIECE_LENGTH_BYTES = 16 * 1024 * 1024;
const PIECES_WANTED = 1024;

/**
 * The piece length of version 1 of the recipe: the smallest power of two from 16 KiB to 16 MiB that makes at
 * most 1,024 pieces. It never changes for a given size, so the same content has the same info-hash everywhere.
 */
export function recommendPieceLength(sizeBytes: number): number {
  let pieceLengthBytes = MIN_PIECE_LENGTH_BYTES;
  while (
    pieceLengthBytes < MAX_PIECE_LENGTH_BYTES &&
    Math.ceil(sizeBytes / pieceLengthBytes) > PIECES_WANTED
  ) {
    pieceLengthBytes *= 2;
  }
  return pieceLengthBytes;
}

/**
 * How a torrent's bytes are cut into pieces: all of one length but the last. Where files start at pieces (BEP 52), the
 * gap behind a file belongs to its last piece, as zeros.
 */
export class PieceLayout {
  /** Bytes from the first file's start to the last one's end, gaps included. */
  readonly extentBytes: number;
  readonly pieceLengthBytes: number;
  readonly pieceCount: number;

  constructor(extentBytes: number, pieceLengthBytes: number) {
    invariant(extentBytes > 0 && pieceLengthBytes > 0, 'a torrent has bytes and pieces');
    this.extentBytes = extentBytes;
    this.pieceLengthBytes = pieceLengthBytes;
    this.pieceCount = Math.ceil(extentBytes / pieceLengthBytes);
  }

  /** `index` as a piece of this torrent, or `undefined` where it has no such piece. */
  pieceIndex(index: number): PieceIndex | undefined {
    return this.#holds(index) ? index : undefined;
  }

  #holds(index: number): index is PieceIndex {
    return Number.isInteger(index) && index >= 0 && index < this.pieceCount;
  }

  /** The piece that byte `offsetBytes` of the torrent lies in. */
  pieceAt(offsetBytes: number): PieceIndex {
    const index = this.pieceIndex(Math.floor(offsetBytes / this.pieceLengthBytes));
    invariant(index !== undefined, 'the offset lies inside the torrent');
    return index;
  }

  offsetBytes(index: PieceIndex): number {
    return index * this.pieceLengthBytes;
  }

  lengthBytes(index: PieceIndex): number {
    return Math.min(this.pieceLengthBytes, this.extentBytes - this.offsetBytes(index));
  }
}

/** A file's place in the one byte sequence that a torrent's files form in order. */
export interface FileExtent {
  readonly offsetBytes: number;
  readonly lengthBytes: number;
}

/**
 * Where files of these lengths stand when each that has bytes starts at a piece (BEP 52). An empty one stands where the
 * file before it ends, and nothing follows the last.
 */
export function alignedOffsets(
  lengths: readonly number[],
  pieceLengthBytes: number,
): { readonly offsets: readonly number[]; readonly extentBytes: number } {
  let extentBytes = 0;
  const offsets = lengths.map((length) => {
    const offset =
      length === 0 ? extentBytes : Math.ceil(extentBytes / pieceLengthBytes) * pieceLengthBytes;
    extentBytes = offset + length;
    return offset;
  });
  return { offsets, extentBytes };
}

/** Where files of these lengths stand when each starts where the one before it ends (BEP 3). */
export function contiguousOffsets(lengths: readonly number[]): {
  readonly offsets: readonly number[];
  readonly extentBytes: number;
} {
  let extentBytes = 0;
  const offsets = lengths.map((length) => {
    const offset = extentBytes;
    extentBytes += length;
    return offset;
  });
  return { offsets, extentBytes };
}

/** A run of one file's bytes. */
export interface FileSpan {
  readonly fileIndex: number;
  readonly fileOffsetBytes: number;
  readonly lengthBytes: number;
  /** Where the run stands among the bytes asked for, from 0. */
  readonly targetOffsetBytes: number;
}

/**
 * The runs of files that make up the torrent's bytes from `offsetBytes` on, in order. Empty files are left out, and
 * so are gaps between files, which are zeros.
 */
export function fileSpans(
  files: readonly FileExtent[],
  offsetBytes: number,
  lengthBytes: number,
): FileSpan[] {
  const spans: FileSpan[] = [];
  const end = offsetBytes + lengthBytes;
  for (
    let fileIndex = firstFileEndingAfter(files, offsetBytes);
    fileIndex < files.length;
    fileIndex += 1
  ) {
    const file = files[fileIndex];
    if (file === undefined || file.offsetBytes >= end) break;
    const from = Math.max(offsetBytes, file.offsetBytes);
    const to = Math.min(end, file.offsetBytes + file.lengthBytes);
    if (to > from) {
      spans.push({
        fileIndex,
        fileOffsetBytes: from - file.offsetBytes,
        lengthBytes: to - from,
        targetOffsetBytes: from - offsetBytes,
      });
    }
  }
  return spans;
}

function firstFileEndingAfter(files: readonly FileExtent[], offsetBytes: number): number {
  let low = 0;
  let high = files.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const file = files[middle];
    if (file !== undefined && file.offsetBytes + file.lengthBytes <= offsetBytes) low = middle + 1;
    else high = middle;
  }
  return low;
}
