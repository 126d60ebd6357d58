import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import type { TorrentFormat } from '../../shared/info-hash.ts';
import type { Publication } from '../../shared/publication.ts';
import { hashTree, writeTree } from '../support/content.ts';
import { startClient } from '../support/run-client.ts';
import { magnetWithPeersOnly, torrentWithoutWebSeeds } from '../support/peers-only.ts';
import { SeedProcess } from '../support/seed-process.ts';
import { createTempDir } from '../support/temp-dir.ts';
import { downloadWithWebTorrent } from '../support/webtorrent-download.ts';

const SCRIPT = fileURLToPath(new URL('download-with-libtorrent.py', import.meta.url));
const TREE = { 'tree/a.bin': 3_000_001, 'tree/b/c': 70_000, 'tree/b/empty': 0, 'tree/b/d': 5 };

interface Published {
  readonly dir: string;
  readonly content: Record<string, string>;
  readonly publication: Publication;
  readonly torrentPath: string;
}

async function publish(
  files: Readonly<Record<string, number>>,
  format: TorrentFormat,
): Promise<Published> {
  const dir = createTempDir();
  const content = join(dir, 'content');
  writeTree(content, files);
  const root = Object.keys(files)[0]?.split('/')[0] ?? '';
  const seed = new SeedProcess({
    dataDir: join(dir, 'data'),
    paths: [join(content, root)],
    env: { EVERTORRENT_FORMAT: format },
  });
  const publication = await seed.published();
  await seed.ready();
  const response = await fetch(publication.torrentUrl);
  const torrentPath = join(dir, 'published.torrent');
  writeFileSync(torrentPath, torrentWithoutWebSeeds(new Uint8Array(await response.arrayBuffer())));
  return { dir, content: hashTree(content), publication, torrentPath };
}

async function downloadWithLibtorrent(
  { dir }: Published,
  source: string,
): Promise<Record<string, string>> {
  const folder = join(dir, 'libtorrent');
  mkdirSync(folder);
  const client = startClient('/usr/bin/python3', [SCRIPT, source, folder]);
  const timeout = setTimeout(() => client.stop(), 100_000);
  const exitCode = await client.exited;
  clearTimeout(timeout);
  if (exitCode !== 0) throw new Error(`libtorrent ended with ${exitCode}:\n${client.output()}`);
  return hashTree(folder);
}

test('a single-file hybrid is downloaded by webtorrent and by libtorrent from one seed', async () => {
  const published = await publish({ 'one.bin': 5_000_001 }, 'hybrid');
  const folder = join(published.dir, 'webtorrent');

  await downloadWithWebTorrent(published.publication.torrentUrl, folder);

  expect(hashTree(folder)).toEqual(published.content);
  expect(await downloadWithLibtorrent(published, published.torrentPath)).toEqual(published.content);
});

describe.each(['v1', 'hybrid', 'v2'] as const)('libtorrent downloads a %s folder', (format) => {
  test('of which it has the .torrent', async () => {
    const published = await publish(TREE, format);
    expect(await downloadWithLibtorrent(published, published.torrentPath)).toEqual(
      published.content,
    );
  });

  test('of which it has the magnet link alone', async () => {
    const published = await publish(TREE, format);
    const magnet = magnetWithPeersOnly(published.publication.magnet);
    expect(await downloadWithLibtorrent(published, magnet)).toEqual(published.content);
  });
});
