import { beforeAll, describe, expect, test } from 'vitest';
import type { InfoHash } from '../../shared/info-hash.ts';
import { decodeLatin1 } from '../../shared/text.ts';
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

  test('has no header but what it is and that no cache may keep it', async () => {
    for (const query of [announceQuery(infoHash), 'junk']) {
      const response = await fetchEdge(`/announce?${query}`);
      const names = [...response.headers.keys()].filter((name) => name !== 'content-length');
      expect(names).toEqual(['cache-control', 'content-type']);
    }
  });

  test('writes the exact bytes of an empty compact reply', async () => {
    const empty = await freshSwarm('exact bytes');
    const response = await fetchEdge(`/announce?${announceQuery(empty)}`, {
      headers: { 'cf-connecting-ip': '65.66.67.68' },
    });
    expect(decodeLatin1(await response.bytes())).toMatch(
      /^d8:completei0e10:downloadedi0e11:external ip4:ABCD10:incompletei1e8:intervali\d+e12:min intervali\d+e5:peers0:e$/,
    );
  });

  test.each([
    ['a request that can never succeed', 'port=1', {}, '8:retry in5:never'],
    ['an unregistered torrent', announceQueryFor('cd'), {}, '8:retry in2:30'],
    ['no visible address', announceQueryFor('cd'), { 'cf-connecting-ip': '' }, '8:retry in1:5'],
  ])('says when to retry: %s', async (_case, query, headers, expected) => {
    const response = await fetchEdge(`/announce?${query}`, { headers });
    expect(await response.text()).toContain(expected);
  });

  test.each(['/announce', '/announce/ab', '/announce/AB'])('GET %s announces', async (path) => {
    const response = await fetchEdge(`${path}?${announceQuery(infoHash)}`);
    expect(await response.text()).toContain('8:interval');
  });

  test.each(['/', '/announce', `/announce/ab`])(
    'GET %s with an upgrade is a socket',
    async (path) => {
      const response = await fetchEdge(path, { headers: { upgrade: 'WebSocket' } });
      expect(response.status).toBe(101);
      const { webSocket } = response;
      webSocket?.accept();
      webSocket?.close();
    },
  );

  test('refuses more than 600 requests a minute of one source, but not of another', async () => {
    const from = { 'cf-connecting-ip': '2001:db8:600::1' };
    const neighbour = { 'cf-connecting-ip': '2001:db8:600::2' };
    const stranger = { 'cf-connecting-ip': '2001:db8:601::1' };
    // A new minute may begin between any two of these, but not twice.
    const answers = await Promise.all(
      Array.from({ length: 1201 }, async () => failureOf(await announce('junk', from))),
    );
    const reason = 'too many requests from your address, announce less often';
    expect(new Set(answers)).toEqual(new Set(['info_hash is missing', reason]));
    expect(failureOf(await announce('junk', stranger))).toBe('info_hash is missing');
    const more = Array.from({ length: 601 }, async () =>
      failureOf(await announce('junk', neighbour)),
    );
    expect(await Promise.all(more)).toContain(reason);
    const publisher = { ...from, ...AUTHORIZED };
    expect(failureOf(await announce(announceQuery(infoHash), publisher))).toBeUndefined();
  });
});

