import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { hashTree, writeTree } from '../support/content.ts';
import { type RunningClient, startClient } from '../support/run-client.ts';
import { magnetWithPeersOnly, torrentWithoutWebSeeds } from '../support/peers-only.ts';
import { SeedProcess } from '../support/seed-process.ts';
import { createTempDir } from '../support/temp-dir.ts';
import { waitUntil } from '../support/wait-until.ts';

const FILE = { 'big.bin': 50_000_000 };
const FOLDER = { 'tree/a/b.bin': 3_000_000, 'tree/ünïcode name.txt': 40_000 };
/** Transmission 3 makes no empty files. */
const FOLDER_WITH_EMPTY_FILE = { ...FOLDER, 'tree/empty': 0 };

interface Published {
  readonly dir: string;
  readonly root: string;
  /** The file that the .torrent URL gives, but for its web seeds: all that a client gets. */
  readonly torrentPath: string;
  /** Metadata and pieces have to come from peers. */
  readonly magnet: string;
}

async function publish(
  files: Readonly<Record<string, number>>,
  env: Readonly<Record<string, string>> = {},
): Promise<Published> {
  const dir = createTempDir();
  const content = join(dir, 'content');
  writeTree(content, files);
  const root = Object.keys(files)[0]?.split('/')[0] ?? '';
  const seed = new SeedProcess({
    dataDir: join(dir, 'data'),
    paths: [join(content, root)],
    env,
    viaNpm: true,
  });
  const { torrentUrl, magnet } = await seed.published();
  await seed.ready();
  const response = await fetch(torrentUrl);
  const torrentPath = join(dir, 'published.torrent');
  writeFileSync(torrentPath, torrentWithoutWebSeeds(new Uint8Array(await response.arrayBuffer())));
  mkdirSync(join(dir, 'download'));
  return { dir, root, torrentPath, magnet: magnetWithPeersOnly(magnet) };
}

function startAria2({ dir }: Published, torrent: string): RunningClient {
  return startClient('aria2c', [
    '--no-conf',
    '--enable-dht=false',
    '--enable-dht6=false',
    '--enable-peer-exchange=false',
    '--bt-enable-lpd=false',
    '--seed-time=0',
    '--listen-port=20000-29999',
    `--dir=${join(dir, 'download')}`,
    torrent,
  ]);
}

function startTransmission({ dir }: Published, torrent: string): RunningClient {
  const config = join(dir, 'transmission');
  mkdirSync(config);
  writeFileSync(
    join(config, 'settings.json'),
    JSON.stringify({
      'dht-enabled': false,
      'lpd-enabled': false,
      'pex-enabled': false,
      'utp-enabled': false,
      'port-forwarding-enabled': false,
      'peer-port-random-on-start': true,
      'peer-port-random-low': 20_000,
      'peer-port-random-high': 29_999,
    }),
  );
  return startClient('transmission-cli', [
    '--config-dir',
    config,
    '--no-portmap',
    '--download-dir',
    join(dir, 'download'),
    torrent,
  ]);
}

function treeOf({ dir, root }: Published, folder: string): Record<string, string> {
  return Object.fromEntries(
    Object.entries(hashTree(join(dir, folder))).filter(([path]) => path.startsWith(root)),
  );
}

/** The downloaded tree as it is; undefined where the client renamed or removed a file while it was read. */
function treeWhileWritten(published: Published): Record<string, string> | undefined {
  try {
    return treeOf(published, 'download');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

/** The downloaded tree, when it is whole: aria2 ends then, Transmission goes on seeding. */
async function downloadedTree(
  published: Published,
  client: RunningClient,
): Promise<Record<string, string>> {
  const wanted = JSON.stringify(treeOf(published, 'content'));
  try {
    return await waitUntil(
      'the download',
      () => {
        const got = treeWhileWritten(published);
        return JSON.stringify(got) === wanted ? got : undefined;
      },
      120_000,
    );
  } catch (error) {
    throw new Error(`The client did not complete:\n${client.output()}`, { cause: error });
  }
}

describe('the .torrent URL’s file alone is enough', () => {
  test.each([
    ['aria2', 'a 50 MB file', FILE, startAria2],
    ['aria2', 'a folder', FOLDER_WITH_EMPTY_FILE, startAria2],
    ['Transmission', 'a 50 MB file', FILE, startTransmission],
    ['Transmission', 'a folder', FOLDER, startTransmission],
  ])('for %s to download %s', async (_client, _what, files, start) => {
    const published = await publish(files);

    const client = start(published, published.torrentPath);

    expect(await downloadedTree(published, client)).toEqual(treeOf(published, 'content'));
  });

  test('for Transmission, which never dials a loopback address: the seed box dials it', async () => {
    const published = await publish(
      { 'small.bin': 300_000 },
      { EVERTORRENT_PUBLIC_HOST: '127.0.0.1' },
    );

    const client = startTransmission(published, published.torrentPath);

    expect(await downloadedTree(published, client)).toEqual(treeOf(published, 'content'));
  });
});

describe('the magnet link alone is enough', () => {
  test.each([
    ['aria2', startAria2],
    ['Transmission', startTransmission],
  ])('for %s', async (_client, start) => {
    const published = await publish({ 'small.bin': 300_000 });

    const client = start(published, published.magnet);

    expect(await downloadedTree(published, client)).toEqual(treeOf(published, 'content'));
  });
});

test('the downloaded file is the published one, byte for byte', async () => {
  const published = await publish({ 'one.bin': 1_000_000 });
  const aria2 = startAria2(published, published.torrentPath);

  expect(await aria2.exited).toBe(0);

  const downloaded = readFileSync(join(published.dir, 'download/one.bin'));
  expect(downloaded.equals(readFileSync(join(published.dir, 'content/one.bin')))).toBe(true);
});
