import { env } from 'cloudflare:workers';
import { describe, expect, test } from 'vitest';
import * as v from 'valibot';
import { encodeUtf8 } from '../../shared/text.ts';
import { CatalogTokens } from '../../tracker-worker/accounts/catalog-tokens.ts';
import { type ApiDocument, PROBLEM } from '../../tracker-worker/api/api-document.ts';
import { OPERATIONS } from '../../tracker-worker/api/operations.ts';
import type { Operation } from '../../tracker-worker/api/operation.ts';
import { createApp } from '../../tracker-worker/app.tsx';
import { CatalogLists } from '../../tracker-worker/catalog/catalog-lists.ts';
import { CatalogPublications } from '../../tracker-worker/catalog/catalog-publications.ts';
import { requireConfig } from '../../tracker-worker/config.ts';
import { CatalogEverseeds } from '../../tracker-worker/webseed/catalog-everseeds.ts';
import { AUTHORIZED, fetchEdge, ORIGIN } from './support/edge.ts';
import { startFakeEverseed } from './support/fake-everseed.ts';
import { FakeSwarms } from './support/fake-swarms.ts';
import { sampleTorrent } from './support/torrents.ts';

/** The API about itself, which is not what it can be asked for. */
const ABOUT = new Set(['GET /api', 'GET /api/openapi.json']);

async function readDocument(): Promise<ApiDocument> {
  const response = await fetchEdge('/api/openapi.json');
  expect(response.headers.get('content-type')).toBe('application/json');
  return response.json<ApiDocument>();
}

function described(document: ApiDocument) {
  return Object.entries(document.paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({ path, method, operation })),
  );
}

describe('GET /api/openapi.json', () => {
  test('has every route under /api, and no other', async () => {
    const app = createApp({
      config: requireConfig({ ...env }),
      swarms: new FakeSwarms(),
      publications: new CatalogPublications(env.CATALOG),
      lists: new CatalogLists(env.CATALOG),
      tokens: new CatalogTokens(env.CATALOG),
      everseeds: new CatalogEverseeds(env.CATALOG),
      nowMs: () => 0,
    });
    const routes = app.routes
      .filter(({ method, path }) => method !== 'ALL' && /^\/api(\/|$)/.test(path))
      .map(({ method, path }) => `${method} ${path.replaceAll(/:(\w+)/g, '{$1}')}`)
      .filter((route) => !ABOUT.has(route));
    const documented = described(await readDocument()).map(
      // The router serves HEAD as GET.
      ({ method, path }) => `${method === 'head' ? 'GET' : method.toUpperCase()} ${path}`,
    );
    expect(documented.toSorted()).toEqual([...new Set(routes)].toSorted());
  });

  test('is an OpenAPI 3.1 document of this edge', async () => {
    const document = await readDocument();
    expect(document).toMatchObject({
      openapi: '3.1.0',
      info: { title: 'Evertorrent', version: '1' },
      servers: [{ url: ORIGIN }],
    });
    const text = JSON.stringify(document);
    expect(text).not.toContain('$schema');
    for (const [, reference] of text.matchAll(/"\$ref":"#\/([^"]+)"/g)) {
      const target = reference
        ?.split('/')
        .reduce<unknown>((at, key) => Reflect.get(Object(at), key), document);
      expect([reference, typeof target]).toEqual([reference, 'object']);
    }
  });

  test('every operation is whole', async () => {
    const operations = described(await readDocument());
    const ids = operations.map(({ operation }) => operation.operationId);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { path, method, operation } of operations) {
      const named = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      const inPath = operation.parameters.filter(({ in: place }) => place === 'path');
      expect([path, inPath.map(({ name }) => name)]).toEqual([path, named]);
      expect([path, operation.parameters.filter(({ description }) => description === '')]).toEqual([
        path,
        [],
      ]);
      expect(operation.summary).toMatch(/^[A-Z].*[^.]$/);
      expect(operation.tags).toHaveLength(1);
      const statuses = Object.keys(operation.responses);
      expect(statuses.filter((status) => status.startsWith('2')).length).toBeGreaterThan(0);
      for (const response of Object.values(operation.responses)) {
        expect(response.description).not.toBe('');
      }
      const isOpen = operation.security.length === 0;
      expect([path, statuses.includes('401')]).toEqual([path, !isOpen]);
      // A write that everybody may send would be a hole.
      expect([path, isOpen && method !== 'get']).toEqual([path, false]);
    }
  });

  test('is for tools on other pages, too', async () => {
    const response = await fetchEdge('/api/openapi.json');
    expect(response.headers.get('access-control-allow-origin')).toBe('*');
  });
});

