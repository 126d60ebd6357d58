import { env, waitUntil } from 'cloudflare:workers';
import { describe, expect, test, vi } from 'vitest';
import { type InfoHash, infoHashFromHex } from '../../shared/info-hash.ts';
import { encodeUtf8 } from '../../shared/text.ts';
import { CatalogPublications } from '../../tracker-worker/catalog/catalog-publications.ts';
import { Accounts } from '../../tracker-worker/accounts/accounts.ts';
import { CatalogTokens } from '../../tracker-worker/accounts/catalog-tokens.ts';
import { CatalogLists } from '../../tracker-worker/catalog/catalog-lists.ts';
import { listRoutes } from '../../tracker-worker/catalog/list-routes.ts';
import { requireConfig } from '../../tracker-worker/config.ts';
import { SwarmShards } from '../../tracker-worker/swarm/swarm-shards.ts';
import { announce, announceQuery, failureOf } from './support/announces.ts';
import { AWAY_SWARMS } from './support/away-swarms.ts';
import { AUTHORIZED, fetchEdge, publish } from './support/edge.ts';
import { sampleTorrent } from './support/torrents.ts';

const LISTS = ['blocklist', 'allowlist'] as const;
type ListName = (typeof LISTS)[number];

/** An info-hash that no other test uses. */
let made = 0;
function newHash(): InfoHash {
  made += 1;
  const hash = infoHashFromHex(made.toString(16).padStart(4, '0').padEnd(40, 'e'));
  if (hash === undefined) throw new Error(`${made} is too large`);
  return hash;
}

async function put(list: ListName, hash: string, body?: string | Uint8Array): Promise<Response> {
  return fetchEdge(`/api/${list}/${hash}`, {
    method: 'PUT',
    headers: AUTHORIZED,
    ...(body === undefined ? {} : { body: typeof body === 'string' ? encodeUtf8(body) : body }),
  });
}

async function remove(list: ListName, hash: string): Promise<Response> {
  return fetchEdge(`/api/${list}/${hash}`, { method: 'DELETE', headers: AUTHORIZED });
}

interface ListPage {
  readonly entries: readonly { infoHash: string; reason: string | null; listedAt: string }[];
  readonly next: string | null;
}

async function page(list: ListName, query = ''): Promise<ListPage> {
  const response = await fetchEdge(`/api/${list}${query}`, { headers: AUTHORIZED });
  expect(response.status).toBe(200);
  return response.json<ListPage>();
}

async function failure(hash: InfoHash): Promise<string | undefined> {
  return failureOf(await announce(announceQuery(hash)));
}

async function code(response: Response): Promise<[number, unknown]> {
  return [response.status, (await response.json<{ code: unknown }>()).code];
}

describe.each(LISTS)('PUT and DELETE /api/%s/:infohash', (list) => {
  test('lists: 201, then 200; takes off: 204, then 404', async () => {
    const hash = newHash();
    const first = await put(list, hash, '{"reason":"a reason"}');
    expect(first.status).toBe(201);
    expect(await first.json()).toEqual({ infoHash: hash, reason: 'a reason' });
    const second = await put(list, hash.toUpperCase(), '{"reason":"a reason"}');
    expect(second.status).toBe(200);
    expect(await second.json()).toEqual({ infoHash: hash, reason: 'a reason' });
    expect((await remove(list, hash)).status).toBe(204);
    expect(await code(await remove(list, hash))).toEqual([404, 'not-listed']);
  });

  const bodies: [string, string | undefined, string | null][] = [
    ['no body', undefined, null],
    ['an empty object', '{}', null],
    ['no reason', '{"reason":null}', null],
    ['200 characters', `{"reason":"${'😀'.repeat(200)}"}`, '😀'.repeat(200)],
    ['200 escaped ones', `{"reason":"${'\\ud83d\\ude00'.repeat(200)}"}`, '😀'.repeat(200)],
  ];
  test.each(bodies)('takes %s', async (_case, body, reason) => {
    const response = await put(list, newHash(), body);
    expect(response.status).toBe(201);
    expect(await response.json()).toMatchObject({ reason });
  });

  const refusals: [string, string | Uint8Array, number, string][] = [
    ['201 characters', `{"reason":"${'😀'.repeat(201)}"}`, 400, 'bad-body'],
    ['a reason that is no text', '{"reason":5}', 400, 'bad-body'],
    ['half a character', '{"reason":"\\ud83d"}', 400, 'bad-body'],
    ['another key', '{"reason":"x","until":"y"}', 400, 'bad-body'],
    ['a misspelt key', '{"reson":"x"}', 400, 'bad-body'],
    ['no object', '["x"]', 400, 'bad-body'],
    ['null', 'null', 400, 'bad-body'],
    ['no JSON', 'reason=x', 400, 'bad-body'],
    ['what is not UTF-8', new Uint8Array([0x22, 0xff, 0x22]), 400, 'bad-body'],
    ['4,096 bytes of no object', `"${' '.repeat(4094)}"`, 400, 'bad-body'],
    ['4,097 bytes', `{${' '.repeat(4095)}}`, 413, 'too-large'],
  ];
  test.each(refusals)('refuses %s and lists nothing', async (_case, body, status, problem) => {
    const hash = newHash();
    const response = await put(list, hash, body);
    expect(response.headers.get('content-type')).toBe('application/problem+json');
    expect(await code(response)).toEqual([status, problem]);
    expect(await code(await remove(list, hash))).toEqual([404, 'not-listed']);
  });

  test('takes 4,096 bytes', async () => {
    expect((await put(list, newHash(), `{${' '.repeat(4094)}}`)).status).toBe(201);
  });

  test.each(['abc', 'zz'.repeat(20), 'ab'.repeat(31)])('refuses %s', async (hash) => {
    expect(await code(await put(list, hash))).toEqual([400, 'bad-info-hash']);
    expect(await code(await remove(list, hash))).toEqual([400, 'bad-info-hash']);
  });
});

