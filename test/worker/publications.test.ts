import { env } from 'cloudflare:workers';
import { beforeEach, describe, expect, test } from 'vitest';
import type { InfoHash } from '../../shared/info-hash.ts';
import { encodeUtf8 } from '../../shared/text.ts';
import { CatalogTokens } from '../../tracker-worker/accounts/catalog-tokens.ts';
import { createApp } from '../../tracker-worker/app.tsx';
import { CatalogLists } from '../../tracker-worker/catalog/catalog-lists.ts';
import { CatalogPublications } from '../../tracker-worker/catalog/catalog-publications.ts';
import { requireConfig } from '../../tracker-worker/config.ts';
import { CatalogEverseeds } from '../../tracker-worker/webseed/catalog-everseeds.ts';
import { createToken, requestToken } from './support/access-tokens.ts';
import { announce, announceQuery } from './support/announces.ts';
import { AWAY_SWARMS } from './support/away-swarms.ts';
import { AUTHORIZED, edgeWithSettings, fetchEdge, publish } from './support/edge.ts';
import { sampleTorrent } from './support/torrents.ts';

interface Told {
  readonly infoHash: string;
  readonly name: string;
  readonly title: string | null;
  readonly publisher: string | null;
  readonly seeders: number | null;
  readonly magnet: string;
}

interface Page {
  readonly torrents: readonly Told[];
  readonly total: number;
  readonly page: number;
  readonly pages: number;
}

/** Words that no other test published under. */
let word = '';
let tests = 0;
beforeEach(() => {
  tests += 1;
  word = `unique${tests}x`;
});

async function publishNamed(name: string, headers = AUTHORIZED): Promise<InfoHash> {
  const { bytes, infoHash } = await sampleTorrent(`${word} ${name}`);
  const response = await fetchEdge('/api/torrents', { method: 'POST', headers, body: bytes });
  expect(response.status).toBe(201);
  return infoHash;
}

async function list(query: string): Promise<Page> {
  const response = await fetchEdge(`/api/torrents?q=${word}&${query}`);
  expect(response.status).toBe(200);
  return response.json<Page>();
}

async function read(infoHash: string): Promise<Told> {
  return (await fetchEdge(`/api/torrents/${infoHash}`)).json<Told>();
}

async function patch(
  infoHash: string,
  body: unknown,
  headers: Record<string, string> = AUTHORIZED,
): Promise<Response> {
  return fetchEdge(`/api/torrents/${infoHash}`, {
    method: 'PATCH',
    headers,
    body: encodeUtf8(JSON.stringify(body)),
  });
}

async function refusal(response: Response): Promise<[number, string, string]> {
  const { code, detail } = await response.json<{ code: string; detail: string }>();
  return [response.status, code, detail];
}

describe('GET /api/torrents', () => {
  test('finds, sorts and turns pages, with everything that one is told of one', async () => {
    for (const name of ['b', 'c', 'a']) await publishNamed(name);
    const first = await list('sort=name&limit=2');
    expect(first).toMatchObject({ total: 3, page: 1, pages: 2 });
    expect(first.torrents.map(({ name }) => name)).toEqual([`${word} a`, `${word} b`]);
    const second = await list('sort=name&limit=2&page=2');
    expect(second.torrents.map(({ name }) => name)).toEqual([`${word} c`]);
    const [one] = second.torrents;
    expect(one).toEqual(await read(one?.infoHash ?? ''));
    expect(await list('publisher=nobody')).toEqual({ torrents: [], total: 0, page: 1, pages: 0 });
  });

  test('says how each is doing', async () => {
    const infoHash = await publishNamed('seeded');
    await announce(announceQuery(infoHash, { left: '0' }));
    expect((await list('')).torrents).toMatchObject([{ infoHash, seeders: 1, leechers: 0 }]);
  });

  test('is there when the tracker is away, which is told from a torrent that nobody has', async () => {
    await publishNamed('uncounted');
    const app = createApp({
      config: requireConfig({ ...env }),
      swarms: AWAY_SWARMS,
      publications: new CatalogPublications(env.CATALOG),
      lists: new CatalogLists(env.CATALOG),
      tokens: new CatalogTokens(env.CATALOG),
      everseeds: new CatalogEverseeds(env.CATALOG),
      nowMs: () => Date.now(),
    });
    const response = await app.request(`https://edge.example/api/torrents?q=${word}`);
    const { torrents } = await response.json<Page>();
    expect(torrents).toMatchObject([{ seeders: null, leechers: null, downloads: 0 }]);
  });

  test.each([
    'sort=best',
    'page=0',
    'page=10001',
    'limit=101',
    'limit=',
    'publisher='.padEnd(80, 'x'),
  ])('?%s is refused by name', async (query) => {
    const [status, code, detail] = await refusal(await fetchEdge(`/api/torrents?${query}`));
    expect([status, code, detail.split(' ')[0]]).toEqual([400, 'bad-query', query.split('=')[0]]);
  });
});

