import { describe, expect, test } from 'vitest';
import type { InfoHash } from '../../shared/info-hash.ts';
import type { Scope } from '../../tracker-worker/accounts/scope.ts';
import { createToken, revokeToken } from './support/access-tokens.ts';
import { AUTHORIZED, fetchEdge, ORIGIN, publish } from './support/edge.ts';
import { sampleTorrent } from './support/torrents.ts';

const SECRET = 'a-publisher-token';
const ABSENT = 'ab'.repeat(20);

interface Session {
  readonly cookie: string;
  readonly csrf: string;
}

let opened = 0;

async function openSession(token = SECRET): Promise<Session> {
  opened += 1;
  const response = await post('/publish/sign-in', { token }, { address: `10.1.0.${opened}` });
  const cookie = /^[^;]+/.exec(response.headers.get('set-cookie') ?? '')?.[0] ?? '';
  const session = await fetchEdge('/api/session', { headers: { cookie } });
  const { csrf } = await session.json<{ csrf: string }>();
  return { cookie, csrf };
}

async function sessionWith(...scopes: readonly Scope[]): Promise<Session & { id: string }> {
  const { id, token } = await createToken(...scopes);
  return { id, ...(await openSession(token)) };
}

/** Sends a form as a page of this edge does, but for what is said. */
async function post(
  path: string,
  fields: Readonly<Record<string, string>>,
  as: Partial<Session> & { readonly origin?: string; readonly address?: string } = {},
): Promise<Response> {
  const form = new URLSearchParams(fields);
  if (as.csrf !== undefined) form.set('csrf', as.csrf);
  return fetchEdge(path, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      origin: as.origin ?? ORIGIN,
      ...(as.cookie === undefined ? {} : { cookie: as.cookie }),
      ...(as.address === undefined ? {} : { 'cf-connecting-ip': as.address }),
    },
    body: new TextEncoder().encode(form.toString()),
  });
}

async function publishNamed(name: string): Promise<InfoHash> {
  const { bytes, infoHash } = await sampleTorrent(name);
  expect((await publish(bytes)).status).toBe(201);
  return infoHash;
}

/** What everyone is shown of a torrent; undefined where it is not published. */
async function shownOf(infoHash: string): Promise<string | undefined> {
  const response = await fetchEdge(`/t/${infoHash}`);
  return response.ok ? /<main>.*<\/main>/s.exec(await response.text())?.[0] : undefined;
}

async function isBlocked(infoHash: string): Promise<boolean> {
  const list = await fetchEdge('/api/blocklist', { headers: AUTHORIZED });
  return (await list.text()).includes(infoHash);
}

async function tokenNames(): Promise<string> {
  return (await fetchEdge('/api/tokens', { headers: AUTHORIZED })).text();
}

describe('every page of the console', () => {
  const infoHash = publishNamed('behind the wall');
  const paths = async () => ['/publish', '/publish/access', `/publish/t/${await infoHash}`];

  test('is the form to sign in, for whoever is not, and tells nothing', async () => {
    for (const path of await paths()) {
      for (const cookie of ['', '__Host-evertorrent=operator.9999999999.x.y']) {
        const response = await fetchEdge(path, { headers: { cookie } });
        const page = await response.text();
        expect(page).toContain('action="/publish/sign-in"');
        expect(page).not.toContain('behind the wall');
        expect(response.headers.get('cache-control')).toBe('no-store');
      }
    }
  });

  test('is kept by nobody, loads no other’s script, and is put into no frame', async () => {
    const { cookie } = await openSession();
    for (const path of await paths()) {
      const response = await fetchEdge(path, { headers: { cookie } });
      expect([path, response.status]).toEqual([path, 200]);
      expect(response.headers.get('cache-control')).toBe('no-store');
      const policy = response.headers.get('content-security-policy') ?? '';
      expect(policy).toContain("default-src 'none'");
      expect(policy).toContain("frame-ancestors 'none'");
      expect(policy).not.toMatch(/unsafe|https?:|\*/);
    }
  });

  test.each<[path: string, scopes: readonly Scope[], status: number]>([
    ['/publish', ['publish'], 200],
    ['/publish', ['seedbox'], 403],
    ['/publish/access', ['publish', 'seedbox'], 403],
    ['/publish/access', ['admin'], 200],
  ])('%s with the scopes %j is %i', async (path, scopes, status) => {
    const { id, cookie } = await sessionWith(...scopes);
    const response = await fetchEdge(path, { headers: { cookie } });
    expect(response.status).toBe(status);
    await revokeToken(id);
  });
});