describe.each(LISTS)('GET /api/%s', (list) => {
  test('pages through the list in order, with reasons, and shows nothing of the other', async () => {
    const hashes = Array.from({ length: 5 }, newHash);
    for (const hash of hashes.toReversed()) await put(list, hash, `{"reason":"of ${hash}"}`);
    const elsewhere = newHash();
    await put(list === 'blocklist' ? 'allowlist' : 'blocklist', elsewhere);

    const seen: string[] = [];
    // Just before the first of them.
    let after: string | null = `${(hashes[0] ?? '').slice(0, 4)}${'0'.repeat(36)}`;
    for (let pages = 0; after !== null; pages += 1) {
      expect(pages).toBeLessThan(100);
      const { entries, next }: ListPage = await page(list, `?limit=2&after=${after}`);
      expect(entries.length).toBeLessThanOrEqual(2);
      seen.push(...entries.map((entry) => entry.infoHash));
      after = next;
    }
    expect(seen).toEqual(hashes);
    expect(seen).not.toContain(elsewhere);
    const { entries } = await page(list, '?limit=1000');
    const last = entries.find((entry) => entry.infoHash === hashes[4]);
    expect(last?.reason).toBe(`of ${hashes[4]}`);
    expect(Date.parse(last?.listedAt ?? '')).toBeGreaterThan(0);
  });

  test('the last page has no next, also where it is full', async () => {
    const { entries } = await page(list, '?limit=1000');
    expect((await page(list, `?limit=${entries.length}`)).next).toBe(null);
    expect((await page(list, `?limit=${entries.length - 1}`)).next).toBe(
      entries.at(-2)?.infoHash ?? 'absent',
    );
    expect(await page(list, `?after=${'f'.repeat(40)}`)).toEqual({ entries: [], next: null });
  });

  test('a new reason takes the place of the old, and when it was listed stays', async () => {
    let nowMs = 1_000_000;
    const hash = newHash();
    const { request } = routes({ nowMs: () => nowMs });
    for (const reason of ['old', 'new']) {
      await request(`/api/${list}/${hash}`, {
        method: 'PUT',
        headers: AUTHORIZED,
        body: `{"reason":"${reason}"}`,
      });
      nowMs += 1_000_000;
    }
    const { entries } = await page(list, '?limit=1000');
    expect(entries.filter((entry) => entry.infoHash === hash)).toEqual([
      { infoHash: hash, reason: 'new', listedAt: '1970-01-01T00:16:40.000Z' },
    ]);
  });

  test.each([
    ['?limit=0', 'bad-limit'],
    ['?limit=1001', 'bad-limit'],
    ['?limit=', 'bad-limit'],
    ['?limit=-1', 'bad-limit'],
    ['?limit=1.5', 'bad-limit'],
    ['?limit=10000', 'bad-limit'],
    ['?after=abc', 'bad-info-hash'],
    ['?after=', 'bad-info-hash'],
  ])('refuses %s', async (query, problem) => {
    const response = await fetchEdge(`/api/${list}${query}`, { headers: AUTHORIZED });
    expect(await code(response)).toEqual([400, problem]);
  });
});

/** The routes alone, but for the parts named. */
function routes(
  parts: Partial<Parameters<typeof listRoutes>[0]> & { publisherToken?: string | undefined } = {},
) {
  const config = requireConfig({ ...env });
  const nowMs = parts.nowMs ?? (() => 1_000_000);
  const { publisherToken } = 'publisherToken' in parts ? parts : config;
  const app = listRoutes({
    swarms: parts.swarms ?? new SwarmShards(env.SWARM_SHARD, config, waitUntil),
    lists: new CatalogLists(env.CATALOG),
    publications: new CatalogPublications(env.CATALOG),
    nowMs,
    accounts: new Accounts({ publisherToken, tokens: new CatalogTokens(env.CATALOG), nowMs }),
  });
  return { request: async (path: string, init?: RequestInit) => app.request(path, init) };
}