describe('PATCH /api/torrents/:infohash', () => {
  test('changes what is sent, keeps the rest, and is told of everywhere', async () => {
    const infoHash = await publishNamed('described');
    const webSeeds = ['https://mirror.example/a'];
    const trackers = ['udp://tracker.example:1/announce'];
    const response = await patch(infoHash, { title: ' A title ', webSeeds, trackers });
    expect(response.status).toBe(200);
    const told = await response.json<Told>();
    expect(told).toMatchObject({ title: 'A title', description: null, webSeeds, trackers });
    expect(told.magnet).toContain(`&ws=${encodeURIComponent('https://mirror.example/a')}`);
    await patch(infoHash, { description: 'one\r\ntwo' });
    expect(await read(infoHash)).toMatchObject({
      title: 'A title',
      description: 'one\ntwo',
      webSeeds,
      trackers,
    });
    expect((await list('')).torrents).toMatchObject([{ title: 'A title' }]);
    const emptied = await patch(infoHash, { title: '', description: null, webSeeds: [] });
    expect(await emptied.json()).toMatchObject({
      title: null,
      description: null,
      webSeeds: [],
      trackers,
    });
  });

  test('says when: of one that is published again, too', async () => {
    const { bytes, infoHash } = await sampleTorrent(`${word} dated`);
    const early = edgeWithSettings({}, () => Date.UTC(2030, 0, 1));
    const late = edgeWithSettings({}, () => Date.UTC(2031, 0, 1));
    const body = Uint8Array.from(bytes);
    await early.fetch('/api/torrents', { method: 'POST', headers: AUTHORIZED, body });
    const change = { method: 'PATCH', headers: AUTHORIZED, body: '{"title":"A"}' };
    await late.fetch(`/api/torrents/${infoHash}`, change);
    expect(await read(infoHash)).toMatchObject({
      publishedAt: '2030-01-01T00:00:00.000Z',
      updatedAt: '2031-01-01T00:00:00.000Z',
    });
  });

  test.each<[unknown, string]>([
    [{ title: 'x'.repeat(201) }, 'at title'],
    [{ title: 'x', webSeeds: ['https://a.example', 'javascript:1'] }, 'at webSeeds[1]'],
    [{ publisher: 'x'.repeat(65) }, 'at publisher'],
    [{ publisher: 5 }, 'at publisher'],
    [{ titel: 'x' }, 'no other key than title'],
    [[], 'not a JSON object'],
    ['x', 'not a JSON object'],
  ])('refuses %j and changes nothing', async (body, detail) => {
    const infoHash = await publishNamed('unchanged');
    const before = await read(infoHash);
    expect(await refusal(await patch(infoHash, body))).toEqual([
      400,
      'bad-body',
      expect.stringContaining(detail),
    ]);
    expect(await read(infoHash)).toEqual(before);
  });

  test('who published is said by seed boxes and admins alone', async () => {
    const infoHash = await publishNamed('by whom');
    const publisher = await createToken('publish');
    const seedbox = await createToken('seedbox');
    for (const value of ['mallory', null]) {
      const said = await patch(infoHash, { title: 'T', publisher: value }, publisher.headers);
      expect((await refusal(said)).slice(0, 2)).toEqual([403, 'publisher-not-yours']);
    }
    expect(await read(infoHash)).toMatchObject({ title: null, publisher: null });
    expect((await patch(infoHash, { publisher: 'ann' }, seedbox.headers)).status).toBe(200);
    expect(await read(infoHash)).toMatchObject({ publisher: 'ann' });
    expect((await list('publisher=ann')).total).toBe(1);
    expect((await patch(infoHash, { title: 'T' }, publisher.headers)).status).toBe(200);
    await patch(infoHash, { publisher: null });
    expect(await read(infoHash)).toMatchObject({ title: 'T', publisher: null });
  });

  test('of what is not there is 404, of what was taken down 451, without a scope 401', async () => {
    expect((await refusal(await patch('ab'.repeat(20), {}))).slice(0, 2)).toEqual([
      404,
      'unknown-torrent',
    ]);
    const infoHash = await publishNamed('taken down');
    expect((await patch(infoHash, { title: 'T' }, {})).status).toBe(401);
    const reason = encodeUtf8('{"reason":"not ours"}');
    await fetchEdge(`/api/blocklist/${infoHash}`, {
      method: 'PUT',
      headers: AUTHORIZED,
      body: reason,
    });
    const answers = [
      await patch(infoHash, { title: 'T' }),
      await fetchEdge(`/api/torrents/${infoHash}`),
    ];
    for (const answer of answers) {
      expect(await refusal(answer)).toEqual([
        451,
        'taken-down',
        'this torrent was taken down: not ours',
      ]);
    }
    expect((await list('')).total).toBe(0);
  });
});

