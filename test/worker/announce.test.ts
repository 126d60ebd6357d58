import { beforeAll, describe, expect, test } from 'vitest';
import type { InfoHash } from '../../shared/info-hash.ts';
import { AUTHORIZED, fetchEdge, publish } from './support/edge.ts';
import {
  announce,
  announceQuery,
  countsOf,
  failureOf,
  peerIdText,
  peersOf,
  percentEncode,
} from './support/announces.ts';
import { sampleTorrent } from './support/torrents.ts';

const UNREGISTERED = 'this torrent is not registered at this tracker';

/** A registered info-hash with no peers. */
async function freshSwarm(name: string): Promise<InfoHash> {
  const torrent = await sampleTorrent(name);
  await publish(torrent.bytes);
  return torrent.infoHash;
}

describe('GET /announce', () => {
  let infoHash: InfoHash;
  beforeAll(async () => {
    infoHash = await freshSwarm('announce table');
  });

  const twenty = percentEncode('ab'.repeat(20));
  const failures: [string, Record<string, string | undefined>, string][] = [
    ['no info_hash', { info_hash: undefined }, 'info_hash is missing'],
    [
      'an info_hash of 19 bytes',
      { info_hash: percentEncode('ab'.repeat(19)) },
      'info_hash is not 20 bytes',
    ],
    [
      'an info_hash of 21 bytes',
      { info_hash: percentEncode('ab'.repeat(21)) },
      'info_hash is not 20 bytes',
    ],
    ['a broken escape in info_hash', { info_hash: `%zz${twenty}` }, 'info_hash is not 20 bytes'],
    [
      'two info_hash',
      { info_hash: `${twenty}&info_hash=${twenty}` },
      'info_hash is there more than once',
    ],
    ['no peer_id', { peer_id: undefined }, 'peer_id is missing'],
    ['a peer_id of 19 bytes', { peer_id: 'x'.repeat(19) }, 'peer_id is not 20 bytes'],
    ['no port', { port: undefined }, 'port is missing'],
    ['port 0', { port: '0' }, 'port is not a number from 1 to 65535'],
    ['port 65536', { port: '65536' }, 'port is not a number from 1 to 65535'],
    ['a port that is junk', { port: '80x' }, 'port is not a number from 1 to 65535'],
    ['an info_hash that is not registered', { info_hash: twenty }, UNREGISTERED],
    ['a query that is too long', { junk: 'x'.repeat(9000) }, 'the query is longer than 8192 bytes'],
  ];
  test.each(failures)('announce() refuses %s', async (_case, parameters, reason) => {
    expect(failureOf(await announce(announceQuery(infoHash, parameters)))).toBe(reason);
  });

  const tolerated: [string, Record<string, string | undefined>][] = [
    ['port 65535', { port: '65535' }],
    ['port 0 on stopped', { port: '0', event: 'stopped' }],
    ['an unknown event', { event: 'dancing' }],
    ['event=paused', { event: 'paused' }],
    ['an empty event', { event: '' }],
    ['no left', { left: undefined }],
    ['a negative numwant', { numwant: '-1' }],
    ['compact=0', { compact: '0' }],
    ['repeated ipv4 and ipv6', { ipv4: '10.0.0.1&ipv4=10.0.0.2', ipv6: 'None' }],
    ['parts without a key', { '': '' }],
    ['a peer_id with any bytes', { peer_id: `%00%FF%zz+${'x'.repeat(14)}` }],
  ];
  test.each(tolerated)('announce() takes %s', async (_case, parameters) => {
    expect(failureOf(await announce(announceQuery(infoHash, parameters)))).toBe(undefined);
  });

  test('announce() answers 200, text/plain and no-store, to a reply and to a failure', async () => {
    for (const query of [announceQuery(infoHash), 'junk']) {
      const response = await fetchEdge(`/announce?${query}`);
      expect(response.status).toBe(200);
      expect(response.headers.get('content-type')).toBe('text/plain');
      expect(response.headers.get('cache-control')).toBe('no-store');
    }
  });

  test('announce() writes the exact bytes of an empty compact reply', async () => {
    const empty = await freshSwarm('exact bytes');
    const response = await fetchEdge(`/announce?${announceQuery(empty)}`);
    expect(await response.text()).toMatch(
      /^d8:completei0e10:incompletei1e8:intervali\d+e12:min intervali\d+e5:peers0:e$/,
    );
  });

  test.each([
    ['a request that can never succeed', 'port=1', '8:retry in5:never'],
    ['an unregistered torrent', announceQueryFor('cd'), '8:retry in2:30'],
    ['no visible address', 'address', '8:retry in1:5'],
  ])('announce() says when to retry: %s', async (_case, query, expected) => {
    const isAddress = query === 'address';
    const headers = isAddress ? { 'cf-connecting-ip': '' } : {};
    const response = await fetchEdge(`/announce?${isAddress ? announceQuery(infoHash) : query}`, {
      headers,
    });
    expect(await response.text()).toContain(expected);
  });

  test('announce() keeps to the raw bytes of an info_hash that is not UTF-8', async () => {
    // URLSearchParams makes both of these U+FFFD: one would be taken for the other.
    const other = `${infoHash.slice(0, 38)}${infoHash.endsWith('ff') ? 'fe' : 'ff'}`;
    const answer = await announce(announceQuery(infoHash, { info_hash: percentEncode(other) }));
    expect(failureOf(answer)).toBe(UNREGISTERED);
  });

  test.each(['/announce', '/announce/ab', '/announce/AB'])('GET %s announces', async (path) => {
    const response = await fetchEdge(`${path}?${announceQuery(infoHash)}`);
    expect(await response.text()).toContain('8:interval');
  });

  test('GET /announce/:prefix is not there for what is no prefix', async () => {
    expect((await fetchEdge(`/announce/xyz?${announceQuery(infoHash)}`)).status).toBe(404);
  });

  test('GET /announce says plainly that it serves no WebSocket', async () => {
    const response = await fetchEdge('/announce', { headers: { upgrade: 'WebSocket' } });
    expect(response.status).toBe(501);
    expect(await response.text()).toContain('WebSocket announces are not served');
  });
});