describe('a form of the console', () => {
  type Forgery = 'no session' | 'no CSRF token' | 'the CSRF token of another' | 'another site';
  const forgeries: readonly Forgery[] = [
    'no session',
    'no CSRF token',
    'the CSRF token of another',
    'another site',
  ];

  async function forged(kind: Forgery): Promise<Parameters<typeof post>[2]> {
    const { cookie, csrf } = await openSession();
    switch (kind) {
      case 'no session':
        return { csrf };
      case 'no CSRF token':
        return { cookie };
      case 'the CSRF token of another':
        return { cookie, csrf: (await openSession()).csrf };
      case 'another site':
        return { cookie, csrf, origin: 'https://evil.example' };
    }
  }

  test.each(forgeries)('with %s is refused and changes nothing', async (kind) => {
    const infoHash = await publishNamed(`forged with ${kind}`);
    const { id } = await createToken('publish');
    const before = [await shownOf(infoHash), await tokenNames()];
    for (const [path, fields] of [
      [`/publish/t/${infoHash}`, { action: 'describe', title: 'owned' }],
      [`/publish/t/${infoHash}`, { action: 'verify' }],
      [`/publish/t/${infoHash}`, { action: 'unpublish', sure: 'yes' }],
      [`/publish/t/${infoHash}`, { action: 'takedown', reason: 'owned' }],
      ['/publish/access', { action: 'add', name: 'owned', scope: 'admin' }],
      ['/publish/access', { action: 'revoke', id }],
      ['/publish/access', { action: 'block', infoHash, reason: 'owned' }],
      ['/publish/access', { action: 'lift', infoHash }],
    ] satisfies [string, Record<string, string>][]) {
      const response = await post(path, fields, await forged(kind));
      const { code } = await response.json<{ code: string }>();
      const expected = kind === 'no session' ? [401, 'token-missing'] : [403, 'csrf-refused'];
      expect([path, fields.action, response.status, code]).toEqual([
        path,
        fields.action,
        ...expected,
      ]);
    }
    expect([await shownOf(infoHash), await tokenNames()]).toEqual(before);
    expect(await isBlocked(infoHash)).toBe(false);
    await revokeToken(id);
  });

  test('of what only admins do is refused to publishers', async () => {
    const infoHash = await publishNamed('not theirs to take down');
    const { id, ...session } = await sessionWith('publish');
    const before = await tokenNames();
    for (const [path, fields] of [
      [`/publish/t/${infoHash}`, { action: 'takedown', reason: 'mine' }],
      ['/publish/access', { action: 'add', name: 'mine', scope: 'admin' }],
      ['/publish/access', { action: 'block', infoHash, reason: 'mine' }],
      ['/publish/access', { action: 'revoke', id }],
    ] satisfies [string, Record<string, string>][]) {
      expect((await post(path, fields, session)).status).toBe(403);
    }
    expect(await isBlocked(infoHash)).toBe(false);
    expect(await tokenNames()).toBe(before);
    expect(
      await (
        await fetchEdge(`/publish/t/${infoHash}`, { headers: { cookie: session.cookie } })
      ).text(),
    ).not.toContain('value="takedown"');
    await revokeToken(id);
  });

  test.each<[what: string, fields: Record<string, string>]>([
    ['no action', {}],
    ['an unknown action', { action: 'destroy' }],
    ['more than 262,144 bytes', { action: 'describe', title: 'x', padding: 'x'.repeat(262_144) }],
  ])('with %s is answered with the page and 400', async (what, fields) => {
    const infoHash = await publishNamed(`answered: ${what}`);
    const before = await shownOf(infoHash);
    const session = await openSession();
    // The session proves itself by header, so that the form alone is at fault.
    for (const path of [`/publish/t/${infoHash}`, '/publish/access']) {
      const response = await fetchEdge(path, {
        method: 'POST',
        headers: {
          'content-type': 'application/x-www-form-urlencoded',
          'x-csrf-token': session.csrf,
          origin: ORIGIN,
          cookie: session.cookie,
        },
        body: new TextEncoder().encode(new URLSearchParams(fields).toString()),
      });
      expect([path, response.status]).toEqual([path, 400]);
      expect(await response.text()).toContain('The form was not understood');
    }
    expect(await shownOf(infoHash)).toBe(before);
  });
});

