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

/** How a torrent's bytes are cut into pieces: all of one length but the last. */
export class PieceLayout {
  readonly sizeBytes: number;
  readonly pieceLengthBytes: number;
  readonly pieceCount: number;

  constructor(sizeBytes: number, pieceLengthBytes: number) {
    invariant(sizeBytes > 0 && pieceLengthBytes > 0, 'a torrent has bytes and pieces');
    this.sizeBytes = sizeBytes;
    this.pieceLengthBytes = pieceLengthBytes;
    this.pieceCount = Math.ceil(sizeBytes / pieceLengthBytes);
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
    return Math.min(this.pieceLengthBytes, this.sizeBytes - this.offsetBytes(index));
  }
}

/** A file's place in the one byte sequence that a torrent's files form in order. */
export interface FileExtent {
  readonly offsetBytes: number;
  readonly lengthBytes: number;
}

/** A run of one file's bytes. */
export interface FileSpan {
  readonly fileIndex: number;
  readonly fileOffsetBytes: number;
  readonly lengthBytes: number;
}

/** The runs of files that make up the torrent's bytes from `offsetBytes` on, in order; empty files are left out. */
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
      spans.push({ fileIndex, fileOffsetBytes: from - file.offsetBytes, lengthBytes: to - from });
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
