import type { PieceIndex, PieceLayout } from '../../shared/pieces.ts';

/** The wire's bitfield (BEP 3): the high bit of the first byte is piece 0; spare bits at the end are 0. */
export function encodePieces(
  layout: PieceLayout,
  isOffered: (index: PieceIndex) => boolean,
): Uint8Array<ArrayBuffer> {
  const bits = new Uint8Array(Math.ceil(layout.pieceCount / 8));
  for (let i = 0; i < layout.pieceCount; i += 1) {
    const index = layout.pieceIndex(i);
    if (index !== undefined && isOffered(index))
      bits[i >>> 3] = (bits[i >>> 3] ?? 0) | (0x80 >>> (i & 7));
  }
  return bits;
}

/** How many pieces a remote's bitfield has. */
export function countPieces(bits: Uint8Array): number {
  let count = 0;
  for (const byte of bits) {
    for (let rest = byte; rest > 0; rest &= rest - 1) count += 1;
  }
  return count;
}

/** Whether a remote's bitfield has all of `pieceCount` pieces; spare bits do not matter. */
export function hasEveryPiece(bits: Uint8Array, pieceCount: number): boolean {
  for (let i = 0; i < pieceCount; i += 1) {
    if (((bits[i >>> 3] ?? 0) & (0x80 >>> (i & 7))) === 0) return false;
  }
  return true;
}
