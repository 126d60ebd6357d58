import { encodeMetainfo } from '../../shared/metainfo.ts';
import { recommendPieceLength } from '../../shared/pieces.ts';
import type { Library, LibraryFile, LibraryTorrent } from '../library/library.ts';
import { formatOf, swarmsOf, type TorrentFormat } from '../../shared/info-hash.ts';
import { checkMade } from './check-made.ts';
import { makeTorrent } from './make-torrent.ts';
import { PublishError } from './publish-error.ts';
import { type Content, type ContentFile, scanContent, type SkippedPath } from './scan-content.ts';

export interface AddOptions {
  readonly format: TorrentFormat;
  /** Told as hashing goes on. */
  readonly onProgress: (content: Content, hashedBytes: number) => void;
  /** Told of what is left out: symbolic links, sockets, pipes, devices, junk. */
  readonly onSkipped: (skipped: SkippedPath) => void;
  readonly signal: AbortSignal;
  /** Whether the same torrent, published from another path before, is from now on served from this one: by default. */
  readonly replacesOther?: boolean;
}

/**
 * Makes a torrent of what `path` holds and keeps it in the library. What was published before in this format and has
 * not changed since is not hashed again. Throws `PublishError`, and then nothing was kept.
 */
export async function addToLibrary(
  library: Library,
  path: string,
  options: AddOptions,
): Promise<LibraryTorrent> {
  const content = await scanContent(path);
  for (const skipped of content.skipped) options.onSkipped(skipped);
  const known = library
    .findByRoot(content.rootPath)
    .find(
      ({ hashes, files }) =>
        formatOf(hashes) === options.format && isUnchanged(files, content.files),
    );
  if (known !== undefined) return known;

  const recipe = {
    format: options.format,
    pieceLengthBytes: recommendPieceLength(content.sizeBytes),
    isPrivate: false,
    source: undefined,
  };
  const { infoBytes, hashes, pieceLayers } = await makeTorrent(content, recipe, {
    signal: options.signal,
    onProgress: (hashedBytes) => options.onProgress(content, hashedBytes),
  });
  // Without trackers: the edge writes its own into every .torrent that it hands out.
  const metainfoBytes = encodeMetainfo(infoBytes, { trackers: [], webSeeds: [], pieceLayers });
  checkMade(content, metainfoBytes);
  const torrent: LibraryTorrent = {
    hashes,
    name: content.name,
    rootPath: content.rootPath,
    metainfoBytes,
    files: content.files,
  };
  const other = options.replacesOther === false ? library.find(swarmsOf(hashes)[0]) : undefined;
  if (other !== undefined && other.rootPath !== content.rootPath) {
    throw new PublishError(`${content.name} is published already, with the same content`);
  }
  library.add(torrent);
  return torrent;
}

function isUnchanged(before: readonly LibraryFile[], now: readonly ContentFile[]): boolean {
  return (
    before.length === now.length &&
    before.every((file, index) => {
      const same = now[index];
      return (
        file.path === same?.path &&
        file.sizeBytes === same.sizeBytes &&
        file.modifiedNs === same.modifiedNs
      );
    })
  );
}
