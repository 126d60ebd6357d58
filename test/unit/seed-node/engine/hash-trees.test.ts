import { createHash } from 'node:crypto';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { HashTrees, MAX_HASHES_PER_REQUEST } from '../../../../seed-node/engine/hash-trees.ts';
import { sha256 } from '../../../../seed-node/hashing/sha256.ts';
import { concatBytes, toHex } from '../../../../shared/bytes.ts';
import { rootOfPieceLayer } from '../../../../shared/merkle.ts';
import { BLOCK_BYTES } from '../../../../shared/pieces.ts';

/** Pieces of four blocks: the piece layer is layer 2. */
const PIECE_LENGTH = 4 * BLOCK_BYTES;
const PIECE_LAYER = 2;

function digest(...parts: readonly Uint8Array[]): Uint8Array {
  return createHash('sha256').update(concatBytes(parts)).digest();
}

function pieceLayer(pieceCount: number): Uint8Array {
  return concatBytes(
    Array.from({ length: pieceCount }, (_, index) =>
      digest(Uint8Array.of(index & 255, index >> 8)),
    ),
  );
}

function treeOf(pieceCount: number): { trees: HashTrees; root: Uint8Array } {
  const layer = pieceLayer(pieceCount);
  const root = rootOfPieceLayer(layer, PIECE_LENGTH / BLOCK_BYTES, sha256);
  return { trees: new HashTrees(new Map([[toHex(root), layer]]), PIECE_LENGTH, sha256), root };
}

/** What a leecher does: hashes up what it got, with the uncles, as far as they reach. */
function climb(answer: Uint8Array, index: number, length: number): Uint8Array {
  const hashes = Array.from({ length: answer.length / 32 }, (_, i) =>
    answer.subarray(i * 32, (i + 1) * 32),
  );
  let nodes = hashes.slice(0, length);
  while (nodes.length > 1) {
    nodes = nodes.flatMap((node, i) => (i % 2 === 0 ? [digest(node, nodes[i + 1] ?? node)] : []));
  }
  let [node = answer] = nodes;
  let place = index / length;
  for (const uncle of hashes.slice(length)) {
    node = place % 2 === 0 ? digest(node, uncle) : digest(uncle, node);
    place = Math.floor(place / 2);
  }
  return node;
}

describe('HashTrees', () => {
  test('a run of the piece layer and its uncles hash up to the root (BEP 52)', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 2100 }),
        fc.nat(),
        fc.nat(),
        fc.nat(),
        (pieceCount, anyLevel, anyLength, anyIndex) => {
          const { trees, root } = treeOf(pieceCount);
          const height = Math.ceil(Math.log2(pieceCount));
          const level = anyLevel % height;
          const width = 2 ** (height - level);
          const length = 2 ** (1 + (anyLength % Math.min(9, height - level)));
          const index = (anyIndex % (width / length)) * length;
          const answer = trees.find({
            piecesRoot: root,
            baseLayer: PIECE_LAYER + level,
            index,
            length,
            proofLayers: height - level - 1,
          });
          expect(answer && toHex(climb(answer, index, length))).toBe(toHex(root));
        },
      ),
      { numRuns: 60 },
    );
  });

  test('proof layers that the hashes themselves give are left out', () => {
    const { trees, root } = treeOf(8);
    const request = { piecesRoot: root, baseLayer: PIECE_LAYER, index: 4, length: 4 };
    expect(trees.find({ ...request, proofLayers: 0 })?.length).toBe(4 * 32);
    expect(trees.find({ ...request, proofLayers: 1 })?.length).toBe(4 * 32);
    expect(trees.find({ ...request, proofLayers: 2 })?.length).toBe(5 * 32);
  });

  test.each([
    ['a layer below the pieces', { baseLayer: PIECE_LAYER - 1 }],
    ['the root', { baseLayer: PIECE_LAYER + 11 }],
    ['a layer above the root', { baseLayer: 4_000_000_000 }],
    ['one hash', { length: 1 }],
    ['no hash', { length: 0 }],
    ['three hashes', { length: 3 }],
    ['too many at a time', { length: 2 * MAX_HASHES_PER_REQUEST }],
    ['an index inside a run', { index: 3 }],
    ['what lies beyond the layer', { index: 2048 }],
    ['proof beyond the root', { proofLayers: 11 }],
    ['a file that is not there', { piecesRoot: new Uint8Array(32) }],
  ])('%s is not found', (_name, part) => {
    const { trees, root } = treeOf(2000);
    const request = {
      piecesRoot: root,
      baseLayer: PIECE_LAYER,
      index: 0,
      length: 2,
      proofLayers: 0,
    };
    expect(trees.find(request)?.length).toBe(64);
    expect(trees.find({ ...request, ...part })).toBeUndefined();
  });

  test('a v1 torrent has none', () => {
    const trees = new HashTrees(undefined, 100_000, sha256);
    expect(trees.hashCount).toBe(0);
    const request = { baseLayer: 0, index: 0, length: 2, proofLayers: 0 };
    expect(trees.find({ ...request, piecesRoot: new Uint8Array(32) })).toBeUndefined();
  });
});
