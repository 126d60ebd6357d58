import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, request } from 'node:http';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { hashTree, makeBytes } from '../support/content.ts';
import { SeedProcess } from '../support/seed-process.ts';
import { createTempDir } from '../support/temp-dir.ts';
import { UploadClient } from '../support/upload-client.ts';
import { waitUntil } from '../support/wait-until.ts';

const TOKEN = 'a-token-for-the-tests';
const AUTHORIZED = { authorization: `Bearer ${TOKEN}` };

/** The whole program with its embedded edge, and a client that may publish. */
async function startBox(root = createTempDir(), env: Readonly<Record<string, string>> = {}) {
  const dataDir = join(root, 'data');
  const contentDir = join(root, 'content');
  const process = new SeedProcess({
    dataDir,
    env: {
      EVERTORRENT_PUBLISHER_TOKEN: TOKEN,
      EVERTORRENT_CONTENT_DIR: contentDir,
      ...env,
    },
  });
  const { edgeUrl, httpUrl } = await process.ready();
  const client = new UploadClient(edgeUrl, AUTHORIZED);
  return { root, dataDir, contentDir, process, edgeUrl, httpUrl, client };
}

/** The files of a job and their bytes. */
const ALBUM: readonly (readonly [path: string, bytes: Uint8Array])[] = [
  ['Ünïcödé 日本/🎵 первый.flac', makeBytes(300_000, 'first')],
  ['empty.txt', new Uint8Array()],
  ["quotes ' and % and #?.bin", makeBytes(70_001, 'second')],
  ['one', makeBytes(1, 'third')],
];
const ALBUM_JOB = {
  name: 'Älbum 1',
  title: 'An album',
  files: ALBUM.map(([path, { length }]) => ({ path: path.split('/'), size: length })),
};

describe('publishing by upload', () => {
  test('a folder is uploaded, published, and downloaded byte for byte', async () => {
    const { client, edgeUrl, root, contentDir, dataDir } = await startBox();
    const job = await client.begin(ALBUM_JOB);
    expect(job).toMatchObject({ state: 'uploading', account: 'operator', uploadedBytes: 0 });
    for (const [index, [, bytes]] of ALBUM.entries()) await client.upload(job.id, index, bytes);
    const { publication } = await client.reached(job.id, 'seeding');
    expect(readdirSync(join(dataDir, 'uploads'))).toEqual([]);

    const copy = join(root, 'copy', ALBUM_JOB.name);
    for (const [path] of ALBUM) {
      const names = [publication?.infoHash ?? '', ALBUM_JOB.name, ...path.split('/')];
      const url = `${edgeUrl}/webseed/${names.map(encodeURIComponent).join('/')}`;
      const response = await fetch(url);
      expect([path, response.status]).toEqual([path, 200]);
      mkdirSync(join(copy, path, '..'), { recursive: true });
      writeFileSync(join(copy, path), await response.bytes());
    }
    expect(hashTree(copy)).toEqual(hashTree(join(contentDir, ALBUM_JOB.name)));
    expect(ALBUM.every(([path, bytes]) => readFileSync(join(copy, path)).equals(bytes))).toBe(true);

    const { text } = await client.send('GET', `/api/seeding/${publication?.infoHash}`);
    expect(JSON.parse(text)).toMatchObject({
      name: ALBUM_JOB.name,
      verifiedAt: null,
      withheldPieces: 0,
      uploadedBytes: { tcp: 0, webrtc: 0, http: job.sizeBytes },
    });
  });

  test('an upload that breaks off, or whose seed box is killed, goes on where it was', async () => {
    const bytes = makeBytes(3_000_000, 'long');
    const first = await startBox();
    const job = await first.client.begin({
      name: 'long.bin',
      files: [{ path: ['long.bin'], size: bytes.length }],
    });
    const created = await first.client.create(job.id, 0, bytes.length);
    expect(created.status).toBe(201);
    const location = String(created.headers['location']);
    expect(location).toBe(`/api/uploads/${job.id}.0`);

    // A part of it, announced as the whole, and then the line is cut.
    const cut = request(`${first.edgeUrl}${location}`, {
      method: 'PATCH',
      headers: {
        ...AUTHORIZED,
        'tus-resumable': '1.0.0',
        'upload-offset': '0',
        'content-type': 'application/offset+octet-stream',
        'content-length': String(bytes.length),
      },
    });
    cut.on('error', () => {});
    cut.write(bytes.subarray(0, 1_000_000));
    await waitUntil('a part to arrive', async () =>
      (await first.client.job(job.id)).state === 'uploading' &&
      readFileSync(join(first.dataDir, 'uploads', `${job.id}.0`)).length === 1_000_000
        ? true
        : undefined,
    );
    cut.destroy();
    expect(await first.client.offset(location)).toBe(1_000_000);
    const second = bytes.subarray(1_000_000, 2_000_000);
    expect((await first.client.append(location, 1_000_000, second)).status).toBe(204);

    await first.process.stop('SIGKILL');
    const again = await startBox(first.root);
    expect(await again.client.job(job.id)).toMatchObject({
      state: 'uploading',
      uploadedBytes: 2_000_000,
    });
    expect(await again.client.offset(location)).toBe(2_000_000);
    const rest = bytes.subarray(2_000_000);
    expect((await again.client.append(location, 2_000_000, rest)).status).toBe(204);
    await again.client.reached(job.id, 'seeding');
    expect(readFileSync(join(again.contentDir, 'long.bin')).equals(bytes)).toBe(true);
  });
});

