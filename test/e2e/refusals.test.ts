import { chmodSync, existsSync, mkdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { EmbeddedEdge } from '../../seed-node/edge/embedded-edge.ts';
import { createLog } from '../../seed-node/log.ts';
import { invariant } from '../../shared/invariant.ts';
import { writeTree } from '../support/content.ts';
import { SeedProcess } from '../support/seed-process.ts';
import { createTempDir } from '../support/temp-dir.ts';
import { waitUntil } from '../support/wait-until.ts';

const TOKEN = 'a-token-for-the-tests';

async function startDeployedEdge(): Promise<string> {
  const edge = new EmbeddedEdge({
    host: '127.0.0.1',
    port: 0,
    stateDir: join(createTempDir(), 'edge'),
    vars: { PUBLISHER_TOKEN: TOKEN },
    log: createLog('silent', () => {}),
  });
  await edge.start();
  onTestFinished(() => edge.stop());
  return `http://127.0.0.1:${edge.port}`;
}

async function takePort(): Promise<string> {
  const server = createServer();
  server.listen(0);
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const address = server.address();
  invariant(typeof address === 'object' && address !== null, 'the server listens');
  return String(address.port);
}

describe('evertorrent seed refuses', () => {
  test.each([
    [
      'a missing path',
      'nothing-here',
      /Cannot publish .*nothing-here: there is no such file or folder/,
    ],
    ['an empty folder', 'empty', /Cannot publish .*empty: the folder has no files/],
  ])('%s, before anything is written', async (_case, name, message) => {
    const dir = createTempDir();
    mkdirSync(join(dir, 'empty'));
    const seed = new SeedProcess({ dataDir: join(dir, 'data'), paths: [join(dir, name)] });

    expect(await seed.exited).toBe(1);

    expect(seed.stderr).toMatch(message);
    expect(seed.stderr).not.toContain('    at ');
    expect(seed.stdout).toBe('');
    expect(existsSync(join(dir, 'data'))).toBe(false);
  });

  test('a file that it may not read', async () => {
    const dir = createTempDir();
    writeTree(dir, { 'tree/fine': 10, 'tree/secret': 10 });
    chmodSync(join(dir, 'tree/secret'), 0);
    const seed = new SeedProcess({
      dataDir: join(dir, 'data'),
      paths: [join(dir, 'tree')],
      withoutRootPowers: true,
    });

    expect(await seed.exited).toBe(1);

    expect(seed.stderr).toMatch(/Cannot publish .*secret: the file cannot be read/);
  });

  test.each([
    ['EVERTORRENT_PEER_PORT', /Port \d+ is in use by another program; set EVERTORRENT_PEER_PORT/],
    ['EVERTORRENT_HTTP_PORT', /Port \d+ is in use by another program; set EVERTORRENT_HTTP_PORT/],
    ['EVERTORRENT_EDGE_PORT', /Port \d+ is in use by another program; set EVERTORRENT_EDGE_PORT/],
  ])('a port in use, naming %s', async (variable, message) => {
    const dir = createTempDir();
    const seed = new SeedProcess({
      dataDir: join(dir, 'data'),
      env: { [variable]: await takePort() },
    });

    expect(await seed.exited).toBe(1);

    expect(seed.stderr).toMatch(message);
  });

  test.each([
    ['EVERTORRENT_PEER_PORT', '65536'],
    ['EVERTORRENT_EDGE_URL', 'edge.example.org'],
    ['EVERTORRENT_LOG_LEVEL', 'loud'],
  ])('a wrong value, by name: %s=%s', async (variable, value) => {
    const dir = createTempDir();
    const seed = new SeedProcess({ dataDir: join(dir, 'data'), env: { [variable]: value } });

    expect(await seed.exited).toBe(2);

    expect(seed.stderr).toContain(variable);
    expect(existsSync(join(dir, 'data'))).toBe(false);
  });

  test('a data directory that another seed box uses', async () => {
    const dir = createTempDir();
    const first = new SeedProcess({ dataDir: join(dir, 'data') });
    await first.ready();
    const second = new SeedProcess({ dataDir: join(dir, 'data') });

    expect(await second.exited).toBe(1);

    expect(second.stderr).toContain('Another seed box uses');
  });

  test('to publish with a wrong token, and keeps nothing', async () => {
    const dir = createTempDir();
    writeTree(dir, { 'one.bin': 1000 });
    const edgeUrl = await startDeployedEdge();
    const env = {
      EVERTORRENT_EDGE_URL: edgeUrl,
      EVERTORRENT_PUBLISHER_TOKEN: 'not-the-right-token',
    };
    const wrong = new SeedProcess({
      dataDir: join(dir, 'data'),
      paths: [join(dir, 'one.bin')],
      env,
    });

    expect(await wrong.exited).toBe(1);

    expect(wrong.stderr).toContain('does not accept the publisher token');
    expect(wrong.stdout).toBe('');
    const next = new SeedProcess({
      dataDir: join(dir, 'data'),
      env: { ...env, EVERTORRENT_PUBLISHER_TOKEN: TOKEN },
    });
    const { httpUrl } = await next.ready();
    expect(await (await fetch(`${httpUrl}/healthz`)).json()).toMatchObject({ torrents: 0 });
  });
});

describe('evertorrent seed with a deployed edge', () => {
  test('says goodbye to the tracker when it stops', async () => {
    const dir = createTempDir();
    writeTree(dir, { 'one.bin': 1000 });
    const edgeUrl = await startDeployedEdge();
    const env = { EVERTORRENT_EDGE_URL: edgeUrl, EVERTORRENT_PUBLISHER_TOKEN: TOKEN };
    const seed = new SeedProcess({
      dataDir: join(dir, 'data'),
      paths: [join(dir, 'one.bin')],
      env,
    });
    const { infoHash } = await seed.published();
    const seeders = async (): Promise<unknown> => {
      const torrent: unknown = await (await fetch(`${edgeUrl}/api/torrents/${infoHash}`)).json();
      return typeof torrent === 'object' && torrent !== null
        ? Reflect.get(torrent, 'seeders')
        : torrent;
    };
    await waitUntil('the seed', async () => ((await seeders()) === 1 ? true : undefined));

    expect(await seed.stop()).toBe(0);

    expect(await seeders()).toBe(0);
  });
});
