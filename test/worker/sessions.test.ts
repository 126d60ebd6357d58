import { describe, expect, test } from 'vitest';
import { SessionSigner } from '../../tracker-worker/accounts/session-signer.ts';
import { SESSION_SECONDS } from '../../tracker-worker/accounts/session.ts';
import { createToken, revokeToken } from './support/access-tokens.ts';
import { AUTHORIZED, edgeWithSettings, fetchEdge, ORIGIN } from './support/edge.ts';

const SECRET = 'a-publisher-token';
const FORM = 'application/x-www-form-urlencoded';
const OWN = { origin: ORIGIN };

let lastAddress = 0;

/** Signs in from an address of its own. */
async function signIn(token: string, headers: Record<string, string> = OWN): Promise<Response> {
  lastAddress += 1;
  return fetchEdge('/publish/sign-in', {
    method: 'POST',
    headers: { 'content-type': FORM, 'cf-connecting-ip': `10.0.0.${lastAddress}`, ...headers },
    body: new TextEncoder().encode(new URLSearchParams({ token }).toString()),
  });
}

/** The session cookie of a new session, as a browser sends it, and its CSRF token. */
async function openSession(token = SECRET): Promise<{ cookie: string; csrf: string }> {
  const response = await signIn(token);
  expect(response.status).toBe(303);
  const cookie = /^[^;]+/.exec(response.headers.get('set-cookie') ?? '')?.[0] ?? '';
  const session = await fetchEdge('/api/session', { headers: { cookie } });
  const { csrf } = await session.json<{ csrf: string }>();
  return { cookie, csrf };
}

/** What matches a text like this. */
function text(pattern: RegExp): unknown {
  return expect.stringMatching(pattern);
}

async function code(response: Response): Promise<[number, unknown]> {
  const { code: found } = await response.json<{ code: unknown }>();
  return [response.status, found];
}