describe('what uploads refuse', () => {
  test('wrong offsets, wrong lengths, large parts, much content, bad names', async () => {
    const { client, contentDir } = await startBox(undefined, {
      EVERTORRENT_MAX_UPLOAD_BYTES: '8000000000000000',
    });
    const part = 33_554_432;
    const job = await client.begin({
      name: 'large.bin',
      files: [{ path: [], size: part + 10 }],
    });
    expect((await client.create(job.id, 0, part)).status).toBe(400);
    expect((await client.create(job.id, 1, 5)).status).toBe(404);
    expect((await client.create(`${job.id}x`, 0, 5)).status).toBe(404);
    const { headers } = await client.create(job.id, 0, part + 10);
    const location = String(headers['location']);

    expect((await client.append(location, 5, new Uint8Array(5))).status).toBe(409);
    expect((await client.append(location, 0, new Uint8Array(part + 1))).status).toBe(413);
    // The same without a length: it is counted on its way.
    const chunked = await client.send(
      'PATCH',
      location,
      {
        'tus-resumable': '1.0.0',
        'upload-offset': String(await client.offset(location)),
        'content-type': 'application/offset+octet-stream',
        'transfer-encoding': 'chunked',
      },
      new Uint8Array(part + 1),
    );
    expect(chunked.status).toBe(413);
    const arrived = (await client.offset(location)) ?? -1;
    expect(arrived).toBeLessThanOrEqual(part);
    // Longer than the file, in a part that is not too large itself.
    const small = await client.begin({ name: 'small', files: [{ path: ['a'], size: 5 }] });
    const its = String((await client.create(small.id, 0, 5)).headers['location']);
    expect((await client.append(its, 0, new Uint8Array(6))).status).toBe(413);
    expect(await client.offset(its)).toBe(0);
    expect(await client.json('DELETE', `/api/jobs/${small.id}`)).toEqual([204, undefined]);

    const refusals: [status: number, code: string, job: unknown][] = [
      [507, 'no-space', { name: 'much', files: [{ path: ['a'], size: 7_999_999_000_000_000 }] }],
      [413, 'too-large', { name: 'more', files: [{ path: ['a'], size: 8_000_000_000_000_001 }] }],
      [409, 'name-taken', { name: 'large.bin', files: [{ path: ['a'], size: 1 }] }],
      [400, 'unsafe-path', { name: '..', files: [{ path: ['a'], size: 1 }] }],
      [400, 'unsafe-path', { name: 'x', files: [{ path: ['..', 'a'], size: 1 }] }],
      [400, 'bad-body', { name: 'x' }],
    ];
    for (const [status, code, wanted] of refusals) {
      expect(await client.json('POST', '/api/jobs', wanted)).toEqual([
        status,
        expect.objectContaining({ code }),
      ]);
    }
    expect(await client.json('DELETE', `/api/jobs/${job.id}`)).toEqual([204, undefined]);
    expect(await client.offset(location)).toBeUndefined();
    expect(() => readdirSync(contentDir)).toThrow('ENOENT');
  });

  test('whoever has no access key, and jobs and uploads of another account', async () => {
    const { dataDir, httpUrl } = await startBox();
    const accessKey = readFileSync(join(dataDir, 'access-key'), 'utf8').trim();
    const as = (account: Readonly<Record<string, string>>): UploadClient =>
      new UploadClient(httpUrl, { authorization: `Bearer ${accessKey}`, ...account });
    for (const headers of [{}, { authorization: 'Bearer wrong' }, AUTHORIZED]) {
      const stranger = new UploadClient(httpUrl, { ...headers, 'x-evertorrent-account': 'alice' });
      expect((await stranger.send('GET', '/api/jobs')).status).toBe(401);
      expect((await stranger.create('job', 0, 1)).status).toBe(401);
    }
    expect((await as({}).send('GET', '/api/jobs')).status).toBe(400);

    const alice = as({ 'x-evertorrent-account': 'alice' });
    const bob = as({ 'x-evertorrent-account': 'bob' });
    const admin = as({ 'x-evertorrent-account': 'boss', 'x-evertorrent-admin': '1' });
    const job = await alice.begin({ name: 'mine', files: [{ path: ['a'], size: 5 }] });
    const { headers } = await alice.create(job.id, 0, 5);
    const location = String(headers['location']);
    expect((await bob.send('GET', `/api/jobs/${job.id}`)).status).toBe(404);
    expect((await bob.send('DELETE', `/api/jobs/${job.id}`)).status).toBe(404);
    expect((await bob.create(job.id, 0, 5)).status).toBe(404);
    expect((await bob.append(location, 0, new Uint8Array(5))).status).toBe(404);
    expect((await bob.send('DELETE', location, { 'tus-resumable': '1.0.0' })).status).toBe(404);
    expect(await bob.offset(location)).toBeUndefined();
    expect(await bob.json('GET', '/api/jobs')).toEqual([200, { jobs: [] }]);
    expect(await admin.job(job.id)).toMatchObject({ account: 'alice', state: 'uploading' });
    expect(await alice.offset(location)).toBe(0);
  });

  test('what a client says about who it is goes no further than the edge', async () => {
    const { client, edgeUrl } = await startBox();
    const asked: IncomingMessage[] = [];
    const other = createServer((incoming, outgoing) => {
      asked.push(incoming);
      outgoing.writeHead(200, { 'set-cookie': 'a=b', 'x-secret': '1', 'upload-offset': '7' });
      outgoing.end('{}');
    });
    other.listen(0, '127.0.0.1');
    await once(other, 'listening');
    onTestFinished(() => {
      other.close();
      other.closeAllConnections();
    });
    const address = other.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const accessKey = 'k'.repeat(43);
    const [reported, told] = await client.json('PUT', '/api/everseeds/other', {
      url: `http://127.0.0.1:${port}`,
      transports: ['uploads'],
      health: {},
      accessKey,
    });
    expect([reported, JSON.stringify(told).includes(accessKey)]).toEqual([201, false]);
    const list = await client.send('GET', '/api/everseeds');
    expect(list.text).toContain('other');
    expect(list.text).not.toContain('accessKey');
    expect(list.text).not.toContain(accessKey);

    const answer = await client.send('GET', '/api/jobs/other.1', {
      cookie: 'session=1',
      'x-evertorrent-account': 'mallory',
      'x-evertorrent-account-name': 'mallory',
      'x-evertorrent-admin': '0',
      'x-forwarded-host': 'elsewhere',
      'upload-offset': '3',
    });

    expect(answer.status).toBe(200);
    expect(answer.headers).toMatchObject({ 'upload-offset': '7' });
    expect(answer.headers['set-cookie']).toBeUndefined();
    expect(answer.headers['x-secret']).toBeUndefined();
    expect(asked[0]?.url).toBe('/api/jobs/other.1');
    expect(asked[0]?.headers).toMatchObject({
      authorization: `Bearer ${accessKey}`,
      'x-evertorrent-account': 'operator',
      'x-evertorrent-account-name': 'operator',
      'x-evertorrent-admin': '1',
      'upload-offset': '3',
    });
    expect(asked[0]?.headers.cookie).toBeUndefined();
    expect(asked[0]?.headers['x-forwarded-host']).toBeUndefined();
    const stranger = new UploadClient(edgeUrl, {});
    for (const path of ['/api/jobs', '/api/jobs/other.1', '/api/seeding', '/api/uploads/other.1']) {
      expect([path, (await stranger.send('GET', path)).status]).toEqual([path, 401]);
    }
    expect(asked.length).toBe(1);
  });
});