/** Sends a request, and holds the answer against what the operation declares; what it was. */
async function ask(
  id: string,
  fill: Readonly<Record<string, string>> = {},
  init: { body?: Uint8Array; headers?: Record<string, string>; query?: string } = {},
): Promise<{ status: number; body: unknown }> {
  const operation = OPERATIONS.find((one) => one.id === id);
  if (operation === undefined) throw new Error(`there is no ${id}`);
  const path = operation.path.replaceAll(/:(\w+)/g, (_all, name: string) => fill[name] ?? name);
  const response = await fetchEdge(`${path}${init.query ?? ''}`, {
    method: operation.method,
    headers: init.headers ?? AUTHORIZED,
    ...(init.body === undefined ? {} : { body: init.body }),
  });
  const text = await response.text();
  const declaredHeaders = operation.answers[response.status]?.headers ?? {};
  expect([id, Object.keys(declaredHeaders).filter((name) => !response.headers.has(name))]).toEqual([
    id,
    [],
  ]);
  const body: unknown = text === '' ? undefined : JSON.parse(text);
  // What the schema does not know is not in what it makes of it.
  expect([id, body]).toEqual([id, v.parse(await declared(operation, response.status, body), body)]);
  return { status: response.status, body };
}

/** The schema of an answer with this status; throws where the document has none, or not with this code. */
async function declared(
  operation: Operation,
  status: number,
  body: unknown,
): Promise<v.GenericSchema> {
  const document = await readDocument();
  const one = described(document).find((each) => each.operation.operationId === operation.id);
  const response = one?.operation.responses[status];
  if (response === undefined) throw new Error(`${operation.id} has no ${status}`);
  if (status < 400) return operation.answers[status]?.schema ?? v.undefined();
  const { code } = v.parse(PROBLEM, body);
  expect(response.description).toContain(`${code}: `);
  return PROBLEM;
}

function json(value: unknown): Uint8Array {
  return encodeUtf8(JSON.stringify(value));
}

