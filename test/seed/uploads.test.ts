import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import {
  CANCEL_JOB,
  CREATE_JOB,
  LIST_JOBS,
  READ_JOB,
} from '../../tracker-worker/uploads/job-operations.ts';
import { LIST_SEEDING, READ_SEEDING } from '../../tracker-worker/uploads/seeding-operations.ts';
import {
  APPEND_UPLOAD,
  CANCEL_UPLOAD,
  CREATE_UPLOAD,
  READ_UPLOAD,
} from '../../tracker-worker/uploads/upload-operations.ts';
import { hashTree, makeBytes } from '../support/content.ts';
import { expectDeclared } from '../support/declared-answer.ts';
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
    // It was hashed just now.
    expect(text).toMatch(/"verifiedAt":"\d{4}-/);
    expect(JSON.parse(text)).toMatchObject({
      name: ALBUM_JOB.name,
      withheldPieces: 0,
      uploadedBytes: { tcp: 0, webrtc: 0, http: job.sizeBytes },
    });
  });

  test('what is said of it, and by whom, is told by the edge', async () => {
    const { client, edgeUrl } = await startBox();
    const [, made] = await client.json('POST', '/api/tokens', {
      name: 'Ann Ünïcödé',
      scopes: ['publish'],
    });
    const token = /"token":"([^"]+)"/.exec(JSON.stringify(made))?.[1] ?? '';
    const ann = new UploadClient(edgeUrl, { authorization: `Bearer ${token}` });
    const said = {
      title: 'x'.repeat(200),
      description: `${'Zeile\n'.repeat(833)}ä.`,
      webSeeds: ['https://mirror.example/said.bin'],
    };
    const job = await ann.begin({ name: 'said.bin', files: [{ path: [], size: 5 }], ...said });
    await ann.upload(job.id, 0, makeBytes(5, 'said'));
    const { publication, error } = await ann.reached(job.id, 'seeding');
    expect(error).toBe(null);
    const path = `/api/torrents/${publication?.infoHash}`;
    expect(await new UploadClient(edgeUrl, {}).json('GET', path)).toEqual([
      200,
      expect.objectContaining({ ...said, publisher: 'Ann Ünïcödé' }),
    ]);
  });

  test('its answers are as the document of the API declares them', async () => {
    const { client } = await startBox();
    const files = [{ path: ['a'], size: 5 }];
    const first = await client.send('POST', '/api/jobs', {}, JSON.stringify({ name: 'a', files }));
    expectDeclared(CREATE_JOB, first);
    const { id } = await client.begin({ name: 'b', files });
    const tus = { 'tus-resumable': '1.0.0' };
    const created = await client.create(id, 0, 5);
    expectDeclared(CREATE_UPLOAD, created);
    expectDeclared(CREATE_UPLOAD, await client.create(id, 0, 6));
    expectDeclared(CREATE_UPLOAD, await client.create(id, 7, 5));
    const location = String(created.headers['location']);
    expectDeclared(APPEND_UPLOAD, await client.append(location, 0, new Uint8Array(2)));
    expectDeclared(READ_UPLOAD, await client.send('HEAD', location, tus));
    expectDeclared(CANCEL_UPLOAD, await client.send('DELETE', location, tus));
    await client.upload(id, 0, makeBytes(5, 'b'));
    const { publication } = await client.reached(id, 'seeding');
    expectDeclared(APPEND_UPLOAD, await client.append(location, 5, new Uint8Array(1)));
    expectDeclared(READ_JOB, await client.send('GET', `/api/jobs/${id}`));
    expectDeclared(READ_JOB, await client.send('GET', `/api/jobs/${id}x`));

    const infoHash = publication?.infoHash;
    const verify = await client.begin({ kind: 'verify', infoHash });
    await client.reached(verify.id, 'seeding');
    expectDeclared(READ_JOB, await client.send('GET', `/api/jobs/${verify.id}`));
    expectDeclared(LIST_JOBS, await client.send('GET', '/api/jobs'));
    for (const refused of [{}, { name: '..', files }, { name: 'b', files }]) {
      const answer = await client.send('POST', '/api/jobs', {}, JSON.stringify(refused));
      expect(answer.status).toBeGreaterThanOrEqual(400);
      expectDeclared(CREATE_JOB, answer);
    }
    for (const query of ['', `?of=${infoHash}`, '?limit=1']) {
      const answer = await client.send('GET', `/api/seeding${query}`);
      expect(answer.text).toContain(`"infoHash":"${infoHash}"`);
      expectDeclared(LIST_SEEDING, answer);
    }
    const none = await client.json('GET', `/api/seeding?of=${'0'.repeat(40)}`);
    expect(none).toEqual([200, { torrents: [] }]);
    expectDeclared(LIST_SEEDING, await client.send('GET', '/api/seeding?of=x'));
    expectDeclared(READ_SEEDING, await client.send('GET', `/api/seeding/${infoHash}`));
    expectDeclared(READ_SEEDING, await client.send('GET', `/api/seeding/${'0'.repeat(40)}`));
    expectDeclared(CANCEL_JOB, await client.send('DELETE', `/api/jobs/${id}`));
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
    const port = await startOther((incoming, outgoing) => {
      asked.push(incoming);
      outgoing.writeHead(200, { 'set-cookie': 'a=b', 'x-secret': '1', 'upload-offset': '7' });
      outgoing.end('{}');
    });
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

describe('several seed boxes', () => {
  test('are listed as one, and each is asked for what is its own', async () => {
    const { client } = await startBox();
    const answers: Readonly<Record<string, string>> = {
      '/api/jobs': JSON.stringify({ jobs: [{ id: 'other.1', createdAt: '2000-01-01' }] }),
      '/api/seeding?limit=2': JSON.stringify({
        torrents: [torrent('1', 'other'), torrent('3', 'other')],
      }),
      [`/api/seeding?of=${'3'.repeat(40)},${'1'.repeat(40)}`]: JSON.stringify({
        torrents: [torrent('3', 'other'), torrent('1', 'other')],
      }),
      [`/api/seeding/${'3'.repeat(40)}`]: JSON.stringify(torrent('3', 'other')),
    };
    const port = await startOther((incoming, outgoing) => {
      const answer = answers[incoming.url ?? ''];
      outgoing.writeHead(answer === undefined ? 404 : 200, { 'content-type': 'application/json' });
      outgoing.end(answer ?? '{}');
    });
    await reportBox(client, 'other', port);
    // One that lists only nonsense, and one that is away.
    const nonsense = await startOther((incoming, outgoing) => {
      outgoing.statusCode = /^\/api\/(jobs|seeding)(\?|$)/.test(incoming.url ?? '') ? 200 : 404;
      outgoing.end('[[');
    });
    await reportBox(client, 'nonsense', nonsense);
    await reportBox(client, 'away', 1);
    const [, boxes] = await client.json('GET', '/api/everseeds');
    const own = /"id":"([0-9a-f]{24})"/.exec(JSON.stringify(boxes))?.[1] ?? '';

    const created = await client.send(
      'POST',
      `/api/jobs?everseed=${own}`,
      {},
      JSON.stringify({ name: 'mine', files: [{ path: ['a'], size: 5 }] }),
    );
    expect(created.status).toBe(201);
    const { text } = await client.send('GET', '/api/jobs');
    const ids = [...text.matchAll(/"id":"([^"]*)"/g)].map(([, id]) => id);
    expect(ids).toEqual([expect.stringMatching(`^${own}\\.`), 'other.1']);
    expect(await client.json('GET', '/api/seeding?limit=2')).toEqual([
      200,
      { torrents: [torrent('1', 'other'), torrent('3', 'other')] },
    ]);
    const named = `/api/seeding?of=${'3'.repeat(40)},${'1'.repeat(40)}`;
    expect(await client.json('GET', named)).toEqual([
      200,
      { torrents: [torrent('1', 'other'), torrent('3', 'other')] },
    ]);
    expect((await client.send('GET', '/api/seeding?limit=x')).status).toBe(400);
    expect(await client.json('GET', `/api/seeding/${'3'.repeat(40)}`)).toEqual([
      200,
      torrent('3', 'other'),
    ]);
    expect((await client.send('GET', `/api/seeding/${'4'.repeat(40)}`)).status).not.toBe(200);
    expect((await client.send('GET', '/api/jobs/away.1')).status).toBe(503);
    expect((await client.send('GET', '/api/jobs/nobody.1')).status).toBe(404);
  });
});

describe('the embedded edge', () => {
  test('takes a body no faster than the seed box does, and none of more than 100 MB', async () => {
    const { client, edgeUrl } = await startBox();
    let taken: IncomingMessage | undefined;
    const port = await startOther((incoming) => {
      taken = incoming.pause();
    });
    await reportBox(client, 'slow', port);
    const part = 32 * 1024 * 1024;
    const headers = { ...AUTHORIZED, 'content-length': String(part) };
    const sent = request(`${edgeUrl}/api/uploads/slow.1`, { method: 'PATCH', headers });
    sent.on('error', () => {});
    onTestFinished(() => void sent.destroy());
    sent.write(new Uint8Array(part));
    await waitUntil('the seed box to be asked', () => taken);
    // What the sockets on the way hold has gone; the rest waits at the client.
    let before = -1;
    const waiting = await waitUntil('nothing to move any more', async () => {
      await new Promise((resolve) => setTimeout(resolve, 300));
      const left = sent.socket?.bytesWritten ?? 0;
      const isStill = left === before;
      before = left;
      return isStill ? left : undefined;
    });
    expect(sent.writableLength).toBeGreaterThan(0);
    expect(waiting).toBeGreaterThan(0);

    const huge = { 'content-length': '100000001' };
    const refused = await client.send('POST', '/api/torrents', huge, new Uint8Array(10));
    expect(refused.status).toBe(413);
    const chunked = await client.send(
      'POST',
      '/api/jobs',
      { 'transfer-encoding': 'chunked' },
      new Uint8Array(100_000_001),
    );
    expect(chunked.status).toBe(413);
  });
});

function torrent(digit: string, box: string) {
  return { infoHash: digit.repeat(40), box };
}

/** A seed box that answers as told. */
async function startOther(
  answer: (incoming: IncomingMessage, outgoing: ServerResponse) => void,
): Promise<number> {
  const other = createServer(answer);
  other.listen(0, '127.0.0.1');
  await once(other, 'listening');
  onTestFinished(() => {
    other.close();
    other.closeAllConnections();
  });
  const address = other.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

async function reportBox(client: UploadClient, id: string, port: number): Promise<void> {
  const report = {
    url: `http://127.0.0.1:${port}`,
    transports: ['uploads'],
    health: {},
    accessKey: 'k'.repeat(43),
  };
  const [status] = await client.json('PUT', `/api/everseeds/${id}`, report);
  if (status !== 201) throw new Error(`The report is answered with ${status}`);
}
