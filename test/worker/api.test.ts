import { env, waitUntil } from 'cloudflare:workers';
import { describe, expect, test, vi } from 'vitest';
import { NO_COUNTS } from '../../shared/scrape.ts';
import { encodeUtf8 } from '../../shared/text.ts';
import { CatalogTokens } from '../../tracker-worker/accounts/catalog-tokens.ts';
import { CatalogLists } from '../../tracker-worker/catalog/catalog-lists.ts';
import { CATALOG_NAME } from '../../tracker-worker/catalog/catalog-name.ts';
import { CatalogPublications } from '../../tracker-worker/catalog/catalog-publications.ts';
import { requireConfig } from '../../tracker-worker/config.ts';
import { createEdge } from '../../tracker-worker/edge.ts';
import { CatalogEverseeds } from '../../tracker-worker/webseed/catalog-everseeds.ts';
import { type Swarms, SwarmShards } from '../../tracker-worker/swarm/swarm-shards.ts';
import { announce, announceQuery, failureOf } from './support/announces.ts';
import { AWAY_SWARMS } from './support/away-swarms.ts';
import { AUTHORIZED, fetchEdge, ORIGIN, publish } from './support/edge.ts';
import { infoHashOf, sampleTorrent, torrentWithInfo } from './support/torrents.ts';

const ABSENT = 'ab'.repeat(20);

/** The edge of the real bindings, but for the parts named. */
function edgeWith(parts: { swarms?: Swarms; publisherToken?: string | undefined }) {
  const { swarms, ...settings } = parts;
  const config = { ...requireConfig({ ...env }), ...settings };
  const edge = createEdge({
    config,
    swarms: swarms ?? new SwarmShards(env.SWARM_SHARD, config, waitUntil),
    publications: new CatalogPublications(env.CATALOG),
    lists: new CatalogLists(env.CATALOG),
    tokens: new CatalogTokens(env.CATALOG),
    everseeds: new CatalogEverseeds(env.CATALOG),
    nowMs: () => 1_000_000,
  });
  return {
    request: async (path: string, init?: RequestInit) =>
      edge.fetch(new Request(`${ORIGIN}${path}`, init)),
  };
}

/** The `info` of a folder with one file at this path. */
function file(...path: string[]) {
  return { files: [{ length: 5, path }] };
}

/** The trackers in the magnet link of one torrent, published with these, behind the edge's own two. */
async function magnetWith(trackers: readonly string[]): Promise<string[]> {
  const { bytes } = await sampleTorrent('tracked.bin', { trackers: trackers.map((url) => [url]) });
  const { magnet } = await (await publish(bytes)).json<{ magnet: string }>();
  return new URL(magnet).searchParams.getAll('tr').slice(2);
}

function endlessBody(): ReadableStream<Uint8Array> {
  return new ReadableStream<Uint8Array>({
    pull: (controller) => controller.enqueue(new Uint8Array(1_000_000)),
  });
}

