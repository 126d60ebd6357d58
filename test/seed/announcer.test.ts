import { describe, expect, test } from 'vitest';
import type { ServerResponse } from 'node:http';
import type { Whereabouts } from '../../seed-node/announce/peer-location.ts';
import type { Endpoint } from '../../shared/endpoint.ts';
import { formatEndpoint } from '../../shared/endpoint.ts';
import { answer, CountingTracker, type HeardAnnounce, REPLY } from '../support/counting-tracker.ts';
import { freePort } from '../support/free-port.ts';
import { infoHashOf, manyInfoHashes, startAnnouncer, TOKEN } from '../support/started-announcer.ts';
import { waitUntil } from '../support/wait-until.ts';

/** Until so many announces were answered, and the answers taken. */
function waitForAnswers(answered: readonly string[], count: number): Promise<unknown> {
  return waitUntil(`${count} answers`, () => (answered.length >= count ? true : undefined));
}

/** What an announce said about where we are. */
function placeIn({ query }: HeardAnnounce): string {
  return query
    .split('&')
    .filter((parameter) => /^(port|ip|ipv6)=/.test(parameter))
    .join('&');
}

describe('Announcer', () => {
  test('says started once, names the peers that come back, and says stopped at the end', async () => {
    const edge = await CountingTracker.start();
    edge.respond = (response) =>
      answer(response, { ...REPLY, peers: Uint8Array.of(192, 0, 2, 7, 26, 225) });
    const named: Endpoint[] = [];
    const onPeers = (_infoHash: string, peers: readonly Endpoint[]): void => {
      named.push(...peers);
    };
    const { announcer, uploads } = startAnnouncer(edge.origin, { onPeers });
    uploads.add(infoHashOf(1), 42, 1);

    announcer.add(infoHashOf(1));
    announcer.add(infoHashOf(1));
    await waitUntil('peers', () => named[0]);
    await announcer.stop();

    expect(edge.events()).toEqual(['started', 'stopped']);
    expect(edge.heard[0]?.query).toContain('&port=7000&uploaded=42&');
    expect(edge.heard[0]?.query).toContain('&ip=192.0.2.1&ipv6=2001%3Adb8%3A%3A1');
    expect(edge.heard[0]?.authorization).toBe(`Bearer ${TOKEN}`);
    expect(named.map(formatEndpoint)).toEqual(['192.0.2.7:6881']);
  });

  test('tries again soon while nobody answers, and then still says started', async () => {
    const port = await freePort();
    const { announcer, logged } = startAnnouncer(`http://127.0.0.1:${port}`);
    const httpLines = (): string[] => logged.filter((line) => line.includes('http:'));

    announcer.add(infoHashOf(1));
    await waitUntil('the first failure', () => httpLines()[0]);
    const edge = await CountingTracker.start(port);
    await waitUntil('the return', () => httpLines()[1]);

    expect(edge.events()).toEqual(['started']);
    expect(httpLines()).toEqual([
      expect.stringContaining(`warn: Announcing to ${edge.origin} failed and is tried again: `),
      `${edge.origin} answers again`,
    ]);
  });

  test('an edge that is away is not asked for each torrent', async () => {
    const edge = await CountingTracker.start();
    edge.respond = (response) => void response.writeHead(503).end('away');
    const { announcer } = startAnnouncer(edge.origin);

    for (const infoHash of manyInfoHashes(200)) announcer.add(infoHash);
    await waitUntil('a second attempt', () => edge.heard[16]);

    expect(edge.heard.length).toBeLessThan(30);
    edge.respond = (response) => answer(response, REPLY);
    await waitUntil('all of them', () => (edge.heard.length >= 217 ? true : undefined));
  });

  test.each([200, 403])(
    'waits as long as a refusal says that comes with HTTP %i',
    async (status) => {
      const edge = await CountingTracker.start();
      edge.respond = (response) =>
        answer(response, { 'failure reason': 'not registered', 'retry in': '10' }, status);
      const { announcer, logged } = startAnnouncer(edge.origin);

      announcer.add(infoHashOf(1));
      const line = await waitUntil('the refusal', () =>
        logged.find((each) => each.includes('refused')),
      );
      await new Promise((resolve) => setTimeout(resolve, 1_500));

      expect(line).toBe(
        `warn: ${edge.origin} refused the announce of ${infoHashOf(1)}: not registered`,
      );
      expect(edge.heard).toHaveLength(1);
    },
  );

  test('stop() says nothing about torrents that the tracker never knew', async () => {
    const edge = await CountingTracker.start();
    edge.respond = (response) => answer(response, { 'failure reason': 'no' });
    const { announcer, logged } = startAnnouncer(edge.origin);
    announcer.add(infoHashOf(1));
    await waitUntil('the refusal', () => logged.find((line) => line.includes('refused')));

    await announcer.stop();

    expect(edge.events()).toEqual(['started']);
  });

  test('stop() takes leave of what was uploaded last first', async () => {
    const edge = await CountingTracker.start();
    const { announcer, answered, uploads } = startAnnouncer(edge.origin);
    const swarms = manyInfoHashes(100);
    for (const infoHash of swarms) announcer.add(infoHash);
    await waitForAnswers(answered, 100);
    for (const [index, infoHash] of swarms.entries()) uploads.add(infoHash, 1, index);

    await announcer.stop();

    const goodbyes = edge.heard.filter(({ event }) => event === 'stopped');
    expect(new Set(goodbyes.map(({ infoHash }) => infoHash))).toEqual(new Set(swarms));
    // Sixteen at a time: which of those is heard first is the network's choice.
    const first = goodbyes.slice(0, 16).map(({ infoHash }) => infoHash);
    expect(swarms.slice(-50)).toEqual(expect.arrayContaining(first));
  });

  test('stop() takes no longer than its time where nobody hears the goodbyes', async () => {
    const edge = await CountingTracker.start();
    const { announcer, answered } = startAnnouncer(edge.origin);
    for (const infoHash of manyInfoHashes(100)) announcer.add(infoHash);
    await waitForAnswers(answered, 100);
    edge.respond = () => {};

    await announcer.stop();

    expect(edge.events().filter((event) => event === 'stopped')).toHaveLength(16);
  });

  test('announces many torrents a few at a time', async () => {
    const edge = await CountingTracker.start();
    let underWay = 0;
    let most = 0;
    edge.respond = (response) => {
      underWay += 1;
      most = Math.max(most, underWay);
      setTimeout(() => {
        underWay -= 1;
        answer(response, REPLY);
      }, 100);
    };
    const { announcer } = startAnnouncer(edge.origin);

    for (const infoHash of manyInfoHashes(100)) announcer.add(infoHash);
    await waitUntil('all of them', () => (edge.heard.length === 100 ? true : undefined));

    expect(most).toBe(16);
  });

  test('announces 2,000 torrents once each', async () => {
    const edge = await CountingTracker.start();
    const { announcer } = startAnnouncer(edge.origin);
    const swarms = manyInfoHashes(2_000);

    for (const infoHash of swarms) announcer.add(infoHash);
    await waitUntil('all of them', () => (edge.heard.length >= 2_000 ? true : undefined));

    expect(edge.heard).toHaveLength(2_000);
    expect(new Set(edge.heard.map(({ infoHash }) => infoHash)).size).toBe(2_000);
  });

  test('says the tracker id again that it was given', async () => {
    const edge = await CountingTracker.start();
    edge.respond = (response) =>
      answer(response, { ...REPLY, 'tracker id': Uint8Array.of(0x26, 0xff) });
    const { announcer, answered } = startAnnouncer(edge.origin);
    announcer.add(infoHashOf(1));
    await waitForAnswers(answered, 1);

    await announcer.stop();

    expect(edge.heard[0]?.query).not.toContain('trackerid');
    expect(edge.heard[1]?.query).toContain('&trackerid=%26%ff');
  });

  test('remove() ends the announces of a torrent', async () => {
    const edge = await CountingTracker.start();
    const { announcer, answered } = startAnnouncer(edge.origin);
    announcer.add(infoHashOf(1));
    await waitForAnswers(answered, 1);

    announcer.remove(infoHashOf(1));
    await announcer.stop();

    expect(edge.events()).toEqual(['started']);
  });

  test('says where we are, asked anew for each announce', async () => {
    const edge = await CountingTracker.start();
    let asked = 0;
    const whereabouts = (): Whereabouts => {
      asked += 1;
      return { port: 7000 + asked, address: `192.0.2.${asked}`, ipv6Address: `2001:db8::${asked}` };
    };
    const ownEdge = { publisherToken: TOKEN, whereabouts };
    const { announcer, answered } = startAnnouncer(edge.origin, { ownEdge });
    announcer.add(infoHashOf(1));
    await waitForAnswers(answered, 1);

    await announcer.stop();

    expect(edge.heard.map(placeIn)).toEqual([
      'port=7001&ip=192.0.2.1&ipv6=2001%3Adb8%3A%3A1',
      'port=7002&ip=192.0.2.2&ipv6=2001%3Adb8%3A%3A2',
    ]);
  });

  test('moved() tells the edge soon, also where it was just being told the old place', async () => {
    const edge = await CountingTracker.start();
    const held: ServerResponse[] = [];
    const [told, beingTold] = [infoHashOf(1), infoHashOf(2)];
    edge.respond = (response, { infoHash }) => {
      if (infoHash === beingTold && held.length === 0) held.push(response);
      else answer(response, REPLY);
    };
    let port = 7000;
    const ownEdge = {
      publisherToken: TOKEN,
      whereabouts: () => ({ port, address: '192.0.2.1' }),
    };
    const { announcer, answered } = startAnnouncer(edge.origin, { ownEdge });
    for (const infoHash of [told, beingTold]) announcer.add(infoHash);
    await waitForAnswers(answered, 1);
    const response = await waitUntil('the other one', () => held[0]);

    port = 7001;
    announcer.moved();
    await waitUntil('the new place of one', () => edge.heard[2]);
    answer(response, REPLY);
    await waitUntil('the new place of the other', () => edge.heard[3]);

    const said = edge.heard.map((heard) => [heard.infoHash, heard.event, placeIn(heard)]);
    expect(said.slice(2)).toEqual([
      [told, 'update', 'port=7001&ip=192.0.2.1'],
      [beingTold, 'update', 'port=7001&ip=192.0.2.1'],
    ]);
  });

  test('moved() tells 500 torrents at the pace of all announces', async () => {
    const edge = await CountingTracker.start();
    const { announcer, answered } = startAnnouncer(edge.origin);
    const swarms = manyInfoHashes(500);
    for (const infoHash of swarms) announcer.add(infoHash);
    await waitForAnswers(answered, 500);
    let underWay = 0;
    let most = 0;
    edge.respond = (response) => {
      underWay += 1;
      most = Math.max(most, underWay);
      setImmediate(() => {
        underWay -= 1;
        answer(response, REPLY);
      });
    };

    announcer.moved();
    await waitForAnswers(answered, 1_000);

    const again = edge.heard.slice(500);
    expect(again).toHaveLength(500);
    expect(new Set(again.map(({ infoHash }) => infoHash))).toEqual(new Set(swarms));
    expect(most).toBeLessThanOrEqual(16);
  });
});
