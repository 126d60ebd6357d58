import { describe, expect, test } from 'vitest';
import {
  allowedFastCount,
  allowedFastPieces,
  MAX_ALLOWED_FAST_BYTES,
} from '../../../../seed-node/engine/allowed-fast.ts';
import { sha1 } from '../../../../seed-node/hashing/sha1.ts';
import { parseIpAddress } from '../../../../shared/endpoint.ts';
import { PieceLayout } from '../../../../shared/pieces.ts';
import { infoHash, required } from '../../shared/required.ts';

const HASH = infoHash('aa'.repeat(20));

function piecesFor(address: string, count: number, pieceCount = 1313): readonly number[] {
  const layout = new PieceLayout(pieceCount * 16, 16);
  return allowedFastPieces(HASH, required(parseIpAddress(address)), layout, count, sha1);
}

describe('allowedFastPieces()', () => {
  test('the examples of BEP 6', () => {
    expect(piecesFor('80.4.4.200', 7)).toEqual([1059, 431, 808, 1217, 287, 376, 1188]);
    expect(piecesFor('80.4.4.200', 9)).toEqual([1059, 431, 808, 1217, 287, 376, 1188, 353, 508]);
  });

  test('the same from all of a network, others from another', () => {
    expect(piecesFor('80.4.4.1', 9)).toEqual(piecesFor('80.4.4.200', 9));
    expect(piecesFor('80.4.5.200', 9)).not.toEqual(piecesFor('80.4.4.200', 9));
    expect(piecesFor('2001:db8::1', 9)).toEqual(piecesFor('2001:db8::ffff:2', 9));
    expect(piecesFor('2001:db8:0:1::1', 9)).not.toEqual(piecesFor('2001:db8::1', 9));
  });

  test('all pieces of a torrent that has no more', () => {
    expect(piecesFor('80.4.4.200', 10, 3).toSorted((a, b) => a - b)).toEqual([0, 1, 2]);
  });
});

describe('allowedFastCount()', () => {
  test('bounded in bytes: none of a torrent with huge pieces', () => {
    expect(allowedFastCount(new PieceLayout(1e9, 16_384))).toBe(10);
    expect(allowedFastCount(new PieceLayout(1e9, MAX_ALLOWED_FAST_BYTES / 2))).toBe(2);
    expect(allowedFastCount(new PieceLayout(1e9, MAX_ALLOWED_FAST_BYTES * 2))).toBe(0);
    expect(allowedFastCount(new PieceLayout(20_000, 16_384))).toBe(2);
  });
});
