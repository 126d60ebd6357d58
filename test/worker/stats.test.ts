import { describe, expect, test, vi } from 'vitest';
import { statsRoutes } from '../../tracker-worker/stats/stats-routes.tsx';
import { NO_TOTALS, type ShardStats, TOTAL_NAMES } from '../../tracker-worker/swarm/shard-stats.ts';
import { fetchEdge } from './support/edge.ts';

const FIRST: ShardStats = {
  shard: '0/2',
  swarms: 3,
  seeders: 1000,
  leechers: 50,
  partialSeeds: 8,
  sockets: 7,
  parkedOffers: 4,
  peerBytes: 64_000,
  totals: {
    announces: 11,
    socketMessages: 12,
    scrapes: 13,
    downloads: 14,
    offersRelayed: 15,
    answersRelayed: 16,
    refusals: 17,
    rowsWritten: 18,
    alarms: 19,
    announceCalls: 20,
  },
};
const SECOND: ShardStats = {
  shard: '1/2',
  swarms: 20,
  seeders: 300,
  leechers: 4,
  partialSeeds: 0,
  sockets: 1,
  parkedOffers: 0,
  peerBytes: 1000,
  totals: { ...NO_TOTALS, announces: 9_007_199_254_000 },
};

/** The routes over these shards, and how often those were asked. */
function edgeOf(shards: readonly ShardStats[] = [FIRST, SECOND]) {
  const calls = { count: 0, areAway: false, nowMs: 1_000_000 };
  const app = statsRoutes({
    swarms: {
      stats: async () => {
        calls.count += 1;
        if (calls.areAway) throw new Error('secret detail');
        return shards;
      },
    },
    nowMs: () => calls.nowMs,
  });
  const get = async (path: string, accept = '*/*') => app.request(path, { headers: { accept } });
  return { calls, get };
}

interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}
interface Family {
  readonly type: string;
  readonly help: string;
  readonly samples: Sample[];
}

/** Reads the text exposition format 0.0.4, and throws for what is only nearly that. */
function parseExposition(text: string): Map<string, Family> {
  if (!text.endsWith('\n')) throw new Error('the last line has no end');
  const families = new Map<string, Family>();
  const helps = new Map<string, string>();
  const seen = new Set<string>();
  let current = '';
  for (const line of text.slice(0, -1).split('\n')) {
    const comment = /^# (HELP|TYPE) ([a-zA-Z_:][a-zA-Z0-9_:]*) (\S.*)$/.exec(line);
    if (comment !== null) {
      const [, kind = '', name = '', rest = ''] = comment;
      if (kind === 'HELP') {
        if (helps.has(name)) throw new Error(`a second HELP of ${name}`);
        helps.set(name, rest);
      } else {
        if (families.has(name)) throw new Error(`a second TYPE of ${name}`);
        if (rest !== 'gauge' && rest !== 'counter') throw new Error(`no type: ${line}`);
        families.set(name, { type: rest, help: helps.get(name) ?? '', samples: [] });
        current = name;
      }
      continue;
    }
    const sample = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (-?[0-9]+(?:\.[0-9]+)?)$/.exec(line);
    if (sample === null) throw new Error(`no line of the format: ${line}`);
    const [, name = '', labelText = '', value = ''] = sample;
    if (name !== current) throw new Error(`a sample of ${name} among those of ${current}`);
    const key = `${name}{${labelText}}`;
    if (seen.has(key)) throw new Error(`twice: ${key}`);
    seen.add(key);
    families.get(name)?.samples.push({ labels: parseLabels(labelText), value: Number(value) });
  }
  return families;
}

function parseLabels(text: string): Record<string, string> {
  const labels: Record<string, string> = {};
  const pair = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"(?:,|$)/y;
  while (pair.lastIndex < text.length) {
    const found = pair.exec(text);
    if (found === null) throw new Error(`no labels: ${text}`);
    const [, name = '', value = ''] = found;
    labels[name] = value.replace(/\\(.)/g, (_all, escaped: string) =>
      escaped === 'n' ? '\n' : escaped,
    );
  }
  return labels;
}

/** A sample of each shard. */
function both(first: number, second: number): Sample[] {
  return [
    { labels: { shard: '0/2' }, value: first },
    { labels: { shard: '1/2' }, value: second },
  ];
}

