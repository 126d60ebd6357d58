import { concatBytes, toHex } from '../../shared/bytes.ts';
import {
  nextPowerOfTwo,
  paddingRoot,
  parentLayer,
  type Sha256,
  SHA256_BYTES,
} from '../../shared/merkle.ts';
import type { PieceLayers } from '../../shared/piece-layers.ts';
import { BLOCK_BYTES } from '../../shared/pieces.ts';
import type { HashRequest } from '../wire/hash-message.ts';

/** Hashes that one request may ask for; clients ask for no more than that. */
export const MAX_HASHES_PER_REQUEST = 512;

/** One layer of a file's tree, as far as the file goes; beyond it every hash is `padding`. */
interface Layer {
  readonly hashes: Uint8Array;
  readonly padding: Uint8Array;
}

/**
 * The merkle trees of a torrent's files, from the piece layers up to the roots (BEP 52). What lies below, the hashes of
 * blocks, is not kept: a peer that has the piece layer can ask for the piece itself.
 */
export class HashTrees {
  /** Hashes in all piece layers, filled up to whole trees. */
  readonly hashCount: number;
  readonly #pieceLayers: PieceLayers;
  readonly #blocksPerPiece: number;
  readonly #sha256: Sha256;
  /** Bottom up, by the root in hex; made when first asked for. */
  readonly #trees = new Map<string, readonly Layer[]>();

  constructor(pieceLayers: PieceLayers | undefined, pieceLengthBytes: number, sha256: Sha256) {
    this.#pieceLayers = pieceLayers ?? new Map();
    this.#blocksPerPiece = pieceLengthBytes / BLOCK_BYTES;
    this.#sha256 = sha256;
    this.hashCount = [...this.#pieceLayers.values()].reduce(
      (sum, layer) => sum + nextPowerOfTwo(layer.length / SHA256_BYTES),
      0,
    );
  }

  /**
   * The hashes asked for, and behind them the uncles up to the last of the proof layers that those hashes alone do not
   * give; `undefined` where the request lies outside the trees that are kept.
   */
  find({ piecesRoot, baseLayer, index, length, proofLayers }: HashRequest): Uint8Array | undefined {
    const tree = this.#treeOf(toHex(piecesRoot));
    const level = baseLayer - Math.log2(this.#blocksPerPiece);
    // The root itself is never asked for.
    const layersBelowRoot = tree.length - 1 - level;
    const isInside =
      level >= 0 &&
      layersBelowRoot > 0 &&
      length >= 2 &&
      length <= MAX_HASHES_PER_REQUEST &&
      nextPowerOfTwo(length) === length &&
      index % length === 0 &&
      index + length <= 2 ** layersBelowRoot &&
      proofLayers < layersBelowRoot;
    if (!isInside) return undefined;

    const found: Uint8Array[] = [];
    for (let i = index; i < index + length; i += 1) found.push(hashAt(tree[level], i));
    for (let up = Math.log2(length); up <= proofLayers; up += 1) {
      const ancestor = Math.floor(index / 2 ** up);
      const sibling = ancestor % 2 === 0 ? ancestor + 1 : ancestor - 1;
      found.push(hashAt(tree[level + up], sibling));
    }
    return concatBytes(found);
  }

  #treeOf(root: string): readonly Layer[] {
    const known = this.#trees.get(root);
    const pieceLayer = this.#pieceLayers.get(root);
    if (known !== undefined || pieceLayer === undefined) return known ?? [];
    const layers: Layer[] = [];
    let hashes = pieceLayer;
    let padding = paddingRoot(this.#blocksPerPiece, this.#sha256);
    while (hashes.length > SHA256_BYTES) {
      layers.push({ hashes, padding });
      hashes = parentLayer(hashes, padding, this.#sha256);
      padding = this.#sha256(concatBytes([padding, padding]));
    }
    const tree = [...layers, { hashes, padding }];
    this.#trees.set(root, tree);
    return tree;
  }
}

const EMPTY = new Uint8Array(0);

function hashAt(layer: Layer | undefined, index: number): Uint8Array {
  if (layer === undefined) return EMPTY;
  const offset = index * SHA256_BYTES;
  return offset < layer.hashes.length
    ? layer.hashes.subarray(offset, offset + SHA256_BYTES)
    : layer.padding;
}