describe('POST /publish/sign-in', () => {
  test('opens a session in a cookie that no script reads and no other site sends', async () => {
    const response = await signIn(SECRET);
    expect(response.status).toBe(303);
    expect(response.headers.get('location')).toBe('/publish');
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(response.headers.get('set-cookie')).toMatch(
      /^__Host-evertorrent=operator\.\d+\.[\w-]{22}\.[\w-]{43}; Path=\/; Max-Age=43200; HttpOnly; SameSite=Strict; Secure$/,
    );
  });

  test('over plain HTTP the cookie has the name and the rights that browsers give there', async () => {
    const edge = edgeWithSettings({});
    const response = await edge.fetch('http://127.0.0.1:8787/publish/sign-in', {
      method: 'POST',
      headers: { origin: 'http://127.0.0.1:8787' },
      body: new URLSearchParams({ token: SECRET }),
    });
    const cookie = response.headers.get('set-cookie') ?? '';
    expect(cookie).toMatch(/^evertorrent=operator\..*; HttpOnly; SameSite=Strict$/);
    const session = await edge.fetch('http://127.0.0.1:8787/api/session', { headers: { cookie } });
    expect(session.status).toBe(200);
    const elsewhere = await edge.fetch('/api/session', { headers: { cookie } });
    expect(await code(elsewhere)).toEqual([401, 'token-missing']);
  });

  test('the session is the token’s: its identity, its scopes', async () => {
    const { id, token } = await createToken('publish');
    const { cookie } = await openSession(token);
    const response = await fetchEdge('/api/session', { headers: { cookie } });
    expect(await response.json()).toMatchObject({
      id,
      scopes: ['publish'],
      csrf: text(/^[\w-]{43}$/),
      expiresAt: text(/Z$/),
    });
    const list = await fetchEdge('/api/tokens', { headers: { cookie } });
    expect(await code(list)).toEqual([403, 'scope-missing']);
    await revokeToken(id);
  });

  test('takes a token with the white space around it that a paste brings', async () => {
    expect((await signIn(` ${SECRET}\r\n`)).status).toBe(303);
  });

  test.each([
    ['a wrong token', 'a-publisher-tokem', OWN, 401, 'token-wrong'],
    ['a token that was never made', `evt_${'A'.repeat(43)}`, OWN, 401, 'token-wrong'],
    ['no token', '', OWN, 401, 'token-wrong'],
    ['another site', SECRET, { origin: 'https://evil.example' }, 403, 'csrf-refused'],
    ['no origin at all', SECRET, {}, 403, 'csrf-refused'],
    [
      'a body that is no form',
      SECRET,
      { ...OWN, 'content-type': 'text/plain' },
      401,
      'token-wrong',
    ],
  ])('refuses %s, without a cookie', async (_what, token, headers, status, problem) => {
    const response = await signIn(token, headers);
    expect(response.headers.get('set-cookie')).toBe(null);
    expect(await code(response)).toEqual([status, problem]);
  });

  test('a browser is shown the form again, and why; never what it sent', async () => {
    const response = await signIn('evt_<b>wrong', { ...OWN, accept: 'text/html' });
    expect(response.status).toBe(401);
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
    const page = await response.text();
    expect(page).toContain('the token is wrong, or was revoked');
    expect(page).toContain('action="/publish/sign-in"');
    expect(page).not.toContain('wrong<');
    expect(page).not.toMatch(/evt_|<b>/);
  });

  test('an address has ten attempts in a minute, right or wrong; another its own', async () => {
    const edge = edgeWithSettings({}, () => 1_000_000);
    const attempt = async (address: string, token: string) => {
      const headers = { ...OWN, 'cf-connecting-ip': address };
      const body = new URLSearchParams({ token });
      return edge.fetch('/publish/sign-in', { method: 'POST', headers, body });
    };
    for (let n = 0; n < 10; n += 1) expect((await attempt('192.0.2.7', 'x')).status).toBe(401);
    const refused = await attempt('192.0.2.7', SECRET);
    expect(refused.headers.get('retry-after')).toBe('60');
    expect(refused.headers.get('set-cookie')).toBe(null);
    expect(await code(refused)).toEqual([429, 'too-many-sign-ins']);
    expect((await attempt('192.0.2.8', SECRET)).status).toBe(303);
  });

  test('a form of 16,384 bytes is read, a longer one is not', async () => {
    const padding = 16_384 - 'token='.length - SECRET.length;
    expect((await signIn(SECRET + ' '.repeat(padding))).status).toBe(303);
    expect((await signIn(SECRET + ' '.repeat(padding + 1))).status).toBe(401);
  });

  test('is refused where there is no secret', async () => {
    const edge = edgeWithSettings({ publisherToken: undefined });
    const body = new URLSearchParams({ token: 'undefined' });
    const response = await edge.fetch('/publish/sign-in', { method: 'POST', headers: OWN, body });
    expect(await code(response)).toEqual([403, 'publishing-disabled']);
  });
});

/** As long, and not the same. */
function other(part = ''): string {
  return (part.startsWith('A') ? 'B' : 'A') + part.slice(1);
}

