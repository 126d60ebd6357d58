import { env } from 'cloudflare:workers';
import { describe, expect, test, vi } from 'vitest';
import { decodeBencode, entryOf, textOf } from '../../shared/bencode.ts';
import { formatIpAddress } from '../../shared/endpoint.ts';
import {
  MAX_BELIEVED_TOKENS,
  TOKEN_BELIEVED_MS,
} from '../../tracker-worker/accounts/announce-tokens.ts';
import { CatalogTokens } from '../../tracker-worker/accounts/catalog-tokens.ts';
import type { Scope } from '../../tracker-worker/accounts/scope.ts';
import type { Tokens } from '../../tracker-worker/accounts/tokens.ts';
import { createTracker } from '../../tracker-worker/announce/tracker.ts';
import { type Config, requireConfig } from '../../tracker-worker/config.ts';
import { createToken, revokeToken } from './support/access-tokens.ts';
import { percentEncode } from './support/announces.ts';
import { ORIGIN } from './support/edge.ts';
import { FakeSwarms } from './support/fake-swarms.ts';

const PATH = `/announce?info_hash=${percentEncode('ab'.repeat(20))}&peer_id=${'p'.repeat(20)}&port=6881&ip=203.0.113.9`;
const SENDER = '192.0.2.1';
const STATED = '203.0.113.9';
const WRONG = 'the publisher token is wrong';
const TOO_MANY = 'too many requests from your address, announce less often';

/** A tracker, with how often it asks for a token. */
function bench(changed: Partial<Config> = {}) {
  const catalog = new CatalogTokens(env.CATALOG);
  const use = vi.fn<Tokens['use']>(async (by, value, day) => catalog.use(by, value, day));
  const tokens: Tokens = {
    add: async (token, hash) => catalog.add(token, hash),
    remove: async (id) => catalog.remove(id),
    all: async () => catalog.all(),
    use,
  };
  const swarms = new FakeSwarms();
  const clock = { nowMs: 0 };
  const config = { ...requireConfig({ ...env }), ...changed };
  const tracker = createTracker({ config, swarms, tokens, nowMs: () => clock.nowMs });

  /** The address that an announce spoke for, or why it was refused. */
  const announce = async (authorization?: string): Promise<string | undefined> => {
    const headers = new Headers({ 'cf-connecting-ip': SENDER });
    if (authorization !== undefined) headers.set('authorization', authorization);
    const before = swarms.announces.length;
    const response = await tracker.handle(new Request(`${ORIGIN}${PATH}`, { headers }));
    const decoded = decodeBencode((await response?.bytes()) ?? new Uint8Array(), {
      bytes: 100_000,
      depth: 4,
      nodes: 1000,
    });
    if (!decoded.ok) throw new Error(decoded.refusal.reason);
    const address = swarms.announces[before]?.[0]?.address;
    return address === undefined
      ? textOf(entryOf(decoded.value, 'failure reason'))
      : formatIpAddress(address);
  };
  return { announce, clock, use };
}

/** What looks like a token, each another. */
function madeUp(n: number): string {
  return `Bearer evt_${String(n).padStart(43, 'A')}`;
}

describe('an announce with an access token', () => {
  test.each<[Scope, string]>([
    ['seedbox', STATED],
    ['admin', STATED],
    ['publish', WRONG],
  ])('of the scope %s: %s', async (scope, outcome) => {
    const { id, headers } = await createToken(scope);
    expect(await bench().announce(headers.authorization)).toBe(outcome);
    await revokeToken(id);
  });

  test('a token that was never made is refused; no token announces for its sender', async () => {
    const { announce } = bench();
    expect(await announce(`Bearer evt_${'A'.repeat(43)}`)).toBe(WRONG);
    expect(await announce()).toBe(SENDER);
  });

  test('without the secret every token is wrong', async () => {
    const { id, headers } = await createToken('admin');
    const { announce, use } = bench({ publisherToken: undefined });
    expect(await announce(headers.authorization)).toBe(WRONG);
    expect(use).not.toHaveBeenCalled();
    await revokeToken(id);
  });

  test('is asked for once a minute, and counts as one request each time', async () => {
    const { id, headers } = await createToken('seedbox');
    const { announce, clock, use } = bench({ maxRequestsPerMinutePerAddress: 1 });
    for (let n = 0; n < 5; n += 1) expect(await announce(headers.authorization)).toBe(STATED);
    expect(use).toHaveBeenCalledTimes(1);
    clock.nowMs = TOKEN_BELIEVED_MS;
    for (let n = 0; n < 5; n += 1) expect(await announce(headers.authorization)).toBe(STATED);
    expect(use).toHaveBeenCalledTimes(2);
    await revokeToken(id);
  });

  test('a revoked token loses its privileges after a minute', async () => {
    const { id, headers } = await createToken('seedbox');
    const { announce, clock } = bench();
    expect(await announce(headers.authorization)).toBe(STATED);
    await revokeToken(id);
    clock.nowMs = TOKEN_BELIEVED_MS - 1;
    expect(await announce(headers.authorization)).toBe(STATED);
    clock.nowMs = TOKEN_BELIEVED_MS;
    expect(await announce(headers.authorization)).toBe(WRONG);
  });

  test('tokens that are made up are counted before anybody is asked', async () => {
    const { announce, use } = bench({ maxRequestsPerMinutePerAddress: 2 });
    expect(await announce(madeUp(1))).toBe(WRONG);
    expect(await announce(madeUp(2))).toBe(WRONG);
    expect(await announce(madeUp(3))).toBe(TOO_MANY);
    expect(use).toHaveBeenCalledTimes(2);
    await announce('Bearer wrong');
    await announce('Basic eDp5');
    expect(use).toHaveBeenCalledTimes(2);
  });

  test('as many as may be are remembered, and then the oldest is asked for again', async () => {
    const { announce, use } = bench({ maxRequestsPerMinutePerAddress: 1_000_000 });
    use.mockImplementation(async (_by, value) => ({
      id: value,
      name: value,
      scopes: ['seedbox'],
      createdAtSeconds: 0,
      lastUsedDay: null,
    }));
    for (let n = 0; n < MAX_BELIEVED_TOKENS; n += 1) await announce(madeUp(n));
    await announce(madeUp(0));
    expect(use).toHaveBeenCalledTimes(MAX_BELIEVED_TOKENS);
    await announce(madeUp(MAX_BELIEVED_TOKENS));
    expect(use).toHaveBeenCalledTimes(MAX_BELIEVED_TOKENS + 1);
    await announce(madeUp(1));
    expect(use).toHaveBeenCalledTimes(MAX_BELIEVED_TOKENS + 1);
    await announce(madeUp(0));
    expect(use).toHaveBeenCalledTimes(MAX_BELIEVED_TOKENS + 2);
  });
});