describe('GET /metrics', () => {
  test('is the exposition format, with every gauge and counter of every shard', async () => {
    const response = await edgeOf().get('/metrics');
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    const families = parseExposition(await response.text());
    const gauges = ['swarms', 'peers', 'sockets', 'parked_offers', 'peer_bytes'];
    const counters = [
      'announces_total',
      'socket_messages_total',
      'scrapes_total',
      'downloads_total',
      'offers_relayed_total',
      'answers_relayed_total',
      'refusals_total',
      'rows_written_total',
      'alarms_total',
      'announce_calls_total',
    ];
    expect(counters).toHaveLength(TOTAL_NAMES.length);
    expect(Array.from(families, ([name, { type }]) => [name, type])).toEqual([
      ...gauges.map((name) => [`evertorrent_${name}`, 'gauge']),
      ...counters.map((name) => [`evertorrent_${name}`, 'counter']),
    ]);
    for (const { help } of families.values()) expect(help).not.toBe('');

    const values = (name: string) => families.get(`evertorrent_${name}`)?.samples;
    expect(values('swarms')).toEqual(both(3, 20));
    expect(values('sockets')).toEqual(both(7, 1));
    expect(values('parked_offers')).toEqual(both(4, 0));
    expect(values('peer_bytes')).toEqual(both(64_000, 1000));
    for (const [index, name] of counters.entries()) {
      expect(values(name)).toEqual(both(11 + index, index === 0 ? 9_007_199_254_000 : 0));
    }
  });

  test('counts each peer in one role', async () => {
    const families = parseExposition(await (await edgeOf().get('/metrics')).text());
    const peers = families.get('evertorrent_peers')?.samples ?? [];
    expect(peers).toEqual([
      { labels: { shard: '0/2', role: 'seeder' }, value: 1000 },
      { labels: { shard: '1/2', role: 'seeder' }, value: 300 },
      { labels: { shard: '0/2', role: 'leecher' }, value: 42 },
      { labels: { shard: '1/2', role: 'leecher' }, value: 4 },
      { labels: { shard: '0/2', role: 'partial' }, value: 8 },
      { labels: { shard: '1/2', role: 'partial' }, value: 0 },
    ]);
  });

  test('escapes a label', async () => {
    const shard = 'a"b\\c\nd';
    const text = await (await edgeOf([{ ...FIRST, shard }]).get('/metrics')).text();
    expect(text).toContain('{shard="a\\"b\\\\c\\nd"}');
    expect(parseExposition(text).get('evertorrent_swarms')?.samples).toEqual([
      { labels: { shard }, value: 3 },
    ]);
  });
});

describe('GET /stats', () => {
  test('is JSON with totals and every shard for programs', async () => {
    const response = await edgeOf().get('/stats');
    expect(response.headers.get('content-type')).toContain('application/json');
    expect(response.headers.get('vary')).toBe('accept');
    expect(await response.json()).toEqual({
      at: '1970-01-01T00:16:40.000Z',
      swarms: 23,
      seeders: 1300,
      leechers: 54,
      partialSeeds: 8,
      sockets: 8,
      parkedOffers: 4,
      peerBytes: 65_000,
      totals: { ...FIRST.totals, announces: 9_007_199_254_011 },
      shards: [FIRST, SECOND],
    });
  });

  test('is a page with the numbers, and without a script, for browsers', async () => {
    const response = await edgeOf([{ ...FIRST, shard: '<script>' }, SECOND]).get(
      '/stats',
      'text/html,application/xhtml+xml',
    );
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(response.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(response.headers.get('vary')).toBe('accept');
    const page = await response.text();
    for (const part of [
      '<title>Statistics – Evertorrent</title>',
      '<dt>Swarms</dt><dd>23</dd>',
      '<dt>Seeders</dt><dd>1,300</dd>',
      '<dt>Leechers</dt><dd>54</dd>',
      '<dt>of them partial seeds</dt><dd>8</dd>',
      '<dt>Open sockets</dt><dd>8</dd>',
      '<dt>Parked offers</dt><dd>4</dd>',
      '<dt>Memory of peers</dt><dd>65.0 kB</dd>',
      '<td>9,007,199,254,011</td>',
      '<td>19</td>',
      'As of 1970-01-01T00:16:40.000Z.',
      '<td>1/2</td><td>20</td><td>300</td><td>4</td><td>1</td><td>9,007,199,254,000</td>',
      '<td>&lt;script&gt;</td>',
    ]) {
      expect(page).toContain(part);
    }
    expect(page).not.toContain('<script');
  });
});

describe('strangers cannot multiply calls', () => {
  test('all who ask within ten seconds are answered by one look at the shards', async () => {
    const { calls, get } = edgeOf();
    await Promise.all([get('/stats'), get('/metrics'), get('/stats', 'text/html')]);
    calls.nowMs += 9_999;
    await get('/metrics');
    expect(calls.count).toBe(1);
    calls.nowMs += 1;
    await get('/stats');
    expect(calls.count).toBe(2);
  });

  test('a shard that is away is 503, told to the operator alone, and not remembered', async () => {
    const log = vi.spyOn(console, 'error').mockReturnValue();
    const { calls, get } = edgeOf();
    calls.areAway = true;
    for (const path of ['/stats', '/metrics']) {
      const response = await get(path, 'text/html');
      expect(response.status).toBe(503);
      expect(response.headers.get('content-type')).toBe('application/problem+json');
      const text = await response.text();
      expect(text).toContain('stats-unavailable');
      expect(text).not.toContain('secret detail');
    }
    expect(log.mock.lastCall?.[0]).toContain('secret detail');
    calls.areAway = false;
    expect((await get('/stats')).status).toBe(200);
    log.mockRestore();
  });
});

test('the edge serves both, to many at once', async () => {
  const responses = await Promise.all(
    ['/stats', '/metrics', '/stats', '/metrics'].map(async (path) => fetchEdge(path)),
  );
  expect(responses.map((response) => response.status)).toEqual([200, 200, 200, 200]);
  expect(parseExposition((await responses[1]?.text()) ?? '').size).toBeGreaterThan(10);
});
