import * as fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { env } from 'cloudflare:workers';
import { decodeBencode, entryOf, textOf } from '../../shared/bencode.ts';
import { formatIpAddress } from '../../shared/endpoint.ts';
import { refuse } from '../../shared/result.ts';
import { createTracker, type Tracker } from '../../tracker-worker/announce/tracker.ts';
import { CatalogTokens } from '../../tracker-worker/accounts/catalog-tokens.ts';
import { type Config, requireConfig } from '../../tracker-worker/config.ts';
import { percentEncode } from './support/announces.ts';
import { AUTHORIZED, ORIGIN } from './support/edge.ts';
import { FakeSwarms } from './support/fake-swarms.ts';

const HASH = percentEncode('ab'.repeat(20));
const ANNOUNCE = `/announce?info_hash=${HASH}&peer_id=${'p'.repeat(20)}&port=6881`;
const SCRAPE = `/scrape?info_hash=${HASH}`;
const UPGRADE = { upgrade: 'websocket' };
const TOO_MANY = 'too many requests from your address, announce less often';

interface Bench {
  readonly tracker: Tracker;
  readonly swarms: FakeSwarms;
  readonly clock: { nowMs: number };
}

function bench(changed: Partial<Config> = {}): Bench {
  const swarms = new FakeSwarms();
  const tokens = new CatalogTokens(env.CATALOG);
  const clock = { nowMs: 0 };
  const config = { ...requireConfig({ ...env }), ...changed };
  const tracker = createTracker({ config, swarms, tokens, nowMs: () => clock.nowMs });
  return { tracker, swarms, clock };
}

function handle(
  tracker: Tracker,
  path: string,
  headers: Record<string, string> = {},
  method = 'GET',
): Promise<Response> | undefined {
  const all = { 'cf-connecting-ip': '192.0.2.1', ...headers };
  return tracker.handle(new Request(`${ORIGIN}${path}`, { method, headers: all }));
}

/** A header value that is empty: the tracker sees no address. */
const NO_ADDRESS = { 'cf-connecting-ip': '' };

/** The failure reason; `undefined` for a reply. Whatever it is, it is canonical bencode. */
async function failure(answer: Promise<Response> | undefined): Promise<string | undefined> {
  const response = await answer;
  expect(response?.status).toBe(200);
  const bytes = (await response?.bytes()) ?? new Uint8Array();
  const decoded = decodeBencode(bytes, { bytes: 100_000, depth: 4, nodes: 10_000 });
  if (!decoded.ok) throw new Error(decoded.refusal.reason);
  expect(decoded.value.type).toBe('dictionary');
  return textOf(entryOf(decoded.value, 'failure reason'));
}

describe('createTracker()', () => {
  test.each([
    ['GET', '/announce'],
    ['GET', '/announce?'],
    ['GET', '/announce/ab?x'],
    ['GET', '/announce/AB'],
    ['GET', '/scrape?a=b'],
    ['GET', '/scrape/0f'],
  ])('answers %s %s', async (method, path) => {
    expect(await failure(handle(bench().tracker, path, {}, method))).toContain(
      'info_hash is missing',
    );
  });

  test.each([
    ['GET', '/'],
    ['GET', '/announce/'],
    ['GET', '/announce/a'],
    ['GET', '/announce/abc'],
    ['GET', '/announce/xy'],
    ['GET', '/announce/ab/'],
    ['GET', '/Announce'],
    ['GET', '/announced'],
    ['GET', '/x/announce'],
    ['GET', '/t/announce?/announce'],
    ['POST', '/announce'],
    ['PUT', '/scrape'],
  ])('leaves %s %s to others', (method, path) => {
    expect(handle(bench().tracker, path, {}, method)).toBeUndefined();
  });

  test('answers 200, text/plain and no-store, and nothing more', async () => {
    for (const path of [ANNOUNCE, SCRAPE, '/announce']) {
      const response = await handle(bench().tracker, path);
      expect(response?.status).toBe(200);
      expect([...(response?.headers ?? [])]).toEqual([
        ['cache-control', 'no-store'],
        ['content-type', 'text/plain'],
      ]);
    }
  });

  test.each([
    ['an info_hash that is none', `${ANNOUNCE}&info_hash=x`, {}],
    ['no port', ANNOUNCE.replace('port', 'x'), {}],
    ['a long query', `${ANNOUNCE}&x=${'x'.repeat(9000)}`, {}],
    ['no visible address', ANNOUNCE, NO_ADDRESS],
    ['a scrape from no visible address', SCRAPE, NO_ADDRESS],
    ['a wrong token', ANNOUNCE, { authorization: 'Bearer wrong' }],
    ['a stated address that is none', `${ANNOUNCE}&ip=x`, AUTHORIZED],
    ['a scrape of everything', '/scrape', {}],
  ])('refuses %s without asking a shard', async (_case, path, headers) => {
    const { tracker, swarms } = bench();
    expect(await failure(handle(tracker, path, headers))).toEqual(expect.any(String));
    expect(swarms.calls).toBe(0);
  });

  test.each([
    ['not-registered', '8:intervali1800e12:min intervali1800e8:retry in2:30e'],
    ['too-many-swarms', '8:intervali1800e12:min intervali1800e8:retry in2:30e'],
    ['blocked', '8:retry in5:nevere'],
  ] as const)('passes on what a shard refuses: %s', async (code, end) => {
    const { tracker, swarms } = bench();
    swarms.outcome = refuse(code, 'because');
    const response = await handle(tracker, ANNOUNCE);
    expect(await response?.text()).toBe(`d14:failure reason7:because${end}`);
  });

  test.each([ANNOUNCE, SCRAPE])('says to come back soon when a shard is away: %s', async (path) => {
    const log = vi.spyOn(console, 'error').mockImplementation(() => {});
    const { tracker, swarms } = bench();
    swarms.fault = new Error('secret detail');
    const text = await (await handle(tracker, path))?.text();
    expect(text).toContain('the tracker is busy, try again soon');
    expect(text).toContain('8:retry in1:1');
    expect(text).not.toContain('secret');
    expect(log).toHaveBeenCalledOnce();
    log.mockRestore();
  });
});