describe('the publisher of POST /api/torrents', () => {
  test('is the name of a token that may publish; a seed box and the operator have none', async () => {
    const named = await requestToken({ name: `Ann ${word}`, scopes: ['publish'] });
    const { token } = await named.json<{ token: string }>();
    const byAnn = await publishNamed('by ann', { authorization: `Bearer ${token}` });
    expect(await read(byAnn)).toMatchObject({ publisher: `Ann ${word}` });
    const seedbox = await createToken('seedbox');
    expect(await read(await publishNamed('by a box', seedbox.headers))).toMatchObject({
      publisher: null,
    });
    expect(await read(await publishNamed('by the operator'))).toMatchObject({ publisher: null });
  });

  test('stays who published first', async () => {
    const { bytes, infoHash } = await sampleTorrent(`${word} twice`);
    await publish(bytes);
    const { headers } = await createToken('publish');
    await fetchEdge('/api/torrents', { method: 'POST', headers, body: bytes });
    expect(await read(infoHash)).toMatchObject({ publisher: null });
  });
});

/** A seed box tells at that time what it has sent by then. */
async function report(uploadedBytes: number, atMs: number): Promise<void> {
  const health = { uploadedBytes, webSeedBytes: 0 };
  const body = JSON.stringify({ url: 'https://seed.example', transports: ['tcp'], health });
  const edge = edgeWithSettings({}, () => atMs);
  await edge.fetch('/api/everseeds/box', { method: 'PUT', headers: AUTHORIZED, body });
}

describe('GET /api/history', () => {
  test('has samples of the range that is asked for, for publishers alone', async () => {
    const nowMs = Date.UTC(2032, 0, 2);
    await report(100, nowMs - 5_400_000);
    await report(107, nowMs - 3_600_000);
    await report(110, nowMs - 2_700_000);
    const edge = edgeWithSettings({}, () => nowMs);
    const { headers } = await createToken('publish');
    const day = await edge.fetch('/api/history', { headers });
    const bytes = { seeders: 0, leechers: 0, webSeedBytes: 0 };
    expect(await day.json()).toEqual({
      range: '24h',
      stepSeconds: 900,
      samples: [
        { at: '2032-01-01T23:00:00.000Z', uploadedBytes: 7, ...bytes },
        { at: '2032-01-01T23:15:00.000Z', uploadedBytes: 3, ...bytes },
      ],
    });
    const month = await edge.fetch('/api/history?range=30d', { headers });
    expect(await month.json()).toMatchObject({
      stepSeconds: 21_600,
      samples: [{ at: '2032-01-01T18:00:00.000Z', uploadedBytes: 10 }],
    });
    expect((await edge.fetch('/api/history')).status).toBe(401);
    const seedbox = await createToken('seedbox');
    expect((await edge.fetch('/api/history', { headers: seedbox.headers })).status).toBe(403);
  });
});
