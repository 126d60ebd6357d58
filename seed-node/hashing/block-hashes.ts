import { nextPowerOfTwo, pieceRoot, SHA256_BYTES } from '../../shared/merkle.ts';
import { BLOCK_BYTES } from '../../shared/pieces.ts';
import { sha256 } from './sha256.ts';

/** Collects the hashes of one piece's blocks, the leaves of its merkle tree (BEP 52, `pieces root`). */
export class BlockHashes {
  readonly #hashes: Uint8Array;
  readonly #pieceLengthBytes: number;
  #count = 0;

  constructor(pieceLengthBytes: number) {
    this.#pieceLengthBytes = pieceLengthBytes;
    this.#hashes = new Uint8Array(Math.ceil(pieceLengthBytes / BLOCK_BYTES) * SHA256_BYTES);
  }

  /** Starts the next piece. */
  clear(): void {
    this.#count = 0;
  }

  /** Adds whole blocks; only at the end of a file the last one may be short. */
  update(bytes: Uint8Array): void {
    for (let offset = 0; offset < bytes.length; offset += BLOCK_BYTES) {
      const block = bytes.subarray(offset, offset + BLOCK_BYTES);
      this.#hashes.set(sha256(block), this.#count * SHA256_BYTES);
      this.#count += 1;
    }
  }

  /** The piece's hash in its file's layer; of a file no longer than a piece, whose tree is as wide as the file, the root. */
  root(fileBytes: number): Uint8Array {
    const bytesWide = Math.min(fileBytes, this.#pieceLengthBytes);
    const width = nextPowerOfTwo(Math.ceil(bytesWide / BLOCK_BYTES));
    return pieceRoot(this.#hashes.subarray(0, this.#count * SHA256_BYTES), width, sha256);
  }
}
