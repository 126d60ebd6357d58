import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { ActiveTorrents } from '../../seed-node/library/active-torrents.ts';
import { Library, type LibraryTorrent } from '../../seed-node/library/library.ts';
import { createLog } from '../../seed-node/log.ts';
import { addToLibrary } from '../../seed-node/publish/add-to-library.ts';
import { FilePool } from '../../seed-node/storage/file-pool.ts';
import { RunCache } from '../../seed-node/storage/run-cache.ts';
import { Turns } from '../../seed-node/storage/turns.ts';
import type { TorrentFormat } from '../../shared/info-hash.ts';
import { writeTree } from './content.ts';

/** A library in memory with one published folder `tree` below `root`, and the log's lines. */
export async function publishTree(
  root: string,
  files: Readonly<Record<string, number>>,
  format: TorrentFormat = 'v1',
  cache: RunCache = new RunCache(),
): Promise<{
  readonly torrent: LibraryTorrent;
  readonly torrents: ActiveTorrents;
  readonly logged: string[];
}> {
  const tree = join(root, 'tree');
  writeTree(tree, files);
  const library = new Library(':memory:');
  const torrent = await addToLibrary(library, tree, {
    format,
    onProgress: () => {},
    onSkipped: () => {},
    signal: new AbortController().signal,
  });
  const logged: string[] = [];
  const log = createLog('debug', (line) => logged.push(line.trimEnd()));
  const pool = new FilePool();
  onTestFinished(() => pool.closeIdle());
  return {
    torrent,
    torrents: new ActiveTorrents(library, {
      files: pool,
      cache,
      verifications: new Turns(2),
      log,
    }),
    logged,
  };
}
