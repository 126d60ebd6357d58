import { beforeAll, describe, expect, test } from 'vitest';
import { decodeBencode, entryOf, integerOf } from '../../shared/bencode.ts';
import { decodeLatin1 } from '../../shared/text.ts';
import { type InfoHash, infoHashBytes, infoHashFromHex } from '../../shared/info-hash.ts';
import { announce, announceQuery, peerIdText, percentEncode } from './support/announces.ts';
import { fetchEdge, publish } from './support/edge.ts';
import { sampleTorrent } from './support/torrents.ts';

const LIMITS = { bytes: 100_000, depth: 4, nodes: 1000 };

/** `[complete, incomplete, downloaders, downloaded]` of each asked hash that is in the reply. */
async function scrape(infoHashes: readonly InfoHash[], path = '/scrape'): Promise<unknown[]> {
  const query = infoHashes.map((infoHash) => `info_hash=${percentEncode(infoHash)}`).join('&');
  const response = await fetchEdge(`${path}?${query}`);
  expect(response.status).toBe(200);
  const reply = decodeBencode(await response.bytes(), LIMITS);
  if (!reply.ok) throw new Error(reply.refusal.reason);
  return infoHashes.map((infoHash) => {
    const key = decodeLatin1(infoHashBytes(infoHash));
    const swarm = entryOf(entryOf(reply.value, 'files'), key);
    return ['complete', 'incomplete', 'downloaders', 'downloaded'].map((name) =>
      integerOf(entryOf(swarm, name)),
    );
  });
}

function infoHashOfByte(byteHex: string): InfoHash {
  const infoHash = infoHashFromHex(byteHex.repeat(20));
  if (infoHash === undefined) throw new Error('20 bytes are an info-hash');
  return infoHash;
}

describe('GET /scrape', () => {
  let busy: InfoHash;
  let idle: InfoHash;
  beforeAll(async () => {
    const torrents = [
      await sampleTorrent('scraped busy'),
      await sampleTorrent('scraped idle'),
    ] as const;
    for (const torrent of torrents) await publish(torrent.bytes);
    busy = torrents[0].infoHash;
    idle = torrents[1].infoHash;
    await announce(announceQuery(busy));
    await announce(announceQuery(busy, { peer_id: peerIdText('2'), left: '0' }));
    await announce(announceQuery(busy, { event: 'completed', left: '0' }));
    await announce(announceQuery(busy, { peer_id: peerIdText('3') }));
    await announce(announceQuery(busy, { peer_id: peerIdText('4'), event: 'paused' }));
  });

  test.each(['/scrape', '/scrape/ab'])(
    '%s counts seeders, leechers, those of them that download (BEP 21), and downloads',
    async (path) => {
      expect(await scrape([busy], path)).toEqual([[2, 2, 1, 1]]);
    },
  );

  test('scrape() answers hashes of every shard, in one reply', async () => {
    const unknown = ['00', '55', 'aa', 'ff'].map((byte) => infoHashOfByte(byte));
    expect(await scrape([busy, idle, ...unknown])).toEqual([
      [2, 2, 1, 1],
      [0, 0, 0, 0],
      ...unknown.map(() => [0, 0, 0, 0]),
    ]);
  });

  test('scrape() says how often to come at most, in flags', async () => {
    const response = await fetchEdge(`/scrape?info_hash=${percentEncode(idle)}`);
    expect(response.headers.get('content-type')).toBe('text/plain');
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(await response.text()).toMatch(/5:flagsd20:min_request_intervali1800eee$/);
  });

  test('scrape() answers a repeated hash once', async () => {
    expect(await scrape([busy, busy])).toEqual([
      [2, 2, 1, 1],
      [2, 2, 1, 1],
    ]);
  });

  const hash = percentEncode('ab'.repeat(20));
  test.each([
    ['no info_hash', '', 'info_hash is missing: this tracker answers no full scrape'],
    ['an info_hash of 19 bytes', 'info_hash=abc', 'info_hash is not 20 bytes'],
    [
      'one bad info_hash among good ones',
      `info_hash=${hash}&info_hash=x`,
      'info_hash is not 20 bytes',
    ],
    [
      '65 info_hash',
      Array(65).fill(`info_hash=${hash}`).join('&'),
      'too many info_hash for one scrape',
    ],
  ])('scrape() refuses %s', async (_case, query, reason) => {
    const response = await fetchEdge(`/scrape?${query}`);
    expect(response.status).toBe(200);
    expect(await response.text()).toContain(`14:failure reason${reason.length}:${reason}`);
  });

  test('scrape() takes 64 different info_hash with every byte escaped', async () => {
    const infoHashes = Array.from({ length: 64 }, (_, n) =>
      infoHashOfByte(n.toString(16).padStart(2, '0')),
    );
    expect(await scrape(infoHashes)).toHaveLength(64);
    expect(new Set((await scrape(infoHashes)).flat(2))).toEqual(new Set([0]));
  });
});
