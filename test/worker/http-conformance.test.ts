import * as fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { decodeBencode, entryOf, integerOf } from '../../shared/bencode.ts';
import { type InfoHash, infoHashBytes } from '../../shared/info-hash.ts';
import { decodeLatin1 } from '../../shared/text.ts';
import {
  announceQuery,
  type AnswerSummary,
  peerIdText,
  percentEncode,
  summarize,
} from './support/announces.ts';
import { fetchEdge, publish } from './support/edge.ts';
import { AS_LEECHER, AS_SEEDER, BOTH, CONFORMANCE_ROWS } from './support/http-conformance-rows.ts';
import { sampleTorrent } from './support/torrents.ts';

/** A registered info-hash with one seeder over IPv4 and one leecher over IPv6. */
async function swarmOfTwo(name: string): Promise<InfoHash> {
  const { bytes, infoHash } = await sampleTorrent(name);
  await publish(bytes);
  await send(announceQuery(infoHash, { peer_id: peerIdText('5eed'), port: '7000', left: '0' }), {
    headers: { 'cf-connecting-ip': '198.51.100.7' },
  });
  await send(announceQuery(infoHash, { peer_id: peerIdText('6') }), {
    headers: { 'cf-connecting-ip': '2001:db8::6' },
  });
  return infoHash;
}

async function send(
  query: string,
  options: { readonly path?: string; readonly headers?: Record<string, string> } = {},
): Promise<AnswerSummary> {
  const { path = '/announce', headers = {} } = options;
  const response = await fetchEdge(`${path}?${query}`, { headers });
  expect(response.status).toBe(200);
  return summarize(await response.bytes());
}

describe('an HTTP announce', () => {
  test.each(CONFORMANCE_ROWS)('$title', async ({ title, parameters, path, headers, answer }) => {
    const infoHash = await swarmOfTwo(title);
    const options = {
      ...(path === undefined ? {} : { path }),
      ...(headers === undefined ? {} : { headers }),
    };
    expect(await send(announceQuery(infoHash, parameters), options)).toMatchObject(answer);
  });

  test('a reply and a refusal are 200, text/plain, no-store, and bencode with nothing behind it', async () => {
    const infoHash = await swarmOfTwo('transport');
    for (const query of [announceQuery(infoHash), 'junk']) {
      const response = await fetchEdge(`/announce?${query}`);
      expect(response.status).toBe(200);
      expect(response.headers.get('content-type')).toBe('text/plain');
      expect(response.headers.get('cache-control')).toBe('no-store');
      const text = decodeLatin1(await response.bytes());
      expect([text.slice(0, 1), text.slice(-1)]).toEqual(['d', 'e']);
    }
  });

  test('bytes that are not UTF-8 name different torrents', async () => {
    const infoHash = await swarmOfTwo('not UTF-8');
    // Decoded as text, both of these would be U+FFFD.
    const other = `${infoHash.slice(0, 38)}${infoHash.endsWith('ff') ? 'fe' : 'ff'}`;
    expect(await send(announceQuery(infoHash, { info_hash: percentEncode(other) }))).toMatchObject({
      failure: 'this torrent is not registered at this tracker',
    });
  });

  test('a reply has the keys of BEP 3, 7, 23 and 24, and no others', async () => {
    const infoHash = await swarmOfTwo('keys');
    const common = [
      'complete',
      'downloaded',
      'external ip',
      'incomplete',
      'interval',
      'min interval',
    ];
    expect((await send(announceQuery(infoHash))).keys).toEqual([...common, 'peers', 'peers6']);
    const none = await send(announceQuery(infoHash, { numwant: '0' }));
    expect(none.keys).toEqual([...common, 'peers']);
  });

  test('a refusal says when to come back (BEP 31), also in the intervals that clients honour', async () => {
    const infoHash = await swarmOfTwo('retry');
    const stranger = await send(announceQuery(infoHash, { info_hash: 'x'.repeat(20) }));
    expect(stranger.keys).toEqual(['failure reason', 'interval', 'min interval', 'retry in']);
    expect((await send('junk')).keys).toEqual(['failure reason', 'retry in']);
  });

  test('the interval is one that newTrackon lists, 300 to 10,800 seconds', async () => {
    const infoHash = await swarmOfTwo('interval');
    const response = await fetchEdge(`/announce?${announceQuery(infoHash)}`);
    const reply = decodeBencode(await response.bytes(), { bytes: 1000, depth: 2, nodes: 100 });
    const interval = integerOf(entryOf(reply.ok ? reply.value : undefined, 'interval')) ?? 0;
    const minInterval = integerOf(entryOf(reply.ok ? reply.value : undefined, 'min interval')) ?? 0;
    expect(interval).toBeGreaterThanOrEqual(300);
    expect(interval).toBeLessThanOrEqual(10_800);
    expect(minInterval).toBeGreaterThanOrEqual(1);
    expect(minInterval).toBeLessThanOrEqual(interval);
  });

  test('stopped removes the peer; the asker never gets itself', async () => {
    const infoHash = await swarmOfTwo('stopped');
    const me = announceQuery(infoHash);
    expect(await send(me)).toMatchObject({ ...AS_LEECHER, peers: BOTH });
    // bittorrent-tracker hands an HTTP client itself.
    expect(await send(me)).toMatchObject({ ...AS_LEECHER, peers: BOTH });
    expect(await send(`${me}&event=stopped`)).toMatchObject({ seeders: 1, leechers: 1 });
    const other = await send(announceQuery(infoHash, { peer_id: peerIdText('2') }));
    expect(other).toMatchObject({ leechers: 2, peers: BOTH });
  });

  test('downloads are counted, once for each client that completes', async () => {
    const infoHash = await swarmOfTwo('downloads');
    await send(announceQuery(infoHash));
    const completed = announceQuery(infoHash, { event: 'completed', left: '0' });
    expect(await send(completed)).toMatchObject({ ...AS_SEEDER, downloads: 1 });
    expect(await send(announceQuery(infoHash, { left: '0' }))).toMatchObject({ downloads: 1 });
  });

  // bittorrent-tracker answers 200 and a failure; a page that is not there is better told from a tracker's no.
  test.each(['/announcement', '/a', '/announce/', '/announce/xyz', '/scrapes'])(
    'GET %s is no announce: 404',
    async (path) => {
      expect((await fetchEdge(`${path}?info_hash=x`)).status).toBe(404);
    },
  );

  test('POST /announce is no announce: 404', async () => {
    expect((await fetchEdge('/announce', { method: 'POST' })).status).toBe(404);
  });
});

