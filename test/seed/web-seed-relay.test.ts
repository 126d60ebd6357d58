import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { EmbeddedEdge } from '../../seed-node/edge/embedded-edge.ts';
import { createLog } from '../../seed-node/log.ts';
import { swarmsOf } from '../../shared/info-hash.ts';
import { invariant } from '../../shared/invariant.ts';
import { createTempDir } from '../support/temp-dir.ts';
import { waitUntil } from '../support/wait-until.ts';
import { requestRaw, startWebSeed } from '../support/web-seed.ts';

const AUTHORIZED = { authorization: 'Bearer a-token-for-the-tests' };
const PIECE = 16 * 1024;
const NAME = 'a file, 100%?.bin';
const SIZE = 3 * PIECE + 100;

async function startEdge(): Promise<number> {
  const edge = new EmbeddedEdge({
    host: '127.0.0.1',
    port: 0,
    stateDir: join(createTempDir(), 'edge'),
    vars: { PUBLISHER_TOKEN: 'a-token-for-the-tests', WEBSEED_PROXY: 'on' },
    log: createLog('silent', () => {}),
  });
  await edge.start();
  onTestFinished(() => edge.stop());
  return edge.port;
}

async function send(
  port: number,
  method: string,
  path: string,
  body?: string | Uint8Array<ArrayBuffer>,
): Promise<void> {
  const response = await fetch(`http://127.0.0.1:${port}${path}`, {
    method,
    headers: AUTHORIZED,
    ...(body === undefined ? {} : { body }),
  });
  if (!response.ok) throw new Error(`${method} ${path} is ${response.status}`);
  await response.body?.cancel();
}

function report(port: number, id: string, url: string): Promise<void> {
  const body = JSON.stringify({ url, transports: ['http'], health: {} });
  return send(port, 'PUT', `/api/everseeds/${id}`, body);
}

/** The embedded edge with a published file and the seed box that has it. */
async function startRelay(files: Readonly<Record<string, number>> = { [NAME]: SIZE }) {
  const root = createTempDir();
  const [port, seed] = await Promise.all([startEdge(), startWebSeed(root, files)]);
  await send(port, 'POST', '/api/torrents', new Uint8Array(seed.torrent.metainfoBytes));
  const [infoHash] = swarmsOf(seed.torrent.hashes);
  const name = Object.keys(files)[0] ?? '';
  const target = `/webseed/${infoHash}/${name.split('/').map(encodeURIComponent).join('/')}`;
  return {
    port,
    seed,
    infoHash,
    target,
    path: join(root, name),
    bytes: readFileSync(join(root, name)),
  };
}

