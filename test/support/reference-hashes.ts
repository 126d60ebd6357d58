import { createHash } from 'node:crypto';
import { concatBytes } from '../../shared/bytes.ts';

/** BEP 3 and BEP 52 written down as simply as they can be: what the real hashing is compared with. */

const BLOCK_BYTES = 16 * 1024;

function sha256(bytes: Uint8Array): Uint8Array {
  return createHash('sha256').update(bytes).digest();
}

/** SHA-1 of each piece of the files, one after another; where `isPadded`, zeros fill up what another file follows. */
export function referencePieceHashes(
  files: readonly Uint8Array[],
  pieceLengthBytes: number,
  isPadded: boolean,
): string[] {
  const last = files.findLastIndex((file) => file.length > 0);
  const parts = files.flatMap((file, index) => {
    const missing = (pieceLengthBytes - (file.length % pieceLengthBytes)) % pieceLengthBytes;
    return [file, new Uint8Array(isPadded && index < last ? missing : 0)];
  });
  const whole = concatBytes(parts);
  const hashes: string[] = [];
  for (let offset = 0; offset < whole.length; offset += pieceLengthBytes) {
    const piece = whole.subarray(offset, offset + pieceLengthBytes);
    hashes.push(createHash('sha1').update(piece).digest('hex'));
  }
  return hashes;
}

/** The whole merkle tree of a file, lowest layer first: leaves are block hashes, then zeros up to a power of two. */
function referenceTree(file: Uint8Array): Uint8Array[][] {
  const leaves: Uint8Array[] = [];
  for (let offset = 0; offset < file.length; offset += BLOCK_BYTES) {
    leaves.push(sha256(file.subarray(offset, offset + BLOCK_BYTES)));
  }
  let width = 1;
  while (width < leaves.length) width *= 2;
  while (leaves.length < width) leaves.push(new Uint8Array(32));
  const layers = [leaves];
  for (let layer = leaves; layer.length > 1;) {
    const below = layer;
    layer = [];
    for (let i = 0; i < below.length; i += 2) {
      layer.push(
        sha256(concatBytes([below[i] ?? new Uint8Array(), below[i + 1] ?? new Uint8Array()])),
      );
    }
    layers.push(layer);
  }
  return layers;
}

export function referencePiecesRoot(file: Uint8Array): string {
  return Buffer.from(referenceTree(file).at(-1)?.[0] ?? []).toString('hex');
}

/** The hashes of a file's pieces, for a file longer than one. */
export function referencePieceLayer(file: Uint8Array, pieceLengthBytes: number): string {
  const layer = referenceTree(file)[Math.log2(pieceLengthBytes / BLOCK_BYTES)] ?? [];
  const count = Math.ceil(file.length / pieceLengthBytes);
  return Buffer.concat(layer.slice(0, count)).toString('hex');
}