describe('an HTTP announce in a crowd', () => {
  let infoHash: InfoHash;
  beforeAll(async () => {
    const { bytes, infoHash: hash } = await sampleTorrent('crowd');
    infoHash = hash;
    await publish(bytes);
    const crowd = Array.from({ length: 210 }, (_, n) =>
      send(announceQuery(infoHash, { peer_id: peerIdText(`c${n}`), port: String(1000 + n) }), {
        headers: { 'cf-connecting-ip': `198.51.100.${n}` },
      }),
    );
    await Promise.all(crowd);
  });

  test.each([
    ['no numwant', undefined, 50],
    ['a negative numwant', '-1', 50],
    ['numwant=80', '80', 80],
    ['numwant=200', '200', 200],
    ['numwant=201', '201', 200],
    ['numwant=4294967297', '4294967297', 200],
  ])('%s is %3$i different peers', async (_case, numwant, count) => {
    const { peers } = await send(announceQuery(infoHash, { numwant }));
    expect(new Set(peers).size).toBe(count);
  });
});

/** `[complete, incomplete, downloaders, downloaded]` of each info-hash in a scrape's reply. */
async function scrapedCounts(query: string, hashes: readonly InfoHash[]): Promise<unknown[]> {
  const response = await fetchEdge(`/scrape?${query}`);
  const reply = decodeBencode(await response.bytes(), { bytes: 9000, depth: 4, nodes: 900 });
  const root = reply.ok ? reply.value : undefined;
  return hashes.map((hash) => {
    const swarm = entryOf(entryOf(root, 'files'), decodeLatin1(infoHashBytes(hash)));
    return ['complete', 'incomplete', 'downloaders', 'downloaded'].map((key) =>
      integerOf(entryOf(swarm, key)),
    );
  });
}

describe('an HTTP scrape', () => {
  test('of several info-hashes: all of them, zeros for one without a swarm', async () => {
    const [one, other, idle] = [
      await swarmOfTwo('scrape one'),
      await swarmOfTwo('scrape other'),
      (await sampleTorrent('scrape idle')).infoHash,
    ];
    await send(announceQuery(other, { event: 'paused' }));
    const asked = [one, other, idle];
    const query = asked.map((infoHash) => `info_hash=${percentEncode(infoHash)}`).join('&');
    expect(await scrapedCounts(query, asked)).toEqual([
      [1, 1, 1, 0],
      // A partial seed (BEP 21) is incomplete and downloads no more.
      [1, 2, 1, 0],
      [0, 0, 0, 0],
    ]);
  });

  test('of everything is refused: bittorrent-tracker answers it, at any length, to anyone', async () => {
    expect(await send('', { path: '/scrape' })).toMatchObject({
      failure: 'info_hash is missing: this tracker answers no full scrape',
      retryIn: 'never',
    });
  });
});

test('no bytes in a query are answered with anything but bencode', async () => {
  const { bytes, infoHash } = await sampleTorrent('any bytes');
  await publish(bytes);
  const byte = fc.nat({ max: 255 }).map((value) => `%${value.toString(16).padStart(2, '0')}`);
  const part = fc.oneof(
    byte,
    fc.string({ unit: 'binary' }),
    fc.constantFrom(
      '&',
      '=',
      '%',
      '+',
      '&info_hash=',
      '&left=',
      '&event=',
      '&numwant=',
      '&compact=0',
    ),
    fc.constantFrom(`&${announceQuery(infoHash)}&`, `&info_hash=${percentEncode(infoHash)}&`),
  );
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom('/announce', '/scrape'),
      fc.array(part, { maxLength: 12 }),
      fc.ipV4(),
      async (path, parts, address) => {
        const headers = { 'cf-connecting-ip': address };
        const answer = await send(parts.join(''), { path, headers });
        expect(answer.failure).not.toBe('the tracker is busy, try again soon');
      },
    ),
    { numRuns: 200 },
  );
});
