import { once } from 'node:events';
import { join } from 'node:path';
import Server from 'bittorrent-tracker/server';
import { describe, expect, onTestFinished, test } from 'vitest';
import { parseMagnet } from '../../shared/parse-magnet.ts';
import { parseMetainfo } from '../../shared/metainfo.ts';
import { answer, CountingTracker, REPLY } from '../support/counting-tracker.ts';
import { writeTree } from '../support/content.ts';
import { SeedProcess } from '../support/seed-process.ts';
import { infoHashOf, manyInfoHashes, startAnnouncer, TOKEN } from '../support/started-announcer.ts';
import { createTempDir } from '../support/temp-dir.ts';
import { waitUntil } from '../support/wait-until.ts';

describe('Announcer at the trackers of others', () => {
  test('tells them the port, and neither the token nor an address', async () => {
    const [edge, other] = [await CountingTracker.start(), await CountingTracker.start()];
    const { announcer, answered } = startAnnouncer(edge.origin, { port: () => 7100 });

    announcer.add(infoHashOf(1));
    announcer.announceElsewhere(infoHashOf(1), [
      `${other.url}?passkey=x`,
      `${other.url}?passkey=x#y`,
    ]);
    await waitUntil('both replies', () => answered[1]);
    await announcer.stop();

    expect(other.events()).toEqual(['started', 'stopped']);
    for (const { query, authorization } of other.heard) {
      expect(authorization).toBeUndefined();
      expect(query).toMatch(/^passkey=x&info_hash=/);
      expect(query).not.toMatch(/&ip(v6)?=/);
      expect(query).toContain('&port=7100&');
    }
    expect(edge.heard[0]?.authorization).toBeDefined();
    expect(edge.heard[0]?.query).toContain('&port=7000&');
  });

  test('shows the token to the sockets of its own edge alone', async () => {
    const [edge, other] = [await CountingTracker.start(), await CountingTracker.start()];
    const { announcer } = startAnnouncer(edge.origin);

    announcer.add(infoHashOf(1));
    announcer.announceElsewhere(infoHashOf(1), [other.url.replace(/^http/, 'ws')]);
    await waitUntil(
      'both',
      () => (edge.socketAuthorizations[0] && other.socketAuthorizations.length > 0) || undefined,
    );

    expect(new Set(edge.socketAuthorizations)).toEqual(new Set([`Bearer ${TOKEN}`]));
    expect(new Set(other.socketAuthorizations)).toEqual(new Set([undefined]));
  });

  test('tells them another port when it moved()', async () => {
    const [edge, other] = [await CountingTracker.start(), await CountingTracker.start()];
    let port = 7000;
    const { announcer, answered } = startAnnouncer(edge.origin, { port: () => port });
    announcer.announceElsewhere(infoHashOf(1), [other.url]);
    await waitUntil('the reply', () => answered[0]);

    port = 7100;
    announcer.moved();
    const { event, query } = await waitUntil('the new port', () => other.heard[1]);

    expect(event).toBe('update');
    expect(query).toContain('&port=7100&');
  });

  test.each<[name: string, respond: CountingTracker['respond']]>([
    ['hangs', () => {}],
    ['sends too much', (response) => answer(response, { ...REPLY, x: 'x'.repeat(70_000) })],
    ['redirects', (response) => void response.writeHead(302, { location: '/elsewhere' }).end()],
    ['answers with something else', (response) => void response.writeHead(200).end('<html>')],
    ['breaks off', (response) => void response.destroy()],
  ])('one that %s is asked a few times, and slows down nobody', async (_name, respond) => {
    const [edge, other] = [await CountingTracker.start(), await CountingTracker.start()];
    other.respond = respond;
    const { announcer } = startAnnouncer(edge.origin);

    for (const infoHash of manyInfoHashes(200)) {
      announcer.announceElsewhere(infoHash, [other.url]);
      announcer.add(infoHash);
    }
    await waitUntil('all at the edge', () => (edge.heard.length >= 200 ? true : undefined));

    expect(other.heard.length).toBeGreaterThan(0);
    // Four under way at once, then probes, each later than the one before.
    expect(other.heard.length).toBeLessThan(12);
  });

  test('one that refuses each torrent is asked once for each', async () => {
    const [edge, other] = [await CountingTracker.start(), await CountingTracker.start()];
    other.respond = (response) =>
      answer(response, { 'failure reason': 'go away', 'retry in': 'never' });
    const { announcer, logged } = startAnnouncer(edge.origin);

    for (const infoHash of manyInfoHashes(100)) announcer.announceElsewhere(infoHash, [other.url]);
    await waitUntil('all of them', () => (other.heard.length >= 100 ? true : undefined));

    expect(other.heard).toHaveLength(100);
    expect(logged.filter((line) => line.includes('go away'))).toHaveLength(1);
  });

  test('passes over udp with one line, over other schemes and over the edge itself', async () => {
    const [edge, other] = [await CountingTracker.start(), await CountingTracker.start()];
    const { announcer, logged } = startAnnouncer(edge.origin);

    for (const infoHash of [infoHashOf(1), infoHashOf(2)]) {
      announcer.announceElsewhere(infoHash, [
        'udp://tracker.example:6969',
        'ftp://tracker.example',
        'nonsense',
        edge.url,
        other.url,
      ]);
    }
    await waitUntil('both at the other', () => other.heard[1]);

    expect(edge.heard).toEqual([]);
    expect(logged).toEqual(['warn: Trackers over UDP are not announced to: tracker.example:6969']);
  });

  test('announceElsewhere() again drops those that are named no more', async () => {
    const [edge, first, second] = [
      await CountingTracker.start(),
      await CountingTracker.start(),
      await CountingTracker.start(),
    ];
    const { announcer, answered } = startAnnouncer(edge.origin);

    announcer.announceElsewhere(infoHashOf(1), [first.url]);
    await waitUntil('the first reply', () => answered[0]);
    announcer.announceElsewhere(infoHashOf(1), [second.url]);
    await waitUntil('the second reply', () => answered[1]);
    await announcer.stop();

    expect(first.events()).toEqual(['started']);
    expect(second.events()).toEqual(['started', 'stopped']);
  });

  test('announces to 20 trackers of a torrent at most, the first ones', async () => {
    const [edge, other] = [await CountingTracker.start(), await CountingTracker.start()];
    const { announcer } = startAnnouncer(edge.origin);
    const urls = Array.from({ length: 21 }, (_, n) => `${other.url}?n=${n}`);

    announcer.announceElsewhere(infoHashOf(1), urls);
    await waitUntil('twenty', () => other.heard[19]);
    await announcer.stop();

    const asked = new Set(other.heard.map(({ query }) => query.split('&')[0]));
    expect(asked).toEqual(new Set(urls.slice(0, 20).map((url) => url.split('?')[1])));
  });

  test('is known to bittorrent-tracker over HTTP and over a WebSocket, until it stops', async () => {
    const edge = await CountingTracker.start();
    const server = new Server({
      udp: false,
      http: true,
      ws: true,
      stats: false,
      trustProxy: false,
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => new Promise<void>((resolve) => server.close(() => resolve())));
    const { port } = server.http.address();
    const heard: string[] = [];
    for (const event of ['start', 'stop']) {
      server.on(event, (_address: string, { type }: { readonly type: string }) =>
        heard.push(`${type} ${event}`),
      );
    }
    const { announcer, answered, logged } = startAnnouncer(edge.origin);

    for (const infoHash of manyInfoHashes(10)) {
      announcer.announceElsewhere(infoHash, [
        `http://127.0.0.1:${port}/announce`,
        `ws://127.0.0.1:${port}`,
      ]);
    }
    await waitUntil('all replies', () => answered[19]);
    await announcer.stop();

    expect(logged).toEqual([]);
    const lines = ['http start', 'http stop', 'ws start', 'ws stop'];
    expect(heard.toSorted()).toEqual(
      lines.flatMap((line) => Array.from({ length: 10 }, () => line)),
    );
  });
});

describe('npm start -- --tracker', () => {
  test('announces both swarms of a hybrid, and the links have the tracker behind the edge’s own', async () => {
    const other = await CountingTracker.start();
    const dir = createTempDir();
    writeTree(join(dir, 'album'), { 'a.txt': 40_000 });
    const start = (paths: readonly string[], trackers: string | undefined): SeedProcess =>
      new SeedProcess({
        dataDir: join(dir, 'data'),
        paths,
        env: {
          EVERTORRENT_FORMAT: 'hybrid',
          ...(trackers === undefined ? {} : { EVERTORRENT_TRACKERS: trackers }),
        },
      });

    const box = start([join(dir, 'album')], other.url);
    const publication = await box.published();
    await waitUntil('both swarms', () => other.heard[1]);
    const torrent = parseMetainfo(await (await fetch(publication.torrentUrl)).bytes());
    const magnet = parseMagnet(publication.magnet);
    await box.stop();

    const { infoHash, infoHashV2 } = publication;
    const swarms = [String(infoHash), String(infoHashV2).slice(0, 40)].toSorted();
    const heard = (event: string): string[] =>
      other.heard.filter((each) => each.event === event).map((each) => each.infoHash);
    expect(heard('started').toSorted()).toEqual(swarms);
    expect(heard('stopped').toSorted()).toEqual(swarms);
    expect(torrent.ok && torrent.value.trackers.slice(2)).toEqual([[other.url]]);
    expect(magnet.ok && magnet.value.trackers.slice(2)).toEqual([other.url]);

    // The library keeps them.
    other.heard.length = 0;
    const again = start([], undefined);
    await waitUntil('both swarms again', () => other.heard[1]);
    await again.stop();

    // Until others are named, or none.
    const without = start([join(dir, 'album')], '');
    const bare = await without.published();
    const bareTorrent = parseMetainfo(await (await fetch(bare.torrentUrl)).bytes());
    await without.ready();
    await without.stop();
    expect(bareTorrent.ok && bareTorrent.value.trackers).toHaveLength(2);
    expect(bare.magnet).not.toContain(encodeURIComponent(other.url));

    other.heard.length = 0;
    const after = start([], undefined);
    await waitUntil('the library', () =>
      after.stderr.includes('published') || after.stdout.includes('published') ? true : undefined,
    );
    await after.stop();
    expect(other.heard).toEqual([]);
  }, 120_000);
});
