import { formatBytes } from '../../shared/format-bytes.ts';
import { recommendPieceLength } from '../../shared/pieces.ts';
import type { TorrentInfo } from '../../shared/torrent-info.ts';

/** Pieces beyond which a .torrent grows large, and clients slow. */
const MANY_PIECES = 30_000;
/** Pieces so long that a client waits for a whole one before it can share any of it. */
const LONG_PIECE_BYTES = 32 * 1024 * 1024;
const FEW_PIECES = 16;
const MANY_FILES = 2_000;
const TINY_FILE_BYTES = 64 * 1024;
/** Padding, as a part of the content, beyond which an archive would be kinder. */
const MUCH_PADDING = 0.2;

/** What will hurt those who download this torrent, one sentence each. */
export function torrentWarnings(info: TorrentInfo, trackerCount: number): string[] {
  return [
    ...aboutPieces(info),
    ...aboutFiles(info),
    ...aboutTrackers(info, trackerCount),
    ...aboutFormat(info),
  ];
}

function aboutPieces({ sizeBytes, extentBytes, pieceLengthBytes }: TorrentInfo): string[] {
  const pieceCount = Math.ceil(extentBytes / pieceLengthBytes);
  const better = `${recommendPieceLength(sizeBytes) / 1024} KiB is usual for ${formatBytes(sizeBytes)}`;
  if (pieceCount > MANY_PIECES) {
    return [
      `${pieceCount} pieces make a large .torrent, which some clients load slowly: ${better}.`,
    ];
  }
  if (pieceLengthBytes >= LONG_PIECE_BYTES) {
    return [
      `Pieces of ${pieceLengthBytes / 2 ** 20} MiB are shared late, and some clients refuse them: ${better}.`,
    ];
  }
  const isTooLong = pieceLengthBytes > recommendPieceLength(sizeBytes);
  return pieceCount < FEW_PIECES && isTooLong
    ? [
        `With ${pieceCount === 1 ? 'one piece' : `${pieceCount} pieces`} only, downloaders can hardly share: ${better}.`,
      ]
    : [];
}

function aboutFiles({ files, sizeBytes, extentBytes, format }: TorrentInfo): string[] {
  const warnings: string[] = [];
  const tiny = files.filter((file) => file.lengthBytes < TINY_FILE_BYTES).length;
  if (tiny >= MANY_FILES) {
    warnings.push(`${tiny} files are smaller than 64 KiB: an archive of them downloads faster.`);
  }
  const padding = extentBytes - sizeBytes;
  if (format === 'hybrid' && padding > sizeBytes * MUCH_PADDING) {
    warnings.push(
      `Padding adds ${formatBytes(padding)} to ${formatBytes(sizeBytes)}, which old clients download: choose smaller pieces, v1, or an archive.`,
    );
  }
  return warnings;
}

function aboutTrackers({ isPrivate }: TorrentInfo, trackerCount: number): string[] {
  if (trackerCount > 0) return [];
  return isPrivate
    ? ['A private torrent without a tracker finds no peers at all: add --tracker.']
    : ['Without a tracker it is found by DHT only, which browsers and some networks do not have.'];
}

function aboutFormat({ format }: TorrentInfo): string[] {
  if (format === 'v1') return [];
  return format === 'v2'
    ? [
        'v2 alone is for libtorrent 2 (qBittorrent 4.4 and later): no other client or browser loads it.',
      ]
    : ['aria2 1.36 joins the wrong swarm of a hybrid, and Transmission 3.00 cannot load it.'];
}
