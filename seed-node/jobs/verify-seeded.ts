import type { InfoHash } from '../../shared/info-hash.ts';
import { invariant } from '../../shared/invariant.ts';
import { parseMetainfo } from '../../shared/metainfo.ts';
import type { HashOptions } from '../hashing/hashing-threads.ts';
import type { ActiveTorrents } from '../library/active-torrents.ts';
import type { Library } from '../library/library.ts';
import { PublishError } from '../publish/publish-error.ts';
import type { Verifications } from '../seeding/verifications.ts';
import { verifyContent } from '../verify/verify-content.ts';
import type { VerifyResult } from './job.ts';
import { MAX_TOLD_FINDINGS } from './job-limits.ts';

/** Compares a torrent of the library with what is on the disk. */
export type VerifySeeded = (infoHash: InfoHash, options: HashOptions) => Promise<VerifyResult>;

/**
 * A comparison whose findings take effect at once: pieces that are bad are withheld, and pieces that are whole again
 * are offered. What is sent is verified on its own all the same (invariant 8).
 */
export function createVerifySeeded(components: {
  readonly library: Library;
  readonly torrents: ActiveTorrents;
  readonly verifications: Verifications;
}): VerifySeeded {
  const { library, torrents, verifications } = components;
  return async (infoHash, options) => {
    const torrent = library.find(infoHash);
    if (torrent === undefined) throw new PublishError('This torrent is not seeded here');
    const metainfo = parseMetainfo(torrent.metainfoBytes);
    invariant(metainfo.ok, 'the library holds .torrents that parse');
    const found = await verifyContent(metainfo.value, torrent.rootPath, options);
    torrents.find(infoHash)?.noteVerified(found.badPieces);
    verifications.put(infoHash, Date.now(), found.badPieces.length);
    return {
      pieces: found.pieceCount,
      badPieceCount: found.badPieces.length,
      badPieces: found.badPieces.slice(0, MAX_TOLD_FINDINGS),
      badFiles: found.badFiles
        .slice(0, MAX_TOLD_FINDINGS)
        .map(({ path, finding }) => ({ path, finding })),
    };
  };
}