describe('a session cookie', () => {
  const name = '__Host-evertorrent=';
  const nowSeconds = Math.floor(Date.now() / 1000);
  const valueOf = async (secret = SECRET, atSeconds = nowSeconds, tokenId = 'operator') =>
    (await new SessionSigner(secret).open(tokenId, atSeconds)).value;
  const parts = async () => (await valueOf()).split('.');

  test('of the right key is taken', async () => {
    const headers = { cookie: `a=b; ${name}${await valueOf()}; c=d` };
    expect((await fetchEdge('/api/session', { headers })).status).toBe(200);
  });

  const forgeries: [string, () => Promise<string>][] = [
    ['of another key', async () => name + (await valueOf('another-publisher-token'))],
    ['that expired', async () => name + (await valueOf(SECRET, nowSeconds - SESSION_SECONDS))],
    ['cut by its last character', async () => name + (await valueOf()).slice(0, -1)],
    ['with a character more', async () => `${name}${await valueOf()}A`],
    ['without a signature', async () => name + (await parts()).slice(0, 3).join('.')],
    ['with an empty signature', async () => `${name}${(await parts()).slice(0, 3).join('.')}.`],
    [
      'with another signature',
      async () => name + (await parts()).map((part, n) => (n === 3 ? other(part) : part)).join('.'),
    ],
    [
      'with another session id',
      async () => name + (await parts()).map((part, n) => (n === 2 ? other(part) : part)).join('.'),
    ],
    [
      'with a later end',
      async () => name + (await parts()).map((part, n) => (n === 1 ? `9${part}` : part)).join('.'),
    ],
    [
      'with another’s id',
      async () => name + (await valueOf(SECRET, nowSeconds, 'x')).replace('x', 'operator'),
    ],
    ['of a token that never was', async () => name + (await valueOf(SECRET, nowSeconds, 'ab12'))],
    ['that is empty', async () => name],
    ['in quotes', async () => `${name}"${await valueOf()}"`],
    ['of four dots', async () => `${name}....`],
    ['beside another one', async () => `${name}x; ${name}${await valueOf()}`],
    ['twice', async () => `${name}${await valueOf()}; ${name}${await valueOf()}`],
  ];
  test.each(forgeries)('%s is refused', async (_what, cookie) => {
    const headers = { cookie: await cookie() };
    const response = await fetchEdge('/api/session', { headers });
    expect(response.headers.get('www-authenticate')).toBe('Bearer');
    expect(await code(response)).toEqual([401, 'session-ended']);
    expect(await (await fetchEdge('/publish', { headers })).text()).toContain('Sign in');
  });

  test('is over after twelve hours, not before', async () => {
    let nowMs = Date.UTC(2030, 0, 1);
    const edge = edgeWithSettings({}, () => nowMs);
    const body = new URLSearchParams({ token: SECRET });
    const opened = await edge.fetch('/publish/sign-in', { method: 'POST', headers: OWN, body });
    const headers = { cookie: /^[^;]+/.exec(opened.headers.get('set-cookie') ?? '')?.[0] ?? '' };
    nowMs += SESSION_SECONDS * 1000 - 1;
    expect((await edge.fetch('/api/session', { headers })).status).toBe(200);
    nowMs += 1;
    expect((await edge.fetch('/api/session', { headers })).status).toBe(401);
  });

  test('ends with its token, at once', async () => {
    const { id, token } = await createToken('publish');
    const { cookie, csrf } = await openSession(token);
    await revokeToken(id);
    const headers = { ...OWN, cookie, 'x-csrf-token': csrf };
    expect(await code(await fetchEdge('/api/session', { headers }))).toEqual([
      401,
      'session-ended',
    ]);
    const write = await fetchEdge('/api/torrents', { method: 'POST', headers });
    expect(await code(write)).toEqual([401, 'session-ended']);
  });

  test('counts only where there is no other authorisation', async () => {
    const { cookie } = await openSession();
    const headers = { cookie, authorization: 'Bearer wrong' };
    expect(await code(await fetchEdge('/api/session', { headers }))).toEqual([401, 'token-wrong']);
  });
});

async function remove(headers: Record<string, string>): Promise<Response> {
  return fetchEdge('/api/tokens/absent', { method: 'DELETE', headers });
}

