import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { hashTree, makeBytes, writeTree } from '../support/content.ts';
import { magnetWithPeersOnly } from '../support/peers-only.ts';
import { SeedProcess } from '../support/seed-process.ts';
import { createTempDir } from '../support/temp-dir.ts';
import { waitUntil } from '../support/wait-until.ts';
import { downloadWithWebTorrent } from '../support/webtorrent-download.ts';

const MIB = 1024 * 1024;
// No `?` in a name: webtorrent drops it from the files that it writes.
const TREE = { 'a.txt': 100, 'a/b': 3 * MIB + 1, 'a-b': 0, 'ünïcode/日本語 #1.bin': 70_000 };

async function fetchTorrent(url: string): Promise<Uint8Array> {
  const response = await fetch(url);
  expect(response.status).toBe(200);
  return new Uint8Array(await response.arrayBuffer());
}

describe('evertorrent seed', () => {
  test('starts its embedded edge from any folder', async () => {
    const cwd = createTempDir();
    writeTree(cwd, { 'one.bin': 5 });
    const seed = new SeedProcess({ dataDir: join(cwd, 'data'), paths: ['one.bin'], cwd });
    expect(await seed.published()).toMatchObject({ name: 'one.bin' });
  });

  test('publishes a folder that an independent client downloads through the embedded edge', async () => {
    const dir = createTempDir();
    writeTree(join(dir, 'tree'), TREE);
    const seed = new SeedProcess({ dataDir: join(dir, 'data'), paths: [join(dir, 'tree')] });
    const publication = await seed.published();
    const { edgeUrl, httpUrl } = await seed.ready();

    await downloadWithWebTorrent(await fetchTorrent(publication.torrentUrl), join(dir, 'download'));

    expect(hashTree(join(dir, 'download/tree'))).toEqual(hashTree(join(dir, 'tree')));
    expect(publication.infoHash).toMatch(/^[0-9a-f]{40}$/);
    expect(publication).toMatchObject({
      infoHashV2: null,
      name: 'tree',
      size: 3 * MIB + 70_101,
      pageUrl: `${edgeUrl}/t/${publication.infoHash}`,
    });
    const page = await (await fetch(publication.pageUrl)).text();
    expect(page).toContain('日本語 #1.bin');
    const health: unknown = await (await fetch(`${httpUrl}/healthz`)).json();
    expect(health).toMatchObject({ status: 'ok', torrents: 1 });
  });

  test('a magnet link alone is enough', async () => {
    const dir = createTempDir();
    writeTree(dir, { 'one.bin': 2 * MIB });
    const seed = new SeedProcess({ dataDir: join(dir, 'data'), paths: [join(dir, 'one.bin')] });
    const publication = await seed.published();
    await seed.ready();
    const magnet = magnetWithPeersOnly(publication.magnet);

    await downloadWithWebTorrent(magnet, join(dir, 'download'));

    expect(
      readFileSync(join(dir, 'download/one.bin')).equals(readFileSync(join(dir, 'one.bin'))),
    ).toBe(true);
  });

  test('asked to stop it ends with 0, and started again it seeds the same library', async () => {
    const dir = createTempDir();
    writeTree(dir, { 'one.bin': MIB });
    const first = new SeedProcess({ dataDir: join(dir, 'data'), paths: [join(dir, 'one.bin')] });
    const before = await first.published();
    const { edgeUrl } = await first.ready();

    expect(await first.stop('SIGINT')).toBe(0);

    const second = new SeedProcess({
      dataDir: join(dir, 'data'),
      env: { EVERTORRENT_EDGE_PORT: new URL(edgeUrl).port },
    });
    expect(await second.published()).toEqual(before);
    await downloadWithWebTorrent(await fetchTorrent(before.torrentUrl), join(dir, 'download'));
    expect(existsSync(join(dir, 'download/one.bin'))).toBe(true);
  });

  test('started by npm and asked to stop, it says goodbye before npm ends', async () => {
    const dir = createTempDir();
    const seed = new SeedProcess({ dataDir: join(dir, 'data'), viaNpm: true });
    const { httpUrl } = await seed.ready();

    await seed.stop('SIGTERM');

    await expect(fetch(`${httpUrl}/healthz`)).rejects.toThrow('fetch failed');
    // Nothing is left behind that holds the library.
    const next = new SeedProcess({ dataDir: join(dir, 'data') });
    await next.ready();
  });

  test.each<[string, boolean, (seed: SeedProcess) => Promise<unknown>]>([
    ['itself', false, (seed) => seed.stop('SIGKILL')],
    [
      'and its edge',
      false,
      async (seed) => {
        process.kill(await childOf(seed), 'SIGKILL');
        await seed.stop('SIGKILL');
      },
    ],
    [
      'or only the npm that started it',
      true,
      async (seed) => {
        seed.child.kill('SIGKILL');
        await once(seed.child, 'exit');
      },
    ],
  ])(
    'killed with kill -9 while seeding, %s, it serves the same torrent on the next start',
    async (_case, viaNpm, kill) => {
      const dir = createTempDir();
      writeTree(dir, { 'one.bin': MIB });
      const first = new SeedProcess({
        dataDir: join(dir, 'data'),
        paths: [join(dir, 'one.bin')],
        viaNpm,
      });
      const before = await first.published();
      const { edgeUrl } = await first.ready();

      await kill(first);

      const second = new SeedProcess({
        dataDir: join(dir, 'data'),
        env: { EVERTORRENT_EDGE_PORT: new URL(edgeUrl).port },
      });
      expect(await second.published()).toEqual(before);
      await downloadWithWebTorrent(await fetchTorrent(before.torrentUrl), join(dir, 'download'));
      expect(existsSync(join(dir, 'download/one.bin'))).toBe(true);
    },
  );

  test('killed with kill -9 while hashing, it leaves nothing behind, and the path can be published again', async () => {
    const dir = createTempDir();
    const path = join(dir, 'big.bin');
    writeFileSync(path, '');
    // Sparse: nothing is written, but 6 GB take seconds to hash.
    truncateSync(path, 6_000 * MIB);
    const dataDir = join(dir, 'data');
    const first = new SeedProcess({ dataDir, paths: [path] });
    // The edge is up before hashing begins.
    await waitUntil('the edge', () =>
      existsSync(join(dataDir, 'edge/workerd.pid')) ? true : undefined,
    );
    await waitUntil('the hashing', () => readsFrom(first, path));
    await first.stop('SIGKILL');
    expect(first.stdout).toBe('');

    writeFileSync(path, makeBytes(MIB, 'small'));
    const second = new SeedProcess({ dataDir });
    const { httpUrl } = await second.ready();
    expect(await (await fetch(`${httpUrl}/healthz`)).json()).toMatchObject({ torrents: 0 });
    expect(await second.stop()).toBe(0);

    const third = new SeedProcess({ dataDir, paths: [path] });
    expect(await third.published()).toMatchObject({ name: 'big.bin', size: MIB });
  });
});

/** Whether the seed box has the file open now. */
function readsFrom(seed: SeedProcess, path: string): true | undefined {
  const { pid } = seed.child;
  if (pid === undefined) return undefined;
  return childOutput('ls', ['-l', `/proc/${pid}/fd`]).includes(path) ? true : undefined;
}

async function childOf(seed: SeedProcess): Promise<number> {
  return waitUntil('the child process', () => {
    const pid = Number.parseInt(childOutput('pgrep', ['-P', String(seed.child.pid)]), 10);
    return Number.isNaN(pid) ? undefined : pid;
  });
}

function childOutput(command: string, args: readonly string[]): string {
  return spawnSync(command, args, { encoding: 'utf8' }).stdout;
}
