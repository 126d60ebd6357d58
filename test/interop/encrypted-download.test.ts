import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import type { TorrentFormat } from '../../shared/info-hash.ts';
import { encodeMetainfo, parseMetainfo } from '../../shared/metainfo.ts';
import { accepted } from '../unit/shared/required.ts';
import { hashTree, writeTree } from '../support/content.ts';
import { startClient } from '../support/run-client.ts';
import { torrentWithoutWebSeeds } from '../support/peers-only.ts';
import { SeedProcess } from '../support/seed-process.ts';
import { createTempDir } from '../support/temp-dir.ts';
import { waitUntil } from '../support/wait-until.ts';
import { downloadWithWebTorrent } from '../support/webtorrent-download.ts';

const LIBTORRENT = fileURLToPath(new URL('download-with-libtorrent.py', import.meta.url));
const FILES = { 'tree/a.bin': 10_000_001, 'tree/b/c': 70_000 };

interface Published {
  readonly dir: string;
  readonly content: Record<string, string>;
  /** Its trackers are its only way to the seed box: web seeds are not named in it. */
  readonly torrentPath: string;
  /** The same without trackers. */
  readonly lonelyTorrentPath: string;
  readonly peerPort: number;
}

async function publish(format: TorrentFormat): Promise<Published> {
  const dir = createTempDir();
  writeTree(join(dir, 'content'), FILES);
  const seed = new SeedProcess({
    dataDir: join(dir, 'data'),
    paths: [join(dir, 'content/tree')],
    env: { EVERTORRENT_FORMAT: format },
  });
  const { torrentUrl } = await seed.published();
  const { peerPort } = await seed.ready();
  const response = await fetch(torrentUrl);
  const torrent = torrentWithoutWebSeeds(new Uint8Array(await response.arrayBuffer()));
  const metainfo = accepted(parseMetainfo(torrent));
  const torrentPath = join(dir, 'published.torrent');
  const lonelyTorrentPath = join(dir, 'lonely.torrent');
  writeFileSync(torrentPath, torrent);
  const lonely = encodeMetainfo(metainfo.infoBytes, { ...metainfo, trackers: [] });
  writeFileSync(lonelyTorrentPath, lonely);
  mkdirSync(join(dir, 'download'));
  const content = hashTree(join(dir, 'content'));
  return { dir, content, torrentPath, lonelyTorrentPath, peerPort };
}

/** Runs a client until what it downloaded is what was published. */
async function runUntilWhole(
  { dir, content }: Published,
  command: string,
  args: readonly string[],
): Promise<void> {
  const client = startClient(command, args);
  try {
    await waitUntil('the download', () => isWhole(join(dir, 'download'), content), 120_000);
  } catch (error) {
    throw new Error(`The client did not complete:\n${client.output()}`, { cause: error });
  }
}

function isWhole(folder: string, content: Record<string, string>): true | undefined {
  try {
    return JSON.stringify(hashTree(folder)) === JSON.stringify(content) ? true : undefined;
  } catch (error) {
    // The client renamed or removed a file while it was read.
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Each makes no plain connections, and but for one takes none. */
const CLIENTS: Record<string, (published: Published) => Promise<void>> = {
  'aria2, RC4 alone': (published) =>
    runUntilWhole(published, 'aria2c', [
      '--bt-require-crypto=true',
      '--bt-min-crypto-level=arc4',
      ...aria2Arguments(published),
    ]),
  'aria2, plaintext behind an encrypted handshake': (published) =>
    runUntilWhole(published, 'aria2c', ['--bt-require-crypto=true', ...aria2Arguments(published)]),
  'Transmission, encryption required': (published) => {
    const config = join(published.dir, 'transmission');
    mkdirSync(config);
    const settings = {
      'dht-enabled': false,
      'lpd-enabled': false,
      'pex-enabled': false,
      'utp-enabled': false,
      'port-forwarding-enabled': false,
      'peer-port-random-on-start': true,
      'peer-port-random-low': 20_000,
      'peer-port-random-high': 29_999,
    };
    writeFileSync(join(config, 'settings.json'), JSON.stringify(settings));
    return runUntilWhole(published, 'transmission-cli', [
      '--encryption-required',
      '--config-dir',
      config,
      '--no-portmap',
      '--download-dir',
      join(published.dir, 'download'),
      published.torrentPath,
    ]);
  },
  'libtorrent, RC4 alone': (published) => runUntilWhole(published, ...libtorrent(published, 'rc4')),
  'libtorrent, plaintext behind an encrypted handshake': (published) =>
    runUntilWhole(published, ...libtorrent(published, 'plaintext')),
  'libtorrent, either': (published) => runUntilWhole(published, ...libtorrent(published, 'both')),
  // It takes plain connections: where no tracker names it, it has to dial, and it dials encrypted.
  'webtorrent as it comes': ({ dir, lonelyTorrentPath, peerPort }) =>
    downloadWithWebTorrent(lonelyTorrentPath, join(dir, 'download'), `127.0.0.1:${peerPort}`),
};

function aria2Arguments({ dir, torrentPath }: Published): string[] {
  return [
    '--no-conf',
    '--enable-dht=false',
    '--enable-dht6=false',
    '--enable-peer-exchange=false',
    '--bt-enable-lpd=false',
    '--seed-time=0',
    '--listen-port=20000-29999',
    `--dir=${join(dir, 'download')}`,
    torrentPath,
  ];
}

function libtorrent({ dir, torrentPath }: Published, level: string): [string, string[]] {
  return ['/usr/bin/python3', [LIBTORRENT, torrentPath, join(dir, 'download'), level]];
}

describe('a client that insists on encryption downloads', () => {
  test.each(Object.entries(CLIENTS))('%s', async (_client, download) => {
    const published = await publish('v1');

    await download(published);

    expect(hashTree(join(published.dir, 'download'))).toEqual(published.content);
  });

  test.each(['hybrid', 'v2'] as const)('libtorrent, a %s torrent', async (format) => {
    const published = await publish(format);

    await runUntilWhole(published, ...libtorrent(published, 'rc4'));

    expect(hashTree(join(published.dir, 'download'))).toEqual(published.content);
  });
});