/** The addresses that an announce reaches a shard with. */
async function announced(path: string, headers: Record<string, string>): Promise<string[]> {
  const { tracker, swarms } = bench();
  expect(await failure(handle(tracker, path, headers))).toBeUndefined();
  return swarms.announces.flat().map((announce) => formatIpAddress(announce.address));
}

describe('an announce of a publisher', () => {
  test('asks once for both families, in one batch', async () => {
    const { tracker, swarms } = bench();
    const path = `${ANNOUNCE}&ipv6=2001:db8::1&ipv4=203.0.113.6&left=0`;
    expect(await failure(handle(tracker, path, AUTHORIZED))).toBeUndefined();
    const common = { port: 6881, role: 'seeder', infoHash: 'ab'.repeat(20) };
    expect(swarms.announces).toEqual([
      [expect.objectContaining(common), expect.objectContaining(common)],
    ]);
  });

  test.each([
    [
      'states both families',
      '&ipv6=2001:db8::1&ipv4=203.0.113.6',
      AUTHORIZED,
      ['203.0.113.6', '2001:db8::1'],
    ],
    ['states one by ip', '&ip=203.0.113.6', AUTHORIZED, ['203.0.113.6']],
    ['states none', '', AUTHORIZED, ['192.0.2.1']],
    [
      'states its IPv6 address beside the one that is seen',
      '&ipv6=2001:db8::1',
      AUTHORIZED,
      ['192.0.2.1', '2001:db8::1'],
    ],
    [
      'states one and is not seen',
      '&ip=203.0.113.6',
      { ...AUTHORIZED, ...NO_ADDRESS },
      ['203.0.113.6'],
    ],
    ['has no token', '&ip=203.0.113.6&ipv6=2001:db8::1', {}, ['192.0.2.1']],
  ])('%s', async (_case, query, headers, addresses) => {
    expect(await announced(`${ANNOUNCE}${query}`, headers)).toEqual(addresses);
  });

  test('`external ip` is the address that the tracker sees, or else the stated one', async () => {
    const path = `${ANNOUNCE}&ip=203.0.113.6`;
    const { tracker } = bench();
    const seen = await handle(tracker, path, { ...AUTHORIZED, 'cf-connecting-ip': '65.66.67.68' });
    expect(await seen?.text()).toContain('11:external ip4:ABCD');
    const unseen = await handle(tracker, `${ANNOUNCE}&ip=69.70.71.72`, {
      ...AUTHORIZED,
      ...NO_ADDRESS,
    });
    expect(await unseen?.text()).toContain('11:external ip4:EFGH');
  });
});

describe('the request limit', () => {
  const two = { maxRequestsPerMinutePerAddress: 2 };

  test('announces, scrapes, refused requests and sockets of one source count together', async () => {
    for (const path of [ANNOUNCE, SCRAPE, '/announce', '/scrape']) {
      const { tracker, swarms } = bench(two);
      await handle(tracker, '/announce');
      await handle(tracker, '/', UPGRADE);
      const calls = swarms.calls;
      expect(await failure(handle(tracker, path))).toBe(TOO_MANY);
      expect(swarms.calls).toBe(calls);
      expect(await failure(handle(tracker, path, { 'cf-connecting-ip': '192.0.2.2' }))).not.toBe(
        TOO_MANY,
      );
    }
  });

  test('is over after a minute, as the refusal says', async () => {
    const { tracker, clock } = bench({ maxRequestsPerMinutePerAddress: 1 });
    expect(await failure(handle(tracker, ANNOUNCE))).toBeUndefined();
    expect(await (await handle(tracker, ANNOUNCE))?.text()).toBe(
      `d14:failure reason${TOO_MANY.length}:${TOO_MANY}8:intervali60e12:min intervali60e8:retry in1:1e`,
    );
    clock.nowMs += 60_000;
    expect(await failure(handle(tracker, ANNOUNCE))).toBeUndefined();
  });

  test('exempts announces with the publisher token, and counts those with a wrong one', async () => {
    const { tracker } = bench(two);
    for (let n = 0; n < 5; n += 1) {
      expect(await failure(handle(tracker, ANNOUNCE, AUTHORIZED))).toBeUndefined();
    }
    const wrong = { authorization: 'Bearer wrong' };
    expect(await failure(handle(tracker, ANNOUNCE, wrong))).toBe('the publisher token is wrong');
    expect(await failure(handle(tracker, ANNOUNCE, wrong))).toBe('the publisher token is wrong');
    expect(await failure(handle(tracker, ANNOUNCE, wrong))).toBe(TOO_MANY);
  });
});