describe('POST /api/torrents', () => {
  test('publishes: 201 with the links, then 200 with the same', async () => {
    const { bytes, infoHash } = await sampleTorrent('a file.bin');
    const response = await publish(bytes);
    expect(response.status).toBe(201);
    const page = `${ORIGIN}/t/${infoHash}`;
    const tracker = encodeURIComponent(`${ORIGIN}/announce`);
    const socket = encodeURIComponent(`wss://edge.example/announce/${infoHash.slice(0, 2)}`);
    const publication = {
      infoHash,
      infoHashV2: null,
      name: 'a file.bin',
      size: 5,
      magnet: `magnet:?xt=urn:btih:${infoHash}&dn=a%20file.bin&tr=${tracker}&tr=${socket}&xs=${encodeURIComponent(`${page}.torrent`)}`,
      torrentUrl: `${page}.torrent`,
      pageUrl: page,
    };
    expect(await response.json()).toEqual(publication);
    const again = await publish(bytes);
    expect(again.status).toBe(200);
    expect(await again.json()).toEqual(publication);
  });

  test("puts the publisher's trackers into the magnet link, behind the edge's: ten at most, and today's", async () => {
    const urls = Array.from({ length: 11 }, (_, n) => `http://${n}.example/announce`);
    expect(await magnetWith([])).toEqual([]);
    expect(await magnetWith(urls)).toEqual(urls.slice(0, 10));
    expect(await magnetWith([`${ORIGIN}/announce`, 'http://a.example'])).toEqual([
      'http://a.example',
    ]);
  });

  const utf8 = encodeUtf8;
  const refusals: [string, Uint8Array, string, string][] = [
    ['nothing', utf8(''), 'unexpected-end', 'the bencoded data ends in the middle of a value'],
    ['what is not bencode', utf8('<html>'), 'unexpected-byte', 'at byte 0'],
    ['unsorted keys', utf8('d1:bi1e1:ai1ee'), 'unsorted-keys', 'at byte 7'],
    ['bytes after the end', utf8('de\n'), 'trailing-bytes', 'at byte 2'],
    ['no info', utf8('de'), 'not-a-torrent', 'at info'],
    ['a path with ..', torrentWithInfo(file('..', 'x')), 'unsafe-path', 'at info.files[0].path'],
    [
      'an absolute path',
      torrentWithInfo(file('/etc/passwd')),
      'unsafe-path',
      'at info.files[0].path',
    ],
    ['a NUL in a path', torrentWithInfo(file('a\0b')), 'unsafe-path', 'a name contains a NUL'],
    [
      'a name that leaves its folder',
      torrentWithInfo({ name: '..', length: 5 }),
      'unsafe-path',
      'at info.name',
    ],
    [
      'too few piece hashes',
      torrentWithInfo({ length: 50_000 }),
      'not-a-torrent',
      'at info.pieces',
    ],
  ];
  test.each(refusals)('refuses %s and changes nothing', async (_case, body, code, detail) => {
    const before = await (await fetchEdge('/')).text();
    const response = await publish(body);
    expect(response.status).toBe(400);
    expect(response.headers.get('content-type')).toBe('application/problem+json');
    const text = await response.text();
    expect(JSON.parse(text)).toMatchObject({ status: 400, code });
    expect(text).toContain(detail);
    expect(await (await fetchEdge('/')).text()).toBe(before);
  });

  test.each([
    ['that says its length', new Uint8Array(16_000_001)],
    ['that does not end', endlessBody()],
  ])('refuses a body of more than 16,000,000 bytes %s', async (_case, body) => {
    const response = await edgeWith({}).request('/api/torrents', {
      method: 'POST',
      headers: AUTHORIZED,
      body,
    });
    expect(response.status).toBe(413);
    expect(await response.json()).toMatchObject({ code: 'too-large' });
  });

  test('keeps a .torrent of several database rows whole', async () => {
    const paths = Array.from({ length: 40_000 }, (_, n) => [`a rather long file name, ${n}`]);
    const { bytes, infoBytes, infoHash } = await sampleTorrent('many', { paths });
    expect(bytes.length).toBeGreaterThan(2_000_000);
    expect((await publish(bytes)).status).toBe(201);
    const served = await (await fetchEdge(`/t/${infoHash}.torrent`)).bytes();
    expect(await infoHashOf(served.subarray(served.length - 1 - infoBytes.length, -1))).toBe(
      infoHash,
    );
  });
});

describe('the publisher token', () => {
  const writes: [string, string][] = [
    ['POST', '/api/torrents'],
    ['DELETE', `/api/torrents/${ABSENT}`],
    ['PUT', '/api/anything'],
  ];
  const credentials: [string, Record<string, string>, string][] = [
    ['no token', {}, 'token-missing'],
    ['a wrong token', { authorization: 'Bearer a-publisher-tokem' }, 'token-wrong'],
    ['a longer token', { authorization: `${AUTHORIZED.authorization}x` }, 'token-wrong'],
    ['an empty token', { authorization: 'Bearer ' }, 'token-wrong'],
    ['the token in another scheme', { authorization: 'Basic a-publisher-token' }, 'token-wrong'],
  ];
  const cases = writes.flatMap(([method, path]) =>
    credentials.map(([what, headers, code]) => ({ method, path, what, headers, code })),
  );
  test.each(cases)('$method $path with $what is 401', async ({ method, path, headers, code }) => {
    const response = await fetchEdge(path, { method, headers });
    expect(response.status).toBe(401);
    expect(response.headers.get('www-authenticate')).toBe('Bearer');
    expect(await response.json()).toMatchObject({ status: 401, code });
  });

  test.each(writes)('%s %s is refused where there is no secret', async (method, path) => {
    for (const authorization of ['Bearer undefined', 'Bearer ', AUTHORIZED.authorization]) {
      const edge = edgeWith({ publisherToken: undefined });
      const response = await edge.request(path, { method, headers: { authorization } });
      expect(response.status).toBe(403);
      expect(await response.json()).toMatchObject({ code: 'publishing-disabled' });
    }
  });
});

