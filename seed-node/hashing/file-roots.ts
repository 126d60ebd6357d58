import { toHex } from '../../shared/bytes.ts';
import { rootOfPieceLayer, SHA256_BYTES } from '../../shared/merkle.ts';
import { BLOCK_BYTES } from '../../shared/pieces.ts';
import type { PieceLayers } from '../../shared/piece-layers.ts';
import type { TorrentFile } from '../../shared/torrent-files.ts';
import { sha256 } from './sha256.ts';

/** Files with their pieces roots, and the piece layer of each that is longer than a piece (BEP 52). */
export function fileRoots(
  files: readonly TorrentFile[],
  pieceLengthBytes: number,
  pieceRoots: Uint8Array,
): { readonly files: readonly TorrentFile[]; readonly pieceLayers: PieceLayers } {
  const pieceLayers = new Map<string, Uint8Array>();
  const rooted = files.map((file) => {
    if (file.lengthBytes === 0) return file;
    const first = file.offsetBytes / pieceLengthBytes;
    const count = Math.ceil(file.lengthBytes / pieceLengthBytes);
    const layer = pieceRoots.slice(first * SHA256_BYTES, (first + count) * SHA256_BYTES);
    if (count === 1) return Object.assign({ piecesRoot: layer }, file);
    const piecesRoot = rootOfPieceLayer(layer, pieceLengthBytes / BLOCK_BYTES, sha256);
    pieceLayers.set(toHex(piecesRoot), layer);
    return Object.assign({ piecesRoot }, file);
  });
  return { files: rooted, pieceLayers };
}