/** A seed box that answers as told, and how often it was asked. */
async function startOther(answer: (request: IncomingMessage, response: ServerResponse) => void) {
  const asked: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    asked.push(request);
    answer(request, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const address = server.address();
  invariant(typeof address === 'object' && address !== null, 'the server listens');
  return { url: `http://127.0.0.1:${address.port}`, asked };
}

describe('/webseed/ of the embedded edge', () => {
  test('gives what the seed box gives: whole, part, head, conditional, none', async () => {
    const { port, seed, target, bytes } = await startRelay();
    await report(port, 'seed', seed.origin);
    const cases: [status: number, method: string, headers: Record<string, string>][] = [
      [200, 'GET', {}],
      [206, 'GET', { range: `bytes=${PIECE - 1}-${2 * PIECE}` }],
      [206, 'GET', { range: 'bytes=-5' }],
      [200, 'HEAD', {}],
      [304, 'GET', { 'if-none-match': '*' }],
      [200, 'GET', { range: 'bytes=0-1', 'if-range': '"other"' }],
      [416, 'GET', { range: `bytes=${SIZE}-` }],
    ];
    for (const [status, method, headers] of cases) {
      const direct = await requestRaw(seed.port, target, { method, headers });
      const relayed = await requestRaw(port, target, { method, headers });
      expect([method, headers, relayed.status]).toEqual([method, headers, status]);
      expect(relayed.body.equals(direct.body)).toBe(true);
      for (const name of [
        'accept-ranges',
        'access-control-allow-origin',
        'access-control-expose-headers',
        'cache-control',
        'content-length',
        'content-range',
        'content-type',
        'etag',
      ]) {
        expect([status, name, relayed.headers[name]]).toEqual([status, name, direct.headers[name]]);
      }
      expect(relayed.headers).toMatchObject({
        'content-disposition': 'attachment',
        'content-security-policy': "default-src 'none'; sandbox",
        'x-content-type-options': 'nosniff',
      });
    }
    expect((await requestRaw(port, target)).body.equals(bytes)).toBe(true);
    const preflight = await requestRaw(port, target, { method: 'OPTIONS' });
    expect(preflight.status).toBe(204);
    expect(preflight.headers).toMatchObject({
      'access-control-allow-origin': '*',
      'access-control-max-age': '86400',
    });
  });

  test('a path that is no file of the torrent is 404, whatever it tries', async () => {
    const { port, seed, infoHash } = await startRelay({ 'tree/a': 5, 'tree/b': 5 });
    await report(port, 'seed', seed.origin);
    expect((await requestRaw(port, `/webseed/${infoHash}/tree/a`)).status).toBe(200);
    for (const path of ['tree/c', '..%2f..%2fhealthz', '']) {
      const { status } = await requestRaw(port, `/webseed/${infoHash}/${path}`);
      expect([path, status]).toEqual([path, 404]);
    }
    // These leave /webseed/ before the edge looks at them, and reach nothing but the edge itself.
    for (const path of ['tree/%2e%2e/%2e%2e/healthz', '../../healthz', '../../../healthz']) {
      const { body } = await requestRaw(port, `/webseed/${infoHash}/${path}`);
      expect([path, body.includes('uploadedBytes')]).toEqual([path, false]);
    }
  });

  test('another seed box is asked where one is away, damaged, empty or odd', async () => {
    const { port, seed, target, bytes } = await startRelay();
    await report(port, 'c-seed', seed.origin);
    const answers: [status: number, headers: Record<string, string>][] = [
      [404, {}],
      [500, {}],
      [503, { 'retry-after': '1' }],
      [302, { location: '/elsewhere' }],
      [204, {}],
    ];
    for (const [status, headers] of answers) {
      const other = await startOther((_request, response) =>
        response.writeHead(status, headers).end(),
      );
      // The latest is asked first; of those in the same second, the first by name.
      await report(port, 'a-other', other.url);
      await report(port, 'c-seed', seed.origin);
      await waitUntil(`the seed box that answers ${status} to be asked`, async () => {
        const reply = await requestRaw(port, target);
        expect([status, reply.status, reply.body.equals(bytes)]).toEqual([status, 200, true]);
        await report(port, 'a-other', other.url);
        return other.asked.length > 0 ? true : undefined;
      });
      expect(other.asked.every(({ url }) => url === target)).toBe(true);
    }
    await report(port, 'a-other', 'http://127.0.0.1:1');
    expect((await requestRaw(port, target)).status).toBe(200);
  });

  test('a seed box that cannot give it now is 503, one that does not know it 404', async () => {
    const { port, target } = await startRelay();
    let status = 503;
    const other = await startOther((_request, response) => response.writeHead(status).end('no'));
    await report(port, 'other', other.url);
    const damaged = await requestRaw(port, target);
    expect([damaged.status, damaged.headers['retry-after']]).toEqual([503, '60']);
    expect(damaged.headers['access-control-allow-origin']).toBe('*');
    status = 404;
    expect((await requestRaw(port, target)).status).toBe(404);
  });

  test('an answer that breaks off at the seed box breaks off at the client', async () => {
    const { port, seed, target, path, bytes } = await startRelay();
    await report(port, 'seed', seed.origin);
    const bad = Buffer.from(bytes);
    bad[2 * PIECE + 7] = (bad[2 * PIECE + 7] ?? 0) ^ 0xff;
    writeFileSync(path, bad);

    const { status, isCut, body } = await requestRaw(port, target);

    expect([status, isCut]).toEqual([200, true]);
    expect(body.equals(bytes.subarray(0, body.length))).toBe(true);
    expect(body.length).toBeLessThanOrEqual(2 * PIECE);
  });

  test('nothing is relayed of what is blocked or no longer published', async () => {
    for (const withdraw of [
      ['PUT', '/api/blocklist/'],
      ['DELETE', '/api/torrents/'],
    ] as const) {
      const { port, seed, infoHash, target } = await startRelay();
      await report(port, 'seed', seed.origin);
      expect((await requestRaw(port, target)).status).toBe(200);
      await send(port, withdraw[0], withdraw[1] + infoHash);
      await waitUntil('the file to be gone', async () =>
        (await requestRaw(port, target)).status === 404 ? true : undefined,
      );
    }
  });

  test('a client that leaves ends the transfer from the seed box', async () => {
    const { port, seed, target } = await startRelay({ 'big.bin': 32 * 1024 * 1024 });
    await report(port, 'seed', seed.origin);
    const client = connect(port, '127.0.0.1');
    client.on('error', () => {});
    client.write(`GET ${target} HTTP/1.1\r\nHost: x\r\n\r\n`);
    await once(client, 'data');
    client.pause();
    expect(seed.torrents.users).toBe(1);

    client.destroy();

    await waitUntil('the torrent to be free', () => (seed.torrents.users === 0 ? true : undefined));
  });
});
