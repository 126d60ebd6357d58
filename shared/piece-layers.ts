import { type BencodeNode, bytesOf, encodeBencode, encodeDictionary } from './bencode.ts';
import { equalBytes, fromHex, toHex } from './bytes.ts';
import { invariant } from './invariant.ts';
import { rootOfPieceLayer, type Sha256, SHA256_BYTES } from './merkle.ts';
import { BLOCK_BYTES, fileSpans } from './pieces.ts';
import { accept, refuse, type Refusal, type Result, type Tolerance } from './result.ts';
import { encodeLatin1 } from './text.ts';
import { layeredFiles, type TorrentInfo } from './torrent-info.ts';

/** The piece layer, 32 bytes a piece, of each file that is longer than a piece, by its `pieces root` in hex (BEP 52). */
export type PieceLayers = ReadonlyMap<string, Uint8Array>;

/**
 * The `piece layers` of a torrent: one for each file that is longer than a piece, and no others. Where a tolerance
 * lets that pass, what does not fit a file is left out.
 */
export function parsePieceLayers(
  node: BencodeNode | undefined,
  info: TorrentInfo,
  tolerance: Tolerance,
): Result<PieceLayers, 'not-a-torrent'> {
  const layers = new Map<string, Uint8Array>();
  if (node?.type !== 'dictionary') {
    const missing = refuse('not-a-torrent', 'the piece layers are missing', 'piece layers');
    return tolerance(missing.refusal) ? accept(layers) : missing;
  }
  const keys = new Set<string>();
  for (const { piecesRoot, lengthBytes } of layeredFiles(info)) {
    const root = toHex(piecesRoot);
    const layer = bytesOf(node.entries.get(latin1(piecesRoot)));
    const pieceCount = Math.ceil(lengthBytes / info.pieceLengthBytes);
    if (layer?.length === pieceCount * SHA256_BYTES) {
      layers.set(root, layer);
      keys.add(root);
    } else {
      const unfit = refuse(
        'not-a-torrent',
        'a file has no piece layer with one hash for each of its pieces',
        `piece layers.${root}`,
      );
      if (!tolerance(unfit.refusal)) return unfit;
    }
  }
  for (const key of node.entries.keys()) {
    const root = toHex(encodeLatin1(key));
    if (keys.has(root)) continue;
    const surplus = refuse(
      'not-a-torrent',
      'a piece layer belongs to no file that is longer than a piece',
      `piece layers.${root.slice(0, 2 * SHA256_BYTES)}`,
    );
    if (!tolerance(surplus.refusal)) return surplus;
  }
  return accept(layers);
}

function latin1(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes);
}

/** Finds the piece layer that is not the one of its `pieces root`: it would make good data look bad. */
export function checkPieceLayers(
  info: TorrentInfo,
  layers: PieceLayers,
  sha256: Sha256,
): Refusal<'not-a-torrent'> | undefined {
  const blocksPerPiece = info.pieceLengthBytes / BLOCK_BYTES;
  for (const { piecesRoot } of layeredFiles(info)) {
    const layer = layers.get(toHex(piecesRoot));
    if (
      layer !== undefined &&
      !equalBytes(rootOfPieceLayer(layer, blocksPerPiece, sha256), piecesRoot)
    ) {
      return refuse(
        'not-a-torrent',
        'a piece layer does not hash to the pieces root of its file',
        `piece layers.${toHex(piecesRoot)}`,
      ).refusal;
    }
  }
  return undefined;
}

/**
 * The merkle root that a piece should have: that of its file where the file is no longer than a piece, one of its piece
 * layer otherwise. Undefined for padding alone, and where the file's layer is missing.
 */
export function expectedPieceRoot(
  { files, pieceLengthBytes }: TorrentInfo,
  layers: PieceLayers | undefined,
  pieceIndex: number,
): Uint8Array | undefined {
  const [span] = fileSpans(files, pieceIndex * pieceLengthBytes, pieceLengthBytes);
  const file = files[span?.fileIndex ?? -1];
  if (span === undefined || file?.piecesRoot === undefined) return undefined;
  if (file.lengthBytes <= pieceLengthBytes) return file.piecesRoot;
  const inFile = span.fileOffsetBytes / pieceLengthBytes;
  return layers
    ?.get(toHex(file.piecesRoot))
    ?.subarray(inFile * SHA256_BYTES, (inFile + 1) * SHA256_BYTES);
}

/** The bencoded `piece layers`. */
export function encodePieceLayers(layers: PieceLayers): Uint8Array<ArrayBuffer> {
  return encodeDictionary(
    [...layers].map(([root, layer]) => {
      const key = fromHex(root);
      invariant(key !== undefined, 'a pieces root is hexadecimal');
      return [key, encodeBencode(layer)];
    }),
  );
}
