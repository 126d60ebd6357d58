import { beforeEach, describe, expect, test } from 'vitest';
import { parseMetainfo } from '../../shared/metainfo.ts';
import { EVERSEED_EXPIRES_SECONDS, MAX_EVERSEEDS } from '../../tracker-worker/webseed/everseed.ts';
import { AUTHORIZED, edgeWithSettings, fetchEdge, ORIGIN, publish } from './support/edge.ts';
import { sampleTorrent } from './support/torrents.ts';

const REPORT = {
  url: 'https://seed.example.org',
  transports: ['tcp', 'http'],
  health: { torrents: 3, peers: 0 },
};

/** Each test is long after the one before it, so that earlier seed boxes are gone. */
let nowMs = Date.UTC(2030, 0, 1);
beforeEach(() => {
  nowMs += 10 * EVERSEED_EXPIRES_SECONDS * 1000;
});
const edge = edgeWithSettings({}, () => nowMs);
const relaying = edgeWithSettings({ webSeedProxy: true }, () => nowMs);

async function report(id: string, body: unknown = REPORT): Promise<Response> {
  return edge.fetch(`/api/everseeds/${id}`, {
    method: 'PUT',
    headers: AUTHORIZED,
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
}

async function liveIds(): Promise<string[]> {
  const response = await edge.fetch('/api/everseeds', { headers: AUTHORIZED });
  expect(response.headers.get('cache-control')).toBe('no-store');
  const { everseeds } = await response.json<{ everseeds: { id: string }[] }>();
  return everseeds.map(({ id }) => id);
}

async function webSeedsOf(from: typeof edge, infoHash: string): Promise<readonly string[]> {
  const served = parseMetainfo(await (await from.fetch(`/t/${infoHash}.torrent`)).bytes());
  if (!served.ok) throw new Error(served.refusal.reason);
  return served.value.webSeeds;
}

describe('PUT and GET /api/everseeds', () => {
  test('a report is kept: 201, then 200, and listed as it was last', async () => {
    expect((await report('box-1')).status).toBe(201);
    const again = { ...REPORT, url: 'https://moved.example.org/below/', health: { torrents: 4 } };
    const second = await report('box-1', again);
    expect(second.status).toBe(200);
    const everseed = {
      id: 'box-1',
      url: 'https://moved.example.org/below',
      transports: ['tcp', 'http'],
      health: { torrents: 4 },
      seenAt: new Date(nowMs).toISOString(),
    };
    expect(await second.json()).toEqual(everseed);
    const list = await edge.fetch('/api/everseeds', { headers: AUTHORIZED });
    expect(await list.json()).toEqual({ everseeds: [everseed] });
  });

  test('a seed box that was silent for three reports is gone', async () => {
    await report('silent');
    nowMs += EVERSEED_EXPIRES_SECONDS * 1000;
    await report('talking');
    expect(await liveIds()).toEqual(['talking', 'silent']);
    nowMs += 1000;
    expect(await liveIds()).toEqual(['talking']);
  });

  test('as many as may be are known, and one more when one is gone', async () => {
    await report('first');
    nowMs += 1000;
    for (let n = 1; n < MAX_EVERSEEDS; n += 1) await report(`box-${n}`);
    const refused = await report('one-more');
    expect(refused.status).toBe(409);
    expect(await refused.json()).toMatchObject({ code: 'too-many-everseeds' });
    expect((await report('first')).status).toBe(200);
    nowMs += EVERSEED_EXPIRES_SECONDS * 1000 + 1000;
    expect((await report('one-more')).status).toBe(201);
  });

  test.each([
    ['PUT', '/api/everseeds/box'],
    ['GET', '/api/everseeds'],
  ])('%s %s needs the publisher token', async (method, path) => {
    const response = await fetchEdge(path, { method });
    expect(response.status).toBe(401);
    expect(await response.json()).toMatchObject({ code: 'token-missing' });
    const closed = edgeWithSettings({ publisherToken: undefined });
    expect((await closed.fetch(path, { method, headers: AUTHORIZED })).status).toBe(403);
  });

  test.each(['a'.repeat(65), 'a.b', 'a%20b', '%2e%2e%2fx'])('the id %s is refused', async (id) => {
    const response = await report(id);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ code: 'bad-id' });
  });

  const figures = Array.from({ length: 17 }, (_, n) => [`figure${n}`, n] as const);
  const many: Record<string, number> = Object.fromEntries(figures);
  test.each<[what: string, body: unknown]>([
    ['nothing', ''],
    ['no JSON', '{'],
    ['a list', []],
    ['no URL', { ...REPORT, url: undefined }],
    ['a URL of another kind', { ...REPORT, url: 'ftp://seed.example.org' }],
    ['a URL with a query', { ...REPORT, url: 'https://seed.example.org/?a' }],
    ['a URL with a password', { ...REPORT, url: 'https://a:b@seed.example.org' }],
    ['a long URL', { ...REPORT, url: `https://seed.example.org/${'x'.repeat(2048)}` }],
    ['no transports', { ...REPORT, transports: undefined }],
    ['many transports', { ...REPORT, transports: Array.from({ length: 9 }, () => 'tcp') }],
    ['odd transports', { ...REPORT, transports: ['<b>'] }],
    ['no health', { ...REPORT, health: undefined }],
    ['much health', { ...REPORT, health: many }],
    ['a short access key', { ...REPORT, accessKey: 'k'.repeat(31) }],
    ['a long access key', { ...REPORT, accessKey: 'k'.repeat(129) }],
    ['an access key that is two headers', { ...REPORT, accessKey: `${'k'.repeat(40)}\r\na: b` }],
    ['health in words', { ...REPORT, health: { torrents: 'fine' } }],
  ])('a report with %s is refused', async (_what, body) => {
    const response = await report('refused', body);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ code: 'bad-body' });
    expect(await liveIds()).toEqual([]);
  });

  test('a report of 4,096 bytes is taken, a longer one is not', async () => {
    const body = JSON.stringify(REPORT);
    expect((await report('large', body.padEnd(4096))).status).toBe(201);
    expect((await report('large', body.padEnd(4097))).status).toBe(413);
  });
});

