import { encodeMetainfo } from '../../shared/metainfo.ts';
import { recommendPieceLength } from '../../shared/pieces.ts';
import type { Library, LibraryFile, LibraryTorrent } from '../library/library.ts';
import { formatOf, type InfoHash, swarmsOf, type TorrentFormat } from '../../shared/info-hash.ts';
import { checkMade } from './check-made.ts';
import { makeTorrent } from './make-torrent.ts';
import { withTrackers } from './named-trackers.ts';
import { PublishError } from './publish-error.ts';
import { type Content, type ContentFile, scanContent, type SkippedPath } from './scan-content.ts';

export interface AddOptions {
  readonly format: TorrentFormat;
  /** The trackers of others; undefined: none, or those that the torrent has already. */
  readonly trackers?: readonly string[] | undefined;
  /** Told as hashing goes on. */
  readonly onProgress: (content: Content, hashedBytes: number) => void;
  /** Told of what is left out: symbolic links, sockets, pipes, devices, junk. */
  readonly onSkipped: (skipped: SkippedPath) => void;
  /** Told of what was not known before, once it is kept. */
  readonly onMade?: (infoHash: InfoHash) => void;
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
  if (known !== undefined) return nameTrackers(library, known, options.trackers);

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
  // Without the edge's: it writes its own into every .torrent that it hands out.
  const trackers = (options.trackers ?? []).map((url) => [url]);
  const metainfoBytes = encodeMetainfo(infoBytes, { trackers, webSeeds: [], pieceLayers });
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
  options.onMade?.(swarmsOf(hashes)[0]);
  return torrent;
}

/** The torrent with these trackers, if any are named, in place of those that it had. */
function nameTrackers(
  library: Library,
  known: LibraryTorrent,
  trackers: readonly string[] | undefined,
): LibraryTorrent {
  if (trackers === undefined) return known;
  const named = { ...known, metainfoBytes: withTrackers(known.metainfoBytes, trackers) };
  library.add(named);
  return named;
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
