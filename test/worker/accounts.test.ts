import { env } from 'cloudflare:workers';
import { describe, expect, test } from 'vitest';
import { MAX_ACCESS_TOKENS } from '../../tracker-worker/accounts/access-token.ts';
import { SCOPES } from '../../tracker-worker/accounts/scope.ts';
import { CATALOG_NAME } from '../../tracker-worker/catalog/catalog-name.ts';
import { createToken, requestToken, revokeToken } from './support/access-tokens.ts';
import { AUTHORIZED, edgeWithSettings, fetchEdge } from './support/edge.ts';
import { sampleTorrent } from './support/torrents.ts';

const ABSENT = 'ab'.repeat(20);
const REPORT = { url: 'https://seed.example.org', transports: [], health: {} };

/** What matches a text like this. */
function text(pattern: RegExp): unknown {
  return expect.stringMatching(pattern);
}

async function code(response: Response): Promise<[number, unknown]> {
  const { code: found } = await response.json<{ code: unknown }>();
  return [response.status, found];
}

function json(value: unknown): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(value));
}

async function names(): Promise<string[]> {
  const response = await fetchEdge('/api/tokens', { headers: AUTHORIZED });
  expect(response.headers.get('cache-control')).toBe('no-store');
  const { tokens } = await response.json<{ tokens: { name: string }[] }>();
  return tokens.map(({ name }) => name);
}