describe('the answers', () => {
  test('of every operation are as declared: successes with no key more or less, refusals as problems', async () => {
    const statuses: [string, number][] = [];
    const tried = new Set<string>();
    const check = async (status: number, ...request: Parameters<typeof ask>): Promise<unknown> => {
      const answer = await ask(...request);
      statuses.push([request[0], answer.status]);
      expect(statuses.at(-1)).toEqual([request[0], status]);
      if (status < 400) tried.add(request[0]);
      return answer.body;
    };
    const { bytes, infoHash } = await sampleTorrent('as declared');
    const infohash = infoHash;
    await check(201, 'registerTorrent', {}, { body: bytes });
    await check(200, 'registerTorrent', {}, { body: bytes });
    await check(400, 'registerTorrent', {}, { body: encodeUtf8('d4:infodee') });
    await check(401, 'registerTorrent', {}, { body: bytes, headers: {} });
    await check(200, 'listTorrents', {}, { query: '?q=declared' });
    await check(400, 'listTorrents', {}, { query: '?sort=best' });
    await check(200, 'readTorrent', { infohash });
    await check(200, 'describeTorrent', { infohash }, { body: json({ title: 'A title' }) });
    await check(400, 'describeTorrent', { infohash }, { body: json({ titel: 'A title' }) });
    await check(413, 'describeTorrent', { infohash }, { body: new Uint8Array(524_289) });
    await check(404, 'describeTorrent', { infohash: 'ab'.repeat(20) }, { body: json({}) });
    await check(400, 'readTorrent', { infohash: 'abc' });
    await check(404, 'readTorrent', { infohash: 'ab'.repeat(20) });
    await check(204, 'unpublishTorrent', { infohash });
    await check(404, 'unpublishTorrent', { infohash });
    await check(200, 'readHistory', {}, { query: '?range=30d' });
    await check(400, 'readHistory', {}, { query: '?range=1y' });
    await check(503, 'listJobs');
    await check(503, 'listSeeding');
    const everseed = await startFakeEverseed();
    const { id: job } = everseed.job;
    await check(201, 'createJob', {}, { body: json({ name: 'as declared' }) });
    await check(413, 'createJob', {}, { body: new Uint8Array(33_554_433) });
    await check(503, 'createJob', {}, { query: '?everseed=nobody', body: json({}) });
    await check(200, 'listJobs');
    await check(200, 'readJob', { id: job });
    await check(404, 'readJob', { id: 'nobody.1' });
    await check(204, 'cancelJob', { id: job });
    await check(201, 'createUpload', {}, { headers: { ...AUTHORIZED, ...everseed.metadata } });
    await check(404, 'createUpload');
    await check(200, 'readUpload', { id: `${job}.0` });
    await check(204, 'appendUpload', { id: `${job}.0` }, { body: new Uint8Array(5) });
    await check(413, 'appendUpload', { id: `${job}.0` }, { body: new Uint8Array(33_554_433) });
    await check(204, 'cancelUpload', { id: `${job}.0` });
    await check(200, 'listSeeding', {}, { query: '?limit=2' });
    await check(400, 'listSeeding', {}, { query: '?of=abc' });
    await check(200, 'readSeeding', { infohash: everseed.seeding.infoHash });
    await check(404, 'readSeeding', { infohash: 'ab'.repeat(20) });
    for (const list of ['blocklist', 'allowlist']) {
      await check(201, `put_${list}`, { infohash }, { body: json({ reason: 'a test' }) });
      await check(200, `put_${list}`, { infohash });
      if (list === 'blocklist') await check(451, 'readTorrent', { infohash });
      await check(400, `put_${list}`, { infohash }, { body: json({ reason: 5 }) });
      await check(413, `put_${list}`, { infohash }, { body: new Uint8Array(4097) });
      await check(200, `read_${list}`, {}, { query: '?limit=1' });
      await check(400, `read_${list}`, {}, { query: '?limit=0' });
      await check(400, `read_${list}`, {}, { query: '?after=x' });
      await check(204, `remove_${list}`, { infohash });
      await check(404, `remove_${list}`, { infohash });
    }
    const report = { url: 'https://seed.example.org', transports: ['tcp'], health: { peers: 1 } };
    await check(201, 'reportEverseed', { id: 'box' }, { body: json(report) });
    await check(200, 'reportEverseed', { id: 'box' }, { body: json(report) });
    await check(400, 'reportEverseed', { id: 'b.x' }, { body: json(report) });
    await check(400, 'reportEverseed', { id: 'box' }, { body: json({}) });
    await check(200, 'readEverseeds');
    await check(200, 'readSession');
    await check(401, 'readSession', {}, { headers: { cookie: '__Host-evertorrent=x' } });
    const wanted = json({ name: 'declared', scopes: ['publish'] });
    const made = await check(201, 'createToken', {}, { body: wanted });
    const { id, token } = v.parse(v.object({ id: v.string(), token: v.string() }), made);
    await check(409, 'createToken', {}, { body: wanted });
    await check(400, 'createToken', {}, { body: json([]) });
    await check(403, 'createToken', {}, { headers: { authorization: `Bearer ${token}` } });
    await check(200, 'readTokens');
    await check(204, 'revokeToken', { id });
    await check(404, 'revokeToken', { id });
    expect([...tried].toSorted()).toEqual(OPERATIONS.map((one) => one.id).toSorted());
  });
});

describe('GET /api', () => {
  test('shows every operation, with its refusals and a command line; no script, nothing from elsewhere', async () => {
    const response = await fetchEdge('/api');
    expect(response.status).toBe(200);
    expect(response.headers.get('content-security-policy')).toContain("default-src 'none'");
    const page = await response.text();
    expect(page).not.toMatch(/<script|src=|<link [^>]*href="(?!data:)/);
    for (const { path, method, operation } of described(await readDocument())) {
      const { operationId, summary } = operation;
      expect(page).toContain(`<a href="#${operationId}">${summary}</a>`);
      const panel = page.split(`id="${operationId}"`)[1]?.split('</article>')[0] ?? '';
      expect(panel).toContain(`>${method.toUpperCase()}</span><code>${path}</code>`);
      expect(panel).toContain(`&#39;${ORIGIN}${path}&#39;`);
      expect(panel).toContain(`${summary}. `);
      expect(panel.includes('Authorization: Bearer $TOKEN')).toBe(operation.security.length > 0);
    }
    for (const part of [
      'curl -X POST',
      '<code>scope-missing</code>',
      '<code>name-taken</code>',
      '<code>infohash</code>',
    ]) {
      expect(page).toContain(part);
    }
    expect(page).toContain('&quot;size&quot;: integer  // in bytes');
  });

  test('is linked from every page', async () => {
    for (const path of ['/', '/publish', '/stats', '/api', `/t/${'ab'.repeat(20)}`]) {
      const response = await fetchEdge(path, { headers: { accept: 'text/html' } });
      expect([path, (await response.text()).includes('<a href="/api">API</a>')]).toEqual([
        path,
        true,
      ]);
    }
  });
});