describe('a write with a session', () => {
  const SAME = { 'sec-fetch-site': 'same-origin' };

  test.each<[what: string, headers: Record<string, string>]>([
    ['its CSRF token and its origin', OWN],
    ['its CSRF token, and the browser’s word', SAME],
    ['both', { ...OWN, ...SAME }],
    ['an origin whose TLS ends in front', { ...SAME, origin: 'http://edge.example' }],
    ['an origin that is kept quiet', { ...SAME, origin: 'null' }],
  ])('is let in with %s', async (_what, headers) => {
    const { cookie, csrf } = await openSession();
    const response = await remove({ cookie, 'x-csrf-token': csrf, ...headers });
    expect(await code(response)).toEqual([404, 'unknown-token']);
  });

  test.each<[what: string, csrf: 'right' | 'wrong' | 'another’s' | 'none', Record<string, string>]>(
    [
      ['no CSRF token', 'none', OWN],
      ['a wrong CSRF token', 'wrong', OWN],
      ['the CSRF token of another session', 'another’s', OWN],
      ['no origin', 'right', {}],
      ['a foreign origin', 'right', { origin: 'https://evil.example' }],
      ['an origin of another port', 'right', { origin: `${ORIGIN}:8443` }],
      ['an origin of another scheme', 'right', { origin: 'http://edge.example' }],
      ['an origin that begins like ours', 'right', { origin: `${ORIGIN}.evil.example` }],
      ['an origin that is kept quiet', 'right', { origin: 'null' }],
      ['the browser’s word that it is another site', 'right', { 'sec-fetch-site': 'cross-site' }],
      ['the browser’s word that it is a neighbour', 'right', { 'sec-fetch-site': 'same-site' }],
      ['a neighbour’s word against our origin', 'right', { ...OWN, 'sec-fetch-site': 'same-site' }],
      ['a foreign origin against the word', 'right', { ...SAME, origin: 'https://evil.example' }],
    ],
  )('is refused with %s', async (_what, kind, headers) => {
    const { cookie, csrf } = await openSession();
    const offered = {
      right: csrf,
      wrong: other(csrf),
      'another’s': (await openSession()).csrf,
      none: '',
    }[kind];
    const proof = kind === 'none' ? {} : { 'x-csrf-token': offered };
    expect(await code(await remove({ cookie, ...proof, ...headers }))).toEqual([
      403,
      'csrf-refused',
    ]);
  });

  test('reading needs no proof', async () => {
    const { cookie } = await openSession();
    expect((await fetchEdge('/api/tokens', { headers: { cookie } })).status).toBe(200);
  });

  test('a bearer needs no proof: a browser never adds it by itself', async () => {
    const response = await remove({ ...AUTHORIZED, origin: 'https://evil.example' });
    expect(response.status).toBe(404);
  });
});

describe('POST /publish/sign-out', () => {
  const signOut = async (cookie: string, csrf: string | undefined, headers = OWN) =>
    fetchEdge('/publish/sign-out', {
      method: 'POST',
      headers: { cookie, 'content-type': FORM, ...headers },
      body: new TextEncoder().encode(csrf === undefined ? '' : `csrf=${csrf}`),
    });

  test('removes the cookie, with the CSRF token of its form', async () => {
    const { cookie, csrf } = await openSession();
    const page = await (await fetchEdge('/publish', { headers: { cookie } })).text();
    expect(page).toContain(`name="csrf" value="${csrf}"`);
    const response = await signOut(cookie, csrf);
    expect(response.status).toBe(303);
    expect(response.headers.get('set-cookie')).toBe(
      '__Host-evertorrent=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict; Secure',
    );
  });

  test.each<[string, 'right' | undefined, typeof OWN]>([
    ['no CSRF token', undefined, OWN],
    ['another site’s form', 'right', { origin: 'https://evil.example' }],
  ])('is refused with %s', async (_what, kind, headers) => {
    const { cookie, csrf } = await openSession();
    const response = await signOut(cookie, kind && csrf, headers);
    expect(response.headers.get('set-cookie')).toBe(null);
    expect(await code(response)).toEqual([403, 'csrf-refused']);
  });

  test('removes a cookie whose session is over; another site cannot', async () => {
    expect((await signOut('__Host-evertorrent=x', undefined)).status).toBe(303);
    const foreign = await signOut('', undefined, { origin: 'https://evil.example' });
    expect(foreign.headers.get('set-cookie')).toBe(null);
  });
});

describe('GET /publish', () => {
  test('is a form that needs no script, kept by nobody', async () => {
    const response = await fetchEdge('/publish');
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(response.headers.get('content-security-policy')).toContain("form-action 'self'");
    expect(response.headers.get('referrer-policy')).toBe('same-origin');
    const page = await response.text();
    expect(page).toMatch(/<form [^>]*method="post" action="\/publish\/sign-in">/);
    expect(page).not.toMatch(/<script|\son\w+=/);
  });
});
