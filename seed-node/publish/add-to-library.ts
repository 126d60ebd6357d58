import { createHash } from 'node:crypto';
import { type InfoHash, infoHashFromBytes } from '../../shared/info-hash.ts';
import { invariant } from '../../shared/invariant.ts';
import { encodeMetainfo, MAX_METAINFO_BYTES } from '../../shared/metainfo.ts';
import { recommendPieceLength } from '../../shared/pieces.ts';
import type { Library, LibraryFile, LibraryTorrent } from '../library/library.ts';
import { makeInfo } from './make-info.ts';
import { PublishError } from './publish-error.ts';
import { type Content, type ContentFile, scanContent } from './scan-content.ts';

export interface AddOptions {
  /** Told as hashing goes on. */
  readonly onProgress: (content: Content, hashedBytes: number) => void;
  /** Told of what is left out: symbolic links, sockets, pipes, devices. */
  readonly onSkipped: (path: string) => void;
  readonly signal: AbortSignal;
}

/**
 * Makes a torrent of what `path` holds and keeps it in the library. What was published before and has not changed
 * since is not hashed again. Throws `PublishError`, and then nothing was kept.
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
    .find((torrent) => isUnchanged(torrent.files, content.files));
  if (known !== undefined) return known;

  const infoBytes = await makeInfo(content, {
    pieceLengthBytes: recommendPieceLength(content.sizeBytes),
    signal: options.signal,
    onProgress: (hashedBytes) => options.onProgress(content, hashedBytes),
  });
  // Without trackers: the edge writes its own into every .torrent that it hands out.
  const metainfoBytes = encodeMetainfo(infoBytes, { trackers: [], webSeeds: [] });
  if (metainfoBytes.length > MAX_METAINFO_BYTES) {
    throw new PublishError(
      `Cannot publish ${content.rootPath}: its .torrent would be larger than ${MAX_METAINFO_BYTES} bytes`,
    );
  }
  const torrent: LibraryTorrent = {
    infoHash: infoHashOf(infoBytes),
    name: content.name,
    rootPath: content.rootPath,
    metainfoBytes,
    files: content.files,
  };
  library.add(torrent);
  return torrent;
}

function infoHashOf(infoBytes: Uint8Array): InfoHash {
  const infoHash = infoHashFromBytes(createHash('sha1').update(infoBytes).digest());
  invariant(infoHash !== undefined, 'SHA-1 makes 20 bytes');
  return infoHash;
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