describe('the swarm over HTTP', () => {
  const seeder = { peer_id: peerIdText('5eed'), port: '7000', left: '0' };

  test('hands out IPv4 and IPv6 peers, never the asker', async () => {
    const infoHash = await freshSwarm('both families');
    await announce(announceQuery(infoHash, seeder), { 'cf-connecting-ip': '198.51.100.7' });
    await announce(announceQuery(infoHash, { peer_id: peerIdText('6') }), {
      'cf-connecting-ip': '2001:db8::6',
    });
    const answer = await announce(announceQuery(infoHash, { peer_id: peerIdText('2') }));
    expect(peersOf(answer)).toEqual(['198.51.100.7:7000', '[2001:db8::6]:6881']);
    expect(countsOf(answer)).toEqual([1, 2]);
  });

  // Pairs of bytes that are halves of a surrogate pair, whole ones, and none.
  test.each(['216.1.220.2', '220.2.216.1', '216.1.0.0', '0.1.223.255', '255.254.255.255'])(
    'hands out %s as it came, through the shard and back',
    async (address) => {
      const infoHash = await freshSwarm(`bytes ${address}`);
      await announce(announceQuery(infoHash, { ...seeder, port: '55297' }), {
        'cf-connecting-ip': address,
      });
      const answer = await announce(announceQuery(infoHash, { peer_id: peerIdText('2') }));
      expect(peersOf(answer)).toEqual([`${address}:55297`]);
    },
  );

  test('a dictionary reply names the same peers, each with its own id', async () => {
    const infoHash = await freshSwarm('dictionaries');
    await announce(announceQuery(infoHash, seeder), { 'cf-connecting-ip': '198.51.100.7' });
    await announce(announceQuery(infoHash, { peer_id: peerIdText('6') }), {
      'cf-connecting-ip': '2001:db8::6',
    });
    const query = announceQuery(infoHash, { peer_id: peerIdText('2'), compact: '0' });
    const text = decodeLatin1(await (await fetchEdge(`/announce?${query}`)).bytes());
    const ids = [peerIdText('5eed'), peerIdText('6')];
    expect(text).toContain(`2:ip12:198.51.100.77:peer id20:${ids[0]}4:porti7000e`);
    expect(text).toContain(`2:ip11:2001:db8::67:peer id20:${ids[1]}4:porti6881e`);
  });

  test('takes an IPv4-mapped source for the IPv4 that it is', async () => {
    const infoHash = await freshSwarm('mapped');
    await announce(announceQuery(infoHash, seeder), { 'cf-connecting-ip': '::ffff:198.51.100.7' });
    expect(peersOf(await announce(announceQuery(infoHash)))).toEqual(['198.51.100.7:7000']);
  });

  test.each([
    ['ip', { ip: '203.0.113.66' }, {}],
    ['ipv4 and ipv6', { ipv4: '203.0.113.66', ipv6: '2001:db8::66' }, {}],
    ['X-Forwarded-For', {}, { 'x-forwarded-for': '203.0.113.66' }],
  ])('believes no address in %s', async (_case, parameters, headers) => {
    const infoHash = await freshSwarm(`forged ${_case}`);
    await announce(announceQuery(infoHash, { ...seeder, ...parameters }), headers);
    expect(peersOf(await announce(announceQuery(infoHash)))).toEqual(['192.0.2.1:7000']);
  });

  test.each([
    ['ip', { ip: '203.0.113.66' }, ['203.0.113.66:7000']],
    [
      'ipv4 and ipv6',
      { ipv4: '203.0.113.66', ipv6: '2001:db8::66' },
      ['203.0.113.66:7000', '[2001:db8::66]:7000'],
    ],
  ])('takes %s beside the publisher token, as one peer', async (_case, parameters, peers) => {
    const infoHash = await freshSwarm(`stated ${_case}`);
    await announce(announceQuery(infoHash, { ...seeder, ...parameters }), AUTHORIZED);
    const answer = await announce(announceQuery(infoHash));
    expect(peersOf(answer)).toEqual(peers);
    expect(countsOf(answer)).toEqual([1, 1]);
  });

  test.each([
    [
      'a wrong token',
      { ip: '203.0.113.66' },
      { authorization: 'Bearer nonsense' },
      'the publisher token is wrong',
    ],
    ['another scheme', {}, { authorization: 'Basic eDp5' }, 'the publisher token is wrong'],
    [
      'an ip that is a name',
      { ip: 'seed.example' },
      AUTHORIZED,
      'ip, ipv4 or ipv6 is not an IP address',
    ],
    ['no address', {}, { 'cf-connecting-ip': '' }, 'the tracker cannot see your address'],
    [
      'an address that is none',
      {},
      { 'cf-connecting-ip': '1.2.3' },
      'the tracker cannot see your address',
    ],
  ])('refuses %s and stores nothing', async (_case, parameters, headers, reason) => {
    const infoHash = await freshSwarm(`refused ${_case}`);
    const answer = await announce(announceQuery(infoHash, { ...seeder, ...parameters }), headers);
    expect(failureOf(answer)).toBe(reason);
    expect(countsOf(await announce(announceQuery(infoHash)))).toEqual([0, 1]);
  });

  test('counts a partial seed as a leecher and gives it no seeders (BEP 21)', async () => {
    const infoHash = await freshSwarm('paused');
    await announce(announceQuery(infoHash, seeder), { 'cf-connecting-ip': '198.51.100.7' });
    await announce(announceQuery(infoHash, { peer_id: peerIdText('2') }), {
      'cf-connecting-ip': '198.51.100.8',
    });
    const paused = announceQuery(infoHash, { event: 'paused', peer_id: peerIdText('3') });
    const answer = await announce(paused, { 'cf-connecting-ip': '198.51.100.9' });
    expect(peersOf(answer)).toEqual(['198.51.100.8:6881']);
    expect(countsOf(answer)).toEqual([1, 2]);
  });

  test('stopped from another address removes nothing', async () => {
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