describe('POST /publish/t/:infohash', () => {
  test('saves what people read, and says so on the page that it leads to', async () => {
    const infoHash = await publishNamed('described');
    const session = await openSession();
    const response = await post(
      `/publish/t/${infoHash}`,
      {
        action: 'describe',
        title: '<b>Bold</b> & "quoted"',
        description: 'First line.\r\nSecond </textarea><script>alert(1)</script>',
        webSeeds: 'https://a.example/x/ \r\n\r\n https://b.example/x/',
        trackers: 'wss://tracker.example/announce',
      },
      session,
    );
    expect([response.status, response.headers.get('location')]).toEqual([
      303,
      `/publish/t/${infoHash}?done=described`,
    ]);
    const page = await (
      await fetchEdge(`/publish/t/${infoHash}?done=described`, {
        headers: { cookie: session.cookie },
      })
    ).text();
    expect(page).toContain('Saved.');
    expect(page).toContain('value="&lt;b&gt;Bold&lt;/b&gt; &amp; &quot;quoted&quot;"');
    expect(page).toContain('https://a.example/x/\nhttps://b.example/x/');
    expect(page).not.toContain('<script>alert');
    const publicPage = await shownOf(infoHash);
    expect(publicPage).toContain('&lt;b&gt;Bold&lt;/b&gt;');
    expect(publicPage).not.toMatch(/<script>alert|<b>Bold/);
  });

  test('saves as many characters as there may be, of the longest encoding', async () => {
    const infoHash = await publishNamed('described at length');
    const description = '𠀀'.repeat(5000);
    const title = '漢'.repeat(200);
    const fields = { action: 'describe', title, description };
    const response = await post(`/publish/t/${infoHash}`, fields, await openSession());
    expect(response.status).toBe(303);
    const page = await shownOf(infoHash);
    expect([page?.includes(title), page?.includes(description)]).toEqual([true, true]);
  });

  test('an unknown notice is none', async () => {
    const infoHash = await publishNamed('noticed');
    const { cookie } = await openSession();
    for (const done of ['toString', '__proto__', '<script>']) {
      const path = `/publish/t/${infoHash}?done=${encodeURIComponent(done)}`;
      const page = await (await fetchEdge(path, { headers: { cookie } })).text();
      expect(page).not.toContain('notice good');
      expect(page).not.toContain('function');
    }
  });

  test.each<[what: string, fields: Record<string, string>]>([
    ['a title of 201 characters', { title: 'x'.repeat(201) }],
    ['a web seed that is no URL', { webSeeds: 'nowhere' }],
    ['a web seed that runs a script', { webSeeds: 'javascript:alert(1)' }],
    ['a tracker of another kind', { trackers: 'file:///etc/passwd' }],
    [
      '21 web seeds',
      { webSeeds: Array.from({ length: 21 }, (_, n) => `https://${n}.example/`).join('\n') },
    ],
  ])('%s is refused, and nothing is kept', async (what, fields) => {
    const infoHash = await publishNamed(`refused: ${what}`);
    const before = await shownOf(infoHash);
    const session = await openSession();
    const all = { action: 'describe', title: 'kept', ...fields };
    const response = await post(`/publish/t/${infoHash}`, all, session);
    expect(response.status).toBe(400);
    expect(await response.text()).toContain('Nothing was saved: ');
    expect(await shownOf(infoHash)).toEqual(before);
  });

  test('unpublishes, but not where the box is not ticked', async () => {
    const infoHash = await publishNamed('unpublished');
    const session = await openSession();
    const unsure = await post(`/publish/t/${infoHash}`, { action: 'unpublish' }, session);
    expect([unsure.status, (await shownOf(infoHash)) === undefined]).toEqual([400, false]);
    const sure = { action: 'unpublish', sure: 'yes' };
    const done = await post(`/publish/t/${infoHash}`, sure, session);
    expect([done.status, done.headers.get('location')]).toEqual([303, '/publish']);
    expect(await shownOf(infoHash)).toBe(undefined);
    expect((await post(`/publish/t/${infoHash}`, sure, session)).status).toBe(404);
  });

  test('takes down with a reason that its page then gives; not without one', async () => {
    const infoHash = await publishNamed('taken down');
    const session = await openSession();
    for (const reason of ['', '  ', 'x'.repeat(201)]) {
      const refused = await post(`/publish/t/${infoHash}`, { action: 'takedown', reason }, session);
      expect(refused.status).toBe(400);
    }
    expect(await isBlocked(infoHash)).toBe(false);
    const reason = '<i>Because</i>';
    const done = await post(`/publish/t/${infoHash}`, { action: 'takedown', reason }, session);
    expect(done.status).toBe(303);
    const page = await fetchEdge(`/t/${infoHash}`, { headers: { accept: 'text/html' } });
    expect(page.status).toBe(451);
    expect(await page.text()).toContain('&lt;i&gt;Because&lt;/i&gt;');
  });

  test('verifies nothing where no seed box has it, and says so', async () => {
    const infoHash = await publishNamed('verified');
    const session = await openSession();
    const response = await post(`/publish/t/${infoHash}`, { action: 'verify' }, session);
    expect(response.headers.get('location')).toBe(`/publish/t/${infoHash}?done=not-verifying`);
  });

  test.each([ABSENT, 'nothing', '..%2f..', `${ABSENT}00`])('%s is not found', async (name) => {
    const session = await openSession();
    for (const response of [
      await post(`/publish/t/${name}`, { action: 'unpublish', sure: 'yes' }, session),
      await fetchEdge(`/publish/t/${name}`, { headers: { cookie: session.cookie } }),
    ]) {
      expect(response.status).toBe(404);
    }
  });
});

