import { createHash } from 'node:crypto';
import { equalBytes } from '../../shared/bytes.ts';
import { invariant } from '../../shared/invariant.ts';
import { expectedPieceRoot, type PieceLayers } from '../../shared/piece-layers.ts';
import { fileSpans, SHA1_BYTES } from '../../shared/pieces.ts';
import type { TorrentInfo } from '../../shared/torrent-info.ts';
import { BlockHashes } from '../hashing/block-hashes.ts';

/** Tells whether bytes are those of one piece. */
export interface PieceCheck {
  /** The piece's bytes in order, padding included, in runs of whole blocks but for the last. */
  update(bytes: Uint8Array): void;
  isRight(): boolean;
}

/**
 * Checks the piece that starts at byte `offsetBytes` of the torrent: by SHA-1 where the torrent has them (BEP 3), by
 * the merkle tree of its file otherwise (BEP 52).
 */
export function createPieceCheck(
  info: TorrentInfo,
  pieceLayers: PieceLayers | undefined,
  offsetBytes: number,
): PieceCheck {
  const index = offsetBytes / info.pieceLengthBytes;
  if (info.pieceHashes === undefined) return merkleCheck(info, pieceLayers, offsetBytes);
  const expected = info.pieceHashes.subarray(index * SHA1_BYTES, (index + 1) * SHA1_BYTES);
  const hash = createHash('sha1');
  return {
    update: (bytes) => void hash.update(bytes),
    isRight: () => equalBytes(hash.digest(), expected),
  };
}

function merkleCheck(
  info: TorrentInfo,
  pieceLayers: PieceLayers | undefined,
  offsetBytes: number,
): PieceCheck {
  const [span] = fileSpans(info.files, offsetBytes, info.pieceLengthBytes);
  const expected = expectedPieceRoot(info, pieceLayers, offsetBytes / info.pieceLengthBytes);
  invariant(span !== undefined && expected !== undefined, 'a v2 piece has a file and a root');
  const fileBytes = info.files[span.fileIndex]?.lengthBytes ?? 0;
  const blocks = new BlockHashes(info.pieceLengthBytes);
  let bytesLeft = span.lengthBytes;
  return {
    update: (bytes) => {
      // Padding behind the file is in no tree.
      const own = bytes.subarray(0, bytesLeft);
      bytesLeft -= own.length;
      blocks.update(own);
    },
    isRight: () => equalBytes(blocks.root(fileBytes), expected),
  };
}