describe('the swarm over HTTP', () => {
  const seeder = { peer_id: peerIdText('5eed'), port: '7000', left: '0' };

  test('announce() hands out IPv4 and IPv6 peers, never the asker', async () => {
    const infoHash = await freshSwarm('both families');
    await announce(announceQuery(infoHash, seeder), { 'cf-connecting-ip': '198.51.100.7' });
    await announce(announceQuery(infoHash, { peer_id: peerIdText('6') }), {
      'cf-connecting-ip': '2001:db8::6',
    });
    const answer = await announce(announceQuery(infoHash, { peer_id: peerIdText('2') }));
    expect(peersOf(answer)).toEqual(['198.51.100.7:7000', '[2001:db8::6]:6881']);
    expect(countsOf(answer)).toEqual([1, 2]);
  });

  test('announce() takes an IPv4-mapped source for the IPv4 that it is', async () => {
    const infoHash = await freshSwarm('mapped');
    await announce(announceQuery(infoHash, seeder), { 'cf-connecting-ip': '::ffff:198.51.100.7' });
    expect(peersOf(await announce(announceQuery(infoHash)))).toEqual(['198.51.100.7:7000']);
  });

  test.each([
    ['ip', { ip: '203.0.113.66' }, {}],
    ['ipv4 and ipv6', { ipv4: '203.0.113.66', ipv6: '2001:db8::66' }, {}],
    ['X-Forwarded-For', {}, { 'x-forwarded-for': '203.0.113.66' }],
  ])('announce() believes no address in %s', async (_case, parameters, headers) => {
    const infoHash = await freshSwarm(`forged ${_case}`);
    await announce(announceQuery(infoHash, { ...seeder, ...parameters }), headers);
    expect(peersOf(await announce(announceQuery(infoHash)))).toEqual(['192.0.2.1:7000']);
  });

  test('announce() takes ip beside the publisher token', async () => {
    const infoHash = await freshSwarm('stated address');
    await announce(announceQuery(infoHash, { ...seeder, ip: '203.0.113.66' }), AUTHORIZED);
    expect(peersOf(await announce(announceQuery(infoHash)))).toEqual(['203.0.113.66:7000']);
  });

  test.each([
    [
      'a wrong token',
      { ip: '203.0.113.66' },
      { authorization: 'Bearer nonsense' },
      'the publisher token is wrong',
    ],
    ['another scheme', {}, { authorization: 'Basic eDp5' }, 'the publisher token is wrong'],
    ['an ip that is a name', { ip: 'seed.example' }, AUTHORIZED, 'ip is not an IP address'],
    ['no address', {}, { 'cf-connecting-ip': '' }, 'the tracker cannot see your address'],
    [
      'an address that is none',
      {},
      { 'cf-connecting-ip': '1.2.3' },
      'the tracker cannot see your address',
    ],
  ])('announce() refuses %s and stores nothing', async (_case, parameters, headers, reason) => {
    const infoHash = await freshSwarm(`refused ${_case}`);
    const answer = await announce(announceQuery(infoHash, { ...seeder, ...parameters }), headers);
    expect(failureOf(answer)).toBe(reason);
    expect(countsOf(await announce(announceQuery(infoHash)))).toEqual([0, 1]);
  });

  test('announce() with stopped from another address removes nothing', async () => {
    const infoHash = await freshSwarm('stopped by another');
    await announce(announceQuery(infoHash, seeder), { 'cf-connecting-ip': '198.51.100.7' });
    await announce(announceQuery(infoHash, { ...seeder, event: 'stopped' }));
    expect(peersOf(await announce(announceQuery(infoHash)))).toEqual(['198.51.100.7:7000']);
    await announce(announceQuery(infoHash, { ...seeder, event: 'stopped' }), {
      'cf-connecting-ip': '198.51.100.7',
    });
    expect(peersOf(await announce(announceQuery(infoHash)))).toEqual([]);
  });
});

function announceQueryFor(byteHex: string): string {
  return `info_hash=${percentEncode(byteHex.repeat(20))}&peer_id=${peerIdText('1')}&port=1&left=1`;
}