describe('GET and DELETE /api/torrents/:infohash', () => {
  test('GET tells what it is and how it is doing, in any case of the hash, also for HEAD', async () => {
    const { bytes, infoHash } = await sampleTorrent('looked up');
    await publish(bytes);
    await announce(announceQuery(infoHash, { left: '0' }));
    const path = `/api/torrents/${infoHash.toUpperCase()}`;
    expect(await (await fetchEdge(path)).json()).toMatchObject({
      infoHash,
      name: 'looked up',
      size: 5,
      files: 1,
      seeders: 1,
      leechers: 0,
      downloads: 0,
    });
    const head = await fetchEdge(path, { method: 'HEAD' });
    expect([head.status, await head.text()]).toEqual([200, '']);
  });

  test.each([
    ['the catalogue', 9, 9],
    ['the shard', 1, 2],
  ])('GET tells the downloads that %s knows of, the more', async (where, inCatalogue, told) => {
    const { bytes, infoHash } = await sampleTorrent(`downloads known to ${where}`);
    await publish(bytes);
    const inShard = { ...NO_COUNTS, downloads: 2 };
    const counts = async () => new Map([[infoHash, inShard]]);
    await env.CATALOG.getByName(CATALOG_NAME).countDownloads(`a test of ${where}`, 1, [
      { infoHash, downloads: inCatalogue },
    ]);
    const edge = edgeWith({ swarms: { ...AWAY_SWARMS, counts } });
    const response = await edge.request(`/api/torrents/${infoHash}`);
    expect(await response.json()).toMatchObject({ downloads: told });
  });

  test('DELETE unpublishes once', async () => {
    const { bytes, infoHash } = await sampleTorrent('unpublished');
    await publish(bytes);
    const path = `/api/torrents/${infoHash}`;
    expect((await fetchEdge(path, { method: 'DELETE', headers: AUTHORIZED })).status).toBe(204);
    expect((await fetchEdge(path)).status).toBe(404);
    expect((await fetchEdge(`/t/${infoHash}`)).status).toBe(404);
    expect((await fetchEdge(`/t/${infoHash}.torrent`)).status).toBe(404);
    expect((await fetchEdge(path, { method: 'DELETE', headers: AUTHORIZED })).status).toBe(404);
  });

  test.each([
    ['GET', ABSENT, 404, 'unknown-torrent'],
    ['GET', 'ab'.repeat(31), 400, 'bad-info-hash'],
    ['GET', 'zz'.repeat(20), 400, 'bad-info-hash'],
    ['DELETE', ABSENT, 404, 'unknown-torrent'],
    ['DELETE', 'abc', 400, 'bad-info-hash'],
  ])('%s of %s is %i %s', async (method, infoHash, status, code) => {
    const response = await fetchEdge(`/api/torrents/${infoHash}`, { method, headers: AUTHORIZED });
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ status, code });
  });
});

describe('a shard that is away', () => {
  const broken = edgeWith({ swarms: AWAY_SWARMS });

  // What failed is logged, where only the operator sees it.
  const log = vi.spyOn(console, 'error').mockReturnValue();

  test('POST answers 503, and the same request again publishes', async () => {
    const { bytes, infoHash } = await sampleTorrent('half published');
    const request = { method: 'POST', headers: AUTHORIZED, body: Uint8Array.from(bytes) };
    const response = await broken.request('/api/torrents', request);
    expect(response.status).toBe(503);
    expect(await response.json()).toMatchObject({ code: 'tracker-not-told' });
    expect((await publish(bytes)).status).toBe(200);
    expect(failureOf(await announce(announceQuery(infoHash)))).toBe(undefined);
  });

  test('DELETE answers 503, and the same request again ends the swarm', async () => {
    const { bytes, infoHash } = await sampleTorrent('half unpublished');
    await publish(bytes);
    const request = { method: 'DELETE', headers: AUTHORIZED };
    expect((await broken.request(`/api/torrents/${infoHash}`, request)).status).toBe(503);
    await fetchEdge(`/api/torrents/${infoHash}`, request);
    expect(failureOf(await announce(announceQuery(infoHash)))).toContain('not registered');
  });

  test('an announce and a scrape are told to come back soon, and nothing else', async () => {
    const { infoHash } = await sampleTorrent('unreachable');
    for (const path of ['/announce', '/scrape']) {
      const response = await broken.request(`${path}?${announceQuery(infoHash)}`, {
        headers: { 'cf-connecting-ip': '192.0.2.1' },
      });
      expect(response.status).toBe(200);
      expect(await response.text()).toContain('the tracker is busy, try again soon');
    }
  });

  test('no failure leaves with its message or stack', async () => {
    const { bytes, infoHash } = await sampleTorrent('failing look-up');
    await publish(bytes);
    const response = await broken.request(`/api/torrents/${infoHash}`);
    const text = await response.text();
    expect(response.status).toBe(500);
    expect(text).toContain('internal-error');
    expect(text).not.toMatch(/secret detail|\.ts|at /);
    const logged: unknown = JSON.parse(String(log.mock.lastCall?.[0]));
    expect(logged).toMatchObject({
      level: 'error',
      doing: 'serving a request',
      error: { name: 'Error', message: 'secret detail' },
    });
  });

  test('a page is shown without counts', async () => {
    const { bytes, infoHash } = await sampleTorrent('countless');
    await publish(bytes);
    const response = await broken.request(`/t/${infoHash}`);
    expect(response.status).toBe(200);
    expect(await response.text()).toContain('<dt>Seeders</dt><dd data-part="seeders">unknown</dd>');
  });
});
