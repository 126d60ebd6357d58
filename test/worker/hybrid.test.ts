import { describe, expect, test } from 'vitest';
import { swarmsOf } from '../../shared/info-hash.ts';
import { parseMetainfo } from '../../shared/metainfo.ts';
import type { Publication } from '../../shared/publication.ts';
import { announce, announceQuery, failureOf, peerIdText } from './support/announces.ts';
import { AUTHORIZED, fetchEdge, ORIGIN, publish } from './support/edge.ts';
import { type SampleTorrent, sampleTorrent } from './support/torrents.ts';

async function publishSample(
  name: string,
  format: 'v2' | 'hybrid',
): Promise<SampleTorrent & { readonly publication: Publication }> {
  const torrent = await sampleTorrent(name, { format, paths: [['a'], ['b']] });
  const response = await publish(torrent.bytes);
  expect(response.status).toBe(201);
  return { ...torrent, publication: await response.json<Publication>() };
}

/** A listing may be some seconds old: one of another size is not. */
let pageSize = 100;

/** Each way to name the torrent in a URL. */
function namesOf({ hashes }: SampleTorrent): string[] {
  const { v1, v2 = '' } = hashes;
  return [...(v1 === undefined ? [] : [v1]), v2, v2.slice(0, 40), v2.toUpperCase()];
}

async function statuses(paths: readonly string[], method = 'GET'): Promise<number[]> {
  const headers = method === 'GET' ? {} : AUTHORIZED;
  return Promise.all(
    paths.map(async (path) => (await fetchEdge(path, { method, headers })).status),
  );
}

async function failures(torrent: SampleTorrent): Promise<(string | undefined)[]> {
  const swarms = swarmsOf(torrent.hashes);
  return Promise.all(swarms.map(async (swarm) => failureOf(await announce(announceQuery(swarm)))));
}

const KINDS = ['v2', 'hybrid'] as const;

describe.each(KINDS)('a %s publication', (format) => {
  test('is answered with its info-hashes and a magnet link that has them', async () => {
    const { publication, hashes } = await publishSample(`answered ${format}`, format);
    expect(publication).toMatchObject({ infoHash: hashes.v1 ?? null, infoHashV2: hashes.v2 });
    expect(publication.pageUrl).toBe(`${ORIGIN}/t/${hashes.v1 ?? hashes.v2}`);
    expect(publication.magnet.includes('xt=urn:btih:')).toBe(format === 'hybrid');
    expect(publication.magnet).toContain(`xt=urn:btmh:1220${hashes.v2}`);
  });

  test('is found under each of its names: page, file and API', async () => {
    const torrent = await publishSample(`found ${format}`, format);
    for (const prefix of ['/t/', '/api/torrents/']) {
      const paths = namesOf(torrent).map((name) => `${prefix}${name}`);
      expect(await statuses(paths)).toEqual(paths.map(() => 200));
    }
    for (const name of namesOf(torrent)) {
      const response = await fetchEdge(`/t/${name}.torrent`);
      const served = parseMetainfo(await response.bytes());
      expect(served.ok && served.value.infoBytes).toEqual(torrent.infoBytes);
      expect(served.ok && served.value.pieceLayers).toEqual(new Map());
    }
  });

  test('shows its info-hashes to people', async () => {
    const { hashes } = await publishSample(`shown ${format}`, format);
    const page = await (await fetchEdge(`/t/${hashes.v2}`)).text();
    expect(page).toContain(`<code dir="ltr">${hashes.v2}</code>`);
    const isHybrid = format === 'hybrid';
    expect(page.includes(`<code dir="ltr">${hashes.v1}</code>`)).toBe(isHybrid);
    // No browser downloads what is v2 alone, and then no button says so.
    expect(page.includes('data-part="start"')).toBe(isHybrid);
    expect(page.includes('This torrent is v2 alone')).toBe(!isHybrid);
  });

  test('is tracked in each of its swarms, and in none when it is removed', async () => {
    const torrent = await publishSample(`tracked ${format}`, format);
    const swarms = swarmsOf(torrent.hashes);
    expect(await failures(torrent)).toEqual(swarms.map(() => undefined));

    // By its last name: of a hybrid, not the one that it is filed under.
    const name = `/api/torrents/${torrent.hashes.v2}`;
    expect(await statuses([name], 'DELETE')).toEqual([204]);

    expect(await failures(torrent)).toEqual(
      swarms.map(() => 'this torrent is not registered at this tracker'),
    );
    expect(await statuses(namesOf(torrent).map((each) => `/t/${each}`))).not.toContain(200);
    expect(await statuses([name], 'DELETE')).toEqual([404]);
  });

  test('is blocked and unblocked by any of its info-hashes, in all of its swarms', async () => {
    const torrent = await publishSample(`blocked ${format}`, format);
    const swarms = swarmsOf(torrent.hashes);
    for (const name of namesOf(torrent)) {
      expect(await statuses([`/api/blocklist/${name}`], 'PUT')).toEqual([201]);
      const refusals = await failures(torrent);
      expect(refusals).toEqual(swarms.map(() => 'this torrent is blocked at this tracker'));
      expect(await statuses([`/t/${torrent.hashes.v2}`])).toEqual([451]);
      expect(await (await fetchEdge(`/?q=blocked&limit=${(pageSize -= 1)}`)).text()).not.toContain(
        `blocked ${format}`,
      );
      expect((await publish(torrent.bytes)).status).toBe(403);

      expect(await statuses([`/api/blocklist/${name}`], 'DELETE')).toEqual([204]);
      expect(await failures(torrent)).toEqual(swarms.map(() => undefined));
      expect(await statuses([`/t/${torrent.hashes.v2}`])).toEqual([200]);
    }
  });

  test('counts a client once, though it is in both swarms', async () => {
    const torrent = await publishSample(`counted ${format}`, format);
    for (const swarm of swarmsOf(torrent.hashes)) {
      for (const [peer, left] of [
        ['1', '0'],
        ['2', '5'],
      ] as const) {
        await announce(
          announceQuery(swarm, { peer_id: peerIdText(peer), port: `10${peer}`, left }),
        );
      }
    }
    // One more that knows only one of them.
    const [first] = swarmsOf(torrent.hashes);
    await announce(announceQuery(first, { peer_id: peerIdText('3'), port: '103', left: '0' }));

    const response = await fetchEdge(`/api/torrents/${torrent.hashes.v2}`);
    expect(await response.json()).toMatchObject({ seeders: 2, leechers: 1, files: 2, size: 10 });
  });
});
