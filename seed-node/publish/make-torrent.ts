import { invariant } from '../../shared/invariant.ts';
import type { InfoHashes, TorrentFormat } from '../../shared/info-hash.ts';
import type { PieceLayers } from '../../shared/piece-layers.ts';
import { alignedOffsets, contiguousOffsets } from '../../shared/pieces.ts';
import { encodeInfo, type TorrentInfo } from '../../shared/torrent-info.ts';
import { UnreadableFile } from '../hashing/content-reader.ts';
import { fileRoots } from '../hashing/file-roots.ts';
import { type HashOptions, hashOnThreads, type PieceHashes } from '../hashing/hashing-threads.ts';
import { infoHashesOf } from '../hashing/info-hashes.ts';
import { PublishError } from './publish-error.ts';
import type { Content } from './scan-content.ts';

/** What makes another torrent of the same files. */
export interface TorrentRecipe {
  readonly format: TorrentFormat;
  /** v2 and hybrid: a power of two from 16 KiB up. */
  readonly pieceLengthBytes: number;
  /** BEP 27. */
  readonly isPrivate: boolean;
  readonly source: string | undefined;
}

export interface MadeTorrent {
  readonly info: TorrentInfo;
  readonly infoBytes: Uint8Array<ArrayBuffer>;
  readonly hashes: InfoHashes;
  /** BEP 52; undefined in a v1 torrent. */
  readonly pieceLayers: PieceLayers | undefined;
}

/**
 * Hashes the content and makes its `info` (BEP 3, 52): the same bytes for the same content and recipe on every machine.
 * Throws `PublishError`, naming the file that cannot be read or changed meanwhile, and the signal's reason when aborted.
 */
export async function makeTorrent(
  content: Content,
  recipe: TorrentRecipe,
  options: HashOptions,
): Promise<MadeTorrent> {
  const { format, pieceLengthBytes, isPrivate, source } = recipe;
  checkNameable(content, format);
  const lengths = content.files.map((file) => file.sizeBytes);
  const { offsets, extentBytes } =
    format === 'v1' ? contiguousOffsets(lengths) : alignedOffsets(lengths, pieceLengthBytes);
  const placed = content.files.map((file, index) => ({
    path: file.torrentPath,
    lengthBytes: file.sizeBytes,
    offsetBytes: offsets[index] ?? 0,
  }));
  const job = {
    extentBytes,
    pieceLengthBytes,
    format,
    files: content.files.map(({ path, sizeBytes, modifiedNs }, index) => ({
      path,
      modifiedNs,
      lengthBytes: sizeBytes,
      offsetBytes: offsets[index] ?? 0,
    })),
  };
  const hashes: PieceHashes = await hashOnThreads(job, 'fail', options).catch(explain);
  const rooted =
    hashes.pieceRoots === undefined
      ? { files: placed, pieceLayers: undefined }
      : fileRoots(placed, pieceLengthBytes, hashes.pieceRoots);
  const info: TorrentInfo = {
    format,
    name: content.name,
    isFolder: content.isFolder,
    files: rooted.files,
    extentBytes,
    sizeBytes: content.sizeBytes,
    pieceLengthBytes,
    pieceHashes: hashes.pieceHashes?.slice(),
    isPrivate,
    source,
  };
  const infoBytes = encodeInfo(info);
  return {
    info,
    infoBytes,
    hashes: infoHashesOf(infoBytes, format),
    pieceLayers: rooted.pieceLayers,
  };
}

/** In a file tree a folder of one file of its own name looks the same as that file (BEP 52, `name`). */
function checkNameable({ isFolder, files, name, rootPath }: Content, format: TorrentFormat): void {
  const [only] = files;
  invariant(only !== undefined, 'content has files');
  const isTwin =
    files.length === 1 && only.torrentPath.length === 1 && only.torrentPath[0] === name;
  if (format !== 'v1' && isFolder && isTwin) {
    throw new PublishError(
      `Cannot make a ${format} torrent of ${rootPath}: its only file has the folder's own name, which no v2 torrent can tell from the file alone; use v1, or rename one of them`,
    );
  }
}

function explain(error: unknown): never {
  if (!(error instanceof UnreadableFile)) throw error;
  const { path, kind, detail } = error.fault;
  const reason =
    kind === 'changed'
      ? 'the file changed while it was hashed; try again when it is complete'
      : `the file cannot be read (${detail})`;
  throw new PublishError(`Cannot publish ${path}: ${reason}`, { cause: error });
}