describe('a WebSocket upgrade', () => {
  test.each([
    ['/', undefined],
    ['/?x=y', undefined],
    ['/announce', undefined],
    ['/announce?peer_id=x', undefined],
    ['/announce/0f', '0f'],
    ['/announce/AB?x', 'ab'],
  ])('on %s goes to the shard of prefix %s', async (path, prefix) => {
    const { tracker, swarms } = bench();
    const response = await handle(tracker, path, { upgrade: 'WebSocket' });
    expect(await response?.text()).toBe('a socket');
    expect(swarms.sockets).toEqual([{ prefix, address: Uint8Array.of(192, 0, 2, 1) }]);
  });

  test.each(['/announce/xy', '/t/x', '/socket'])('on %s is not the tracker’s', (path) => {
    expect(handle(bench().tracker, path, UPGRADE)).toBeUndefined();
  });

  test('on /scrape is a scrape', async () => {
    expect(await failure(handle(bench().tracker, SCRAPE, UPGRADE))).toBeUndefined();
  });

  test.each([
    ['no visible address', 400, 'the tracker cannot see your address\n', null],
    ['too many requests', 429, `${TOO_MANY}\n`, '60'],
    ['a shard that is away', 503, 'the tracker is busy, try again soon\n', '60'],
  ])('%s: HTTP %i in plain text', async (problem, status, text, retryAfter) => {
    const log = vi.spyOn(console, 'error').mockImplementation(() => {});
    const { tracker, swarms } = bench({ maxRequestsPerMinutePerAddress: 1 });
    if (problem === 'too many requests') await handle(tracker, ANNOUNCE);
    if (problem === 'a shard that is away') swarms.fault = new Error('secret detail');
    const headers = problem === 'no visible address' ? NO_ADDRESS : {};
    const response = await handle(tracker, '/', { ...UPGRADE, ...headers });
    expect(response?.status).toBe(status);
    expect(response?.headers.get('content-type')).toBe('text/plain');
    expect(response?.headers.get('retry-after')).toBe(retryAfter);
    expect(await response?.text()).toBe(text);
    log.mockRestore();
  });
});

describe('a full scrape', () => {
  test.each(['/scrape', '/scrape?', '/scrape?a=b'])(
    'GET %s is refused unless it is on',
    async (path) => {
      const { tracker, swarms } = bench({ fullScrape: true, maxFullScrapeSwarms: 7 });
      expect(await failure(handle(tracker, path))).toBeUndefined();
      expect(swarms.scrapes).toEqual([7]);
      expect(await failure(handle(bench({ fullScrape: false }).tracker, path))).toBe(
        'info_hash is missing: this tracker answers no full scrape',
      );
    },
  );
});

test('no query makes the tracker answer anything but bencode', async () => {
  const { tracker } = bench({ fullScrape: true });
  const byte = fc.nat({ max: 255 }).map((value) => `%${value.toString(16).padStart(2, '0')}`);
  const part = fc.oneof(
    fc.string({ unit: 'binary' }),
    byte,
    fc.constantFrom('&', '=', '%', '%f', '+', '?', '#', 'info_hash=', 'left=', 'ip=', 'compact=0&'),
    fc.constantFrom(`&info_hash=${HASH}`, `&peer_id=${'p'.repeat(20)}`, '&port=6881', '&port=0'),
  );
  let source = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom('announce', 'announce/ab', 'scrape', 'scrape/ab'),
      fc.array(part, { maxLength: 30 }),
      fc.constantFrom({}, AUTHORIZED),
      async (path, parts, headers) => {
        source += 1;
        const from = { 'cf-connecting-ip': `2001:db8:0:${source.toString(16)}::1` };
        const answer = handle(tracker, `/${path}?${parts.join('')}`, { ...from, ...headers });
        expect(await failure(answer)).not.toBe('the tracker is busy, try again soon');
      },
    ),
    { numRuns: 500 },
  );
});

describe('the log', () => {
  test.each([
    ['nothing at a rate of 0', 0, []],
    ['each answer at a rate of 1', 1, ['answered', 'info-hash-missing']],
  ])('has %s', async (_case, logSampleRate, outcomes) => {
    const log = vi.spyOn(console, 'log').mockReturnValue();
    const { tracker } = bench({ logSampleRate });
    await handle(tracker, ANNOUNCE);
    await handle(tracker, '/announce');
    const lines = log.mock.calls.map(([line]): unknown => JSON.parse(String(line)));
    log.mockRestore();
    expect(lines).toMatchObject(outcomes.map((outcome) => ({ event: 'announcing', outcome })));
  });
});
