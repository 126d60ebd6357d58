import { concatBytes } from './bytes.ts';
import { invariant } from './invariant.ts';

/** SHA-256 of some bytes, 32 bytes: given by the runtime, since `shared/` has none. */
export type Sha256 = (bytes: Uint8Array) => Uint8Array;

export const SHA256_BYTES = 32;

/** The leaf beyond the end of a file (BEP 52, `pieces root`). */
const ZERO_LEAF = new Uint8Array(SHA256_BYTES);

/**
 * The root of a binary tree of SHA-256 hashes whose lowest layer is `layer`, 32 bytes a hash, filled up to `width`
 * hashes with `padding`. `width` is a power of two.
 */
function merkleRoot(
  layer: Uint8Array,
  width: number,
  padding: Uint8Array,
  sha256: Sha256,
): Uint8Array {
  invariant(layer.length > 0 && layer.length <= width * SHA256_BYTES, 'the layer fits its width');
  let nodes = layer;
  let pad = padding;
  for (let nodesWanted = width; nodesWanted > 1; nodesWanted /= 2) {
    nodes = parentLayer(nodes, pad, sha256);
    pad = sha256(concatBytes([pad, pad]));
  }
  return nodes;
}

/** The layer above `layer`: the hash of each pair of its hashes; a last one alone is paired with `padding`. */
export function parentLayer(layer: Uint8Array, padding: Uint8Array, sha256: Sha256): Uint8Array {
  const parents = new Uint8Array(Math.ceil(layer.length / (2 * SHA256_BYTES)) * SHA256_BYTES);
  for (let offset = 0; offset < layer.length; offset += 2 * SHA256_BYTES) {
    const pair = layer.subarray(offset, offset + 2 * SHA256_BYTES);
    const isWhole = pair.length === 2 * SHA256_BYTES;
    parents.set(sha256(isWhole ? pair : concatBytes([pair, padding])), offset / 2);
  }
  return parents;
}

/**
 * The hash of a file's piece in its `piece layers` entry, or the `pieces root` of a file that is no longer than a
 * piece: the root over the hashes of the piece's blocks, filled up with zeros to `blocksWide` leaves.
 */
export function pieceRoot(blockHashes: Uint8Array, blocksWide: number, sha256: Sha256): Uint8Array {
  return merkleRoot(blockHashes, blocksWide, ZERO_LEAF, sha256);
}

/** The `pieces root` over a file's piece layer (BEP 52): beyond the end of the file pieces are all zero leaves. */
export function rootOfPieceLayer(
  pieceLayer: Uint8Array,
  blocksPerPiece: number,
  sha256: Sha256,
): Uint8Array {
  const padding = paddingRoot(blocksPerPiece, sha256);
  const width = nextPowerOfTwo(pieceLayer.length / SHA256_BYTES);
  return merkleRoot(pieceLayer, width, padding, sha256);
}

/** What stands in a piece layer for the pieces beyond the end of the file: the root over zero leaves (BEP 52). */
export function paddingRoot(blocksPerPiece: number, sha256: Sha256): Uint8Array {
  return merkleRoot(ZERO_LEAF, blocksPerPiece, ZERO_LEAF, sha256);
}

/** The smallest power of two that is at least `count`. */
export function nextPowerOfTwo(count: number): number {
  return 2 ** Math.ceil(Math.log2(count));
}