describe('POST /api/tokens', () => {
  test('makes a token that is shown once', async () => {
    const response = await requestToken({ name: 'Ann’s laptop', scopes: ['seedbox', 'publish'] });
    expect(response.status).toBe(201);
    expect(response.headers.get('cache-control')).toBe('no-store');
    const made = await response.json<Record<string, unknown>>();
    expect(made).toEqual({
      id: text(/^[0-9a-f]{16}$/),
      name: 'Ann’s laptop',
      scopes: ['publish', 'seedbox'],
      createdAt: text(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      lastUsedOn: null,
      token: text(/^evt_[A-Za-z0-9_-]{43}$/),
    });
    const { token, ...shown } = made;
    const list = await (await fetchEdge('/api/tokens', { headers: AUTHORIZED })).text();
    expect(JSON.parse(list)).toEqual({ tokens: [shown] });
    expect(list).not.toContain(token);
  });

  test.each<[what: string, body: unknown]>([
    ['nothing', ''],
    ['no JSON', '{'],
    ['a list', []],
    ['no name', { scopes: ['publish'] }],
    ['an empty name', { name: '', scopes: ['publish'] }],
    ['a name of 65 characters', { name: 'x'.repeat(65), scopes: ['publish'] }],
    ['a name with a space at its end', { name: 'ann ', scopes: ['publish'] }],
    ['a name with a line break', { name: 'ann\nbob', scopes: ['publish'] }],
    ['a name that runs backwards', { name: 'ann\u202ebob', scopes: ['publish'] }],
    ['half a character in its name', { name: 'ann\ud800', scopes: ['publish'] }],
    ['the name of the operator', { name: 'operator', scopes: ['publish'] }],
    ['no scopes', { name: 'ann' }],
    ['an empty list of scopes', { name: 'ann', scopes: [] }],
    ['an unknown scope', { name: 'ann', scopes: ['publish', 'root'] }],
    ['one scope twice', { name: 'ann', scopes: ['publish', 'publish'] }],
    ['scopes in one word', { name: 'ann', scopes: 'admin' }],
    ['an unknown key', { name: 'ann', scopes: ['publish'], id: 'operator' }],
  ])('refuses %s', async (_what, body) => {
    const before = await names();
    expect(await code(await requestToken(body))).toEqual([400, 'bad-body']);
    expect(await names()).toEqual(before);
  });

  test('takes a name of 64 characters, a body of 4,096 bytes, and no more', async () => {
    const body = JSON.stringify({ name: '😀'.repeat(64), scopes: ['publish'] });
    const large = new TextEncoder().encode(body).length;
    expect((await requestToken(body + ' '.repeat(4096 - large))).status).toBe(201);
    const refused = await requestToken(body + ' '.repeat(4097 - large));
    expect(await code(refused)).toEqual([413, 'too-large']);
  });

  test('a name is one token’s, until that is revoked', async () => {
    const first = await requestToken({ name: 'the only one', scopes: ['publish'] });
    const { id } = await first.json<{ id: string }>();
    const again = { name: 'the only one', scopes: ['admin'] };
    expect(await code(await requestToken(again))).toEqual([409, 'name-taken']);
    expect((await revokeToken(id)).status).toBe(204);
    expect((await requestToken(again)).status).toBe(201);
  });

  test('makes as many as may be, and one more when one is revoked', async () => {
    const tokens = [];
    for (let n = (await names()).length; n < MAX_ACCESS_TOKENS; n += 1) {
      tokens.push(await createToken('publish'));
    }
    const more = { name: 'one more', scopes: ['publish'] };
    expect(await code(await requestToken(more))).toEqual([409, 'too-many-tokens']);
    for (const { id } of tokens) await revokeToken(id);
    expect((await requestToken(more)).status).toBe(201);
  });
});

describe('DELETE /api/tokens/:id', () => {
  test('ends a token at once, and once', async () => {
    const { id, headers } = await createToken('admin');
    expect((await fetchEdge('/api/tokens', { headers })).status).toBe(200);
    expect((await revokeToken(id)).status).toBe(204);
    expect(await code(await fetchEdge('/api/tokens', { headers }))).toEqual([401, 'token-wrong']);
    expect(await code(await revokeToken(id))).toEqual([404, 'unknown-token']);
  });

  test('an admin may revoke its own token; nobody the operator', async () => {
    const { id, headers } = await createToken('admin');
    const own = await fetchEdge(`/api/tokens/${id}`, { method: 'DELETE', headers });
    expect(own.status).toBe(204);
    expect(await code(await revokeToken('operator'))).toEqual([404, 'unknown-token']);
  });
});

describe('authorize()', () => {
  const requests: [string, string, Uint8Array | undefined, readonly string[]][] = [
    ['DELETE', `/api/torrents/${ABSENT}`, undefined, ['publish', 'admin']],
    ['GET', '/api/blocklist', undefined, ['admin']],
    ['PUT', `/api/blocklist/${ABSENT}`, undefined, ['admin']],
    ['DELETE', `/api/allowlist/${ABSENT}`, undefined, ['admin']],
    ['GET', '/api/everseeds', undefined, ['seedbox', 'admin']],
    ['PUT', '/api/everseeds/box', json(REPORT), ['seedbox', 'admin']],
    ['GET', '/api/tokens', undefined, ['admin']],
    ['POST', '/api/tokens', json({}), ['admin']],
    ['DELETE', '/api/tokens/x', undefined, ['admin']],
    ['GET', '/api/session', undefined, ['publish', 'seedbox', 'admin']],
  ];
  const cases = requests.flatMap(([method, path, body, allowed]) =>
    SCOPES.map((scope) => ({ method, path, body, scope, isLetIn: allowed.includes(scope) })),
  );
  test.each(cases)(
    '$method $path with the scope $scope, let in: $isLetIn',
    async ({ method, path, body, scope, isLetIn }) => {
      const { id, headers } = await createToken(scope);
      const init = body === undefined ? {} : { body };
      const response = await fetchEdge(path, { method, headers, ...init });
      const problem = response.status === 403 ? (await code(response))[1] : undefined;
      expect(problem).toBe(isLetIn ? undefined : 'scope-missing');
      expect(response.status).not.toBe(401);
      await revokeToken(id);
    },
  );

  test.each(SCOPES)('%s may register', async (scope) => {
    const { id, headers } = await createToken(scope);
    const { bytes } = await sampleTorrent(`registered by ${scope}`);
    const response = await fetchEdge('/api/torrents', { method: 'POST', headers, body: bytes });
    expect(response.status).toBe(201);
    await revokeToken(id);
  });

  test('without the secret a token is worth nothing', async () => {
    const { id, headers } = await createToken('admin');
    const closed = edgeWithSettings({ publisherToken: undefined });
    for (const path of ['/api/tokens', '/api/session']) {
      expect(await code(await closed.fetch(path, { headers }))).toEqual([
        403,
        'publishing-disabled',
      ]);
    }
    await revokeToken(id);
  });

  test('a token that was never made is wrong', async () => {
    const headers = { authorization: `Bearer evt_${'A'.repeat(43)}` };
    expect(await code(await fetchEdge('/api/session', { headers }))).toEqual([401, 'token-wrong']);
  });

  test('the day of the last use is noted', async () => {
    const { id, headers } = await createToken('admin');
    const edge = edgeWithSettings({}, () => Date.UTC(2031, 4, 6, 23, 59));
    const response = await edge.fetch('/api/tokens', { headers });
    const { tokens } = await response.json<{ tokens: { id: string }[] }>();
    expect(tokens.find((token) => token.id === id)).toMatchObject({ lastUsedOn: '2031-05-06' });
    await revokeToken(id);
  });

  test('only hashes are kept', async () => {
    const { id, token } = await createToken('publish');
    const kept = await env.CATALOG.getByName(CATALOG_NAME).tokens();
    expect(kept.map((one) => one.id)).toContain(id);
    expect(JSON.stringify(kept)).not.toContain(token);
    await revokeToken(id);
  });
});

test('GET /api/session says whose the token is', async () => {
  const { id, headers } = await createToken('publish', 'seedbox');
  const response = await fetchEdge('/api/session', { headers });
  expect(await response.json()).toEqual({
    id,
    name: text(/^token /),
    scopes: ['publish', 'seedbox'],
    csrf: null,
    expiresAt: null,
  });
  const operator = await fetchEdge('/api/session', { headers: AUTHORIZED });
  expect(await operator.json()).toMatchObject({ id: 'operator', scopes: ['admin'] });
  await revokeToken(id);
});