describe('POST /publish/access', () => {
  test('makes a token that this one page shows, and that works until it is revoked', async () => {
    const session = await openSession();
    const fields = { action: 'add', name: ' Ann <b> ', scope: 'publish' };
    const made = await post('/publish/access', fields, session);
    expect(made.headers.get('cache-control')).toBe('no-store');
    const page = await made.text();
    const token = /evt_[\w-]{43}/.exec(page)?.[0] ?? '';
    expect(page).toContain('Ann &lt;b&gt;');
    const headers = { authorization: `Bearer ${token}` };
    const who = await fetchEdge('/api/session', { headers });
    const { id, ...rest } = await who.json<{ id: string }>();
    expect(rest).toMatchObject({ name: 'Ann <b>', scopes: ['publish'] });
    const later = await fetchEdge('/publish/access', { headers: { cookie: session.cookie } });
    expect(await later.text()).not.toContain(token);

    expect((await post('/publish/access', { action: 'revoke', id }, session)).status).toBe(303);
    expect((await fetchEdge('/api/session', { headers })).status).toBe(401);
  });

  test.each<[what: string, fields: Record<string, string>]>([
    ['no name', { name: '', scope: 'publish' }],
    ['a name of 65 characters', { name: 'x'.repeat(65), scope: 'publish' }],
    ['the name of the operator', { name: 'operator', scope: 'publish' }],
    ['a name that runs backwards', { name: 'a\u202eb', scope: 'publish' }],
    ['no scope', { name: 'scopeless' }],
    ['an unknown scope', { name: 'root', scope: 'root' }],
  ])('%s makes no token, and says why', async (_what, fields) => {
    const session = await openSession();
    const before = await tokenNames();
    const response = await post('/publish/access', { action: 'add', ...fields }, session);
    expect(response.status).toBe(400);
    expect(await response.text()).toContain('No token was made: ');
    expect(await tokenNames()).toBe(before);
  });

  test('a name that is taken makes no second token', async () => {
    const session = await openSession();
    const fields = { action: 'add', name: 'twice', scope: 'publish' };
    expect((await post('/publish/access', fields, session)).status).toBe(200);
    const again = await post('/publish/access', fields, session);
    expect([again.status, (await again.text()).includes('another one has this name')]).toEqual([
      400,
      true,
    ]);
  });

  test('takes down by info-hash, and lifts it', async () => {
    const session = await openSession();
    const block = { action: 'block', infoHash: ` ${ABSENT} `, reason: 'asked to' };
    expect((await post('/publish/access', block, session)).status).toBe(303);
    expect(await isBlocked(ABSENT)).toBe(true);
    const lift = { action: 'lift', infoHash: ABSENT };
    expect((await post('/publish/access', lift, session)).status).toBe(303);
    expect(await isBlocked(ABSENT)).toBe(false);
  });

  test.each<[what: string, fields: Record<string, string>]>([
    ['no info-hash', { infoHash: '', reason: 'asked to' }],
    ['39 digits', { infoHash: ABSENT.slice(1), reason: 'asked to' }],
    ['no reason', { infoHash: ABSENT, reason: '' }],
    ['a reason of 201 characters', { infoHash: ABSENT, reason: 'x'.repeat(201) }],
  ])('%s takes nothing down', async (_what, fields) => {
    const session = await openSession();
    const response = await post('/publish/access', { action: 'block', ...fields }, session);
    expect(response.status).toBe(400);
    expect(await isBlocked(ABSENT)).toBe(false);
  });
});