describe('the publisher token', () => {
  const requests = LISTS.flatMap((list) => [
    ['GET', `/api/${list}`],
    ['HEAD', `/api/${list}`],
    ['PUT', `/api/${list}/${'ab'.repeat(20)}`],
    ['DELETE', `/api/${list}/${'ab'.repeat(20)}`],
  ]);
  test.each(requests)('%s %s needs it', async (method, path) => {
    for (const headers of [{}, { authorization: 'Bearer a-publisher-tokem' }]) {
      const response = await fetchEdge(path, { method, headers });
      expect(response.status).toBe(401);
      expect(response.headers.get('www-authenticate')).toBe('Bearer');
    }
    const alone = await routes().request(path, { method });
    expect(alone.status).toBe(401);
  });

  test.each(requests)('%s %s is refused where there is no secret', async (method, path) => {
    const { request } = routes({ publisherToken: undefined });
    expect((await request(path, { method, headers: AUTHORIZED })).status).toBe(403);
  });
});

describe('what is blocked', () => {
  test('is gone from tracker, pages and API, and comes back whole', async () => {
    const { bytes, infoHash } = await sampleTorrent('blocked for a while');
    await publish(bytes);
    expect(await failure(infoHash)).toBe(undefined);
    const paths = [`/t/${infoHash}`, `/t/${infoHash}.torrent`, `/api/torrents/${infoHash}`];

    expect((await put('blocklist', infoHash, '{"reason":"a court order"}')).status).toBe(201);
    expect(await failure(infoHash)).toContain('blocked');
    for (const path of paths) expect([path, (await fetchEdge(path)).status]).toEqual([path, 451]);
    expect(await (await fetchEdge(`/t/${infoHash}`)).text()).toContain('a court order');
    // A listing may be some seconds old: another size of it is not.
    expect(await (await fetchEdge('/?limit=98')).text()).not.toContain(infoHash);

    expect((await remove('blocklist', infoHash)).status).toBe(204);
    expect(await failure(infoHash)).toBe(undefined);
    for (const path of paths) expect([path, (await fetchEdge(path)).status]).toEqual([path, 200]);
    expect(await (await fetchEdge('/?limit=99')).text()).toContain(infoHash);
  });

  test('cannot be published: 403', async () => {
    const { bytes, infoHash } = await sampleTorrent('blocked before');
    await put('blocklist', infoHash);
    expect(await code(await publish(bytes))).toEqual([403, 'blocked']);
    await remove('blocklist', infoHash);
    expect((await publish(bytes)).status).toBe(201);
  });

  test('stays blocked though it is allowed too', async () => {
    const hash = newHash();
    await put('blocklist', hash);
    await put('allowlist', hash);
    expect(await failure(hash)).toContain('blocked');
    await remove('blocklist', hash);
    expect(await failure(hash)).toBe(undefined);
  });
});

test('what is allowed is served without a .torrent, until it is not', async () => {
  const hash = newHash();
  expect(await failure(hash)).toContain('not registered');
  await put('allowlist', hash);
  expect(await failure(hash)).toBe(undefined);
  expect((await fetchEdge(`/t/${hash}`)).status).toBe(404);
  await remove('allowlist', hash);
  expect(await failure(hash)).toContain('not registered');
});

describe('a shard that is away', () => {
  const broken = routes({ swarms: AWAY_SWARMS });
  // What failed is logged, where only the operator sees it.
  vi.spyOn(console, 'error').mockReturnValue();

  const heals: [ListName, RegExp][] = [
    ['blocklist', /blocked/],
    ['allowlist', /^served$/],
  ];
  test.each(heals)(
    'PUT and DELETE of the %s are 503, and heal when sent again',
    async (list, is) => {
      const hash = newHash();
      if (list === 'blocklist') await put('allowlist', hash);
      const before = await failure(hash);
      const path = `/api/${list}/${hash}`;

      const listed = await broken.request(path, { method: 'PUT', headers: AUTHORIZED });
      expect(await code(listed)).toEqual([503, 'tracker-not-told']);
      expect((await put(list, hash)).status).toBe(200);
      expect((await failure(hash)) ?? 'served').toMatch(is);

      const unlisted = await broken.request(path, { method: 'DELETE', headers: AUTHORIZED });
      expect(await code(unlisted)).toEqual([503, 'tracker-not-told']);
      expect((await remove(list, hash)).status).toBe(404);
      expect(await failure(hash)).toBe(before);
    },
  );
});