describe('the web seeds of a publication', () => {
  test('are the public URLs of live seed boxes, the edge’s own, then the publisher’s', async () => {
    const published = 'https://mirror.example/a%20file.bin';
    const { bytes, infoHash } = await sampleTorrent('a file, 100%.bin', { webSeeds: [published] });
    await publish(bytes);
    await report('public');
    await report('private', { ...REPORT, url: 'http://127.0.0.1:8080' });
    const name = 'a%20file%2C%20100%25.bin';
    const own = `https://seed.example.org/webseed/${infoHash}/${name}`;

    expect(await webSeedsOf(edge, infoHash)).toEqual([own, published]);
    expect(await webSeedsOf(relaying, infoHash)).toEqual([
      own,
      `${ORIGIN}/webseed/${infoHash}/${name}`,
      published,
    ]);
    nowMs += EVERSEED_EXPIRES_SECONDS * 1000 + 1000;
    expect(await webSeedsOf(edge, infoHash)).toEqual([published]);
  });

  test.each(['v1', 'hybrid', 'v2'] as const)('a %s folder’s end with a slash', async (format) => {
    const torrent = await sampleTorrent(`folder ${format}`, { paths: [['a'], ['b']], format });
    await publish(torrent.bytes);
    const id = torrent.hashes.v1 ?? torrent.hashes.v2;
    expect(await webSeedsOf(relaying, torrent.infoHash)).toEqual([`${ORIGIN}/webseed/${id}/`]);
  });

  test('at most four seed boxes are named', async () => {
    const { bytes, infoHash } = await sampleTorrent('served by many');
    await publish(bytes);
    for (let n = 0; n < 5; n += 1) {
      await report(`box-${n}`, { ...REPORT, url: `https://seed${n}.example.org` });
    }
    expect(await webSeedsOf(edge, infoHash)).toHaveLength(4);
  });

  test('stand in the magnet links of the API and of the page', async () => {
    const { bytes, infoHash } = await sampleTorrent('with a magnet');
    const published = await relaying.fetch('/api/torrents', {
      method: 'POST',
      headers: AUTHORIZED,
      body: Uint8Array.from(bytes),
    });
    const parameter = `&ws=${encodeURIComponent(`${ORIGIN}/webseed/${infoHash}/`)}&xs=`;
    const { magnet } = await published.json<{ magnet: string }>();
    expect(magnet).toContain(parameter);
    expect(await (await relaying.fetch(`/api/torrents/${infoHash}`)).json()).toMatchObject({
      magnet,
    });
    const page = await (await relaying.fetch(`/t/${infoHash}`)).text();
    expect(page).toContain(parameter.replaceAll('&', '&amp;'));
  });
});

describe('/webseed/ at the edge', () => {
  test.each(['GET', 'HEAD', 'OPTIONS'])('%s is 404 where nothing is relayed', async (method) => {
    const { bytes, infoHash } = await sampleTorrent('not relayed');
    await publish(bytes);
    await report('box');
    const response = await edge.fetch(`/webseed/${infoHash}/x`, { method });
    expect(response.status).toBe(404);
  });

  test('a torrent without a live seed box is 503, to be tried again', async () => {
    const { bytes, infoHash } = await sampleTorrent('without a seed');
    await publish(bytes);
    const response = await relaying.fetch(`/webseed/${infoHash}/without%20a%20seed`);
    expect(response.status).toBe(503);
    expect(response.headers.get('retry-after')).toBe('60');
    expect(await response.json()).toMatchObject({ code: 'no-everseed' });
  });

  test.each([
    ['ab'.repeat(20), 404, 'unknown-torrent'],
    ['abc', 400, 'bad-info-hash'],
  ])('/webseed/%s/… is %i', async (hash, status, code) => {
    const response = await relaying.fetch(`/webseed/${hash}/x`);
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ code });
  });
});
