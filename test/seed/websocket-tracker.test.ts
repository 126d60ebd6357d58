import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { EmbeddedEdge } from '../../seed-node/edge/embedded-edge.ts';
import { createLog } from '../../seed-node/log.ts';
import { type InfoHash, infoHashBytes, infoHashFromHex } from '../../shared/info-hash.ts';
import { infoHashOf, OUR_PEER_ID, startAnnouncer, TOKEN } from '../support/started-announcer.ts';
import { createTempDir } from '../support/temp-dir.ts';
import { waitUntil } from '../support/wait-until.ts';

async function startEdge(options: {
  stateDir: string;
  port?: number;
  vars?: Record<string, string>;
}): Promise<EmbeddedEdge> {
  const edge = new EmbeddedEdge({
    host: '127.0.0.1',
    port: options.port ?? 0,
    stateDir: options.stateDir,
    vars: { PUBLISHER_TOKEN: TOKEN, TRACKER_MODE: 'open', ...options.vars },
    log: createLog('silent', () => {}),
  });
  await edge.start();
  onTestFinished(() => edge.stop());
  return edge;
}

/** The swarm's seeders, as an ordinary client is told. */
async function seedersOf(port: number, infoHash: InfoHash): Promise<number> {
  const id = [...infoHashBytes(infoHash)]
    .map((byte) => `%${byte.toString(16).padStart(2, '0')}`)
    .join('');
  const response = await fetch(`http://127.0.0.1:${port}/scrape?info_hash=${id}`);
  return Number(/8:completei(\d+)e/.exec(await response.text())?.[1] ?? -1);
}

async function waitForSeeders(port: number, infoHash: InfoHash, count: number): Promise<void> {
  await waitUntil(`${count} seeders of ${infoHash}`, async () =>
    (await seedersOf(port, infoHash)) === count ? true : undefined,
  );
}

/** A browser that offers a connection once, and the messages that it gets. */
async function offerTo(port: number, infoHash: InfoHash, sdp: string): Promise<unknown[]> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/announce/${infoHash.slice(0, 2)}`);
  onTestFinished(() => socket.close());
  const messages: unknown[] = [];
  socket.addEventListener('message', ({ data }) => messages.push(JSON.parse(String(data))));
  await new Promise((resolve) => socket.addEventListener('open', resolve));
  socket.send(
    JSON.stringify({
      action: 'announce',
      info_hash: String.fromCharCode(...infoHashBytes(infoHash)),
      peer_id: 'browser'.padEnd(20, '-'),
      left: 1,
      event: 'started',
      numwant: 1,
      offers: [{ offer_id: 'offer'.padEnd(20, '-'), offer: { type: 'offer', sdp } }],
    }),
  );
  return messages;
}

describe('Announcer over WebSockets', () => {
  test('announces many swarms as a seeder, and says goodbye', async () => {
    const { port } = await startEdge({ stateDir: join(createTempDir(), 'edge') });
    const { announcer, logged } = startAnnouncer(`http://127.0.0.1:${port}`);
    const swarms = Array.from({ length: 12 }, (_, n) => infoHashOf(n * 20));

    for (const infoHash of swarms) announcer.add(infoHash);
    for (const infoHash of swarms) await waitForSeeders(port, infoHash, 1);
    await announcer.stop();

    for (const infoHash of swarms) await waitForSeeders(port, infoHash, 0);
    expect(logged).toEqual([]);
  });

  test('answers an offer, and only where there is an answer', async () => {
    const { port } = await startEdge({ stateDir: join(createTempDir(), 'edge') });
    const offers: string[] = [];
    const { announcer } = startAnnouncer(`http://127.0.0.1:${port}`, {
      answer: (sdp) => {
        offers.push(sdp);
        return Promise.resolve(sdp === 'good' ? 'an answer' : undefined);
      },
    });
    const infoHash = infoHashOf(7);
    announcer.add(infoHash);
    await waitForSeeders(port, infoHash, 1);

    const unanswered = await offerTo(port, infoHash, 'bad');
    const answered = await offerTo(port, infoHash, 'good');
    await waitUntil('the answer', () =>
      answered.find((message) => JSON.stringify(message).includes('"answer"')),
    );

    expect(offers.toSorted()).toEqual(['bad', 'good']);
    expect(answered).toContainEqual(
      expect.objectContaining({
        answer: { type: 'answer', sdp: 'an answer' },
        offer_id: 'offer'.padEnd(20, '-'),
        peer_id: OUR_PEER_ID,
      }),
    );
    expect(JSON.stringify(unanswered)).not.toContain('"answer"');
  });

  test('leaves the sockets of its address to others', async () => {
    const { port } = await startEdge({
      stateDir: join(createTempDir(), 'edge'),
      vars: { SWARM_SHARDS: '1', MAX_SOCKETS_PER_ADDRESS: '2' },
    });
    const offers = new Set<string>();
    const { announcer } = startAnnouncer(`http://127.0.0.1:${port}`, {
      answer: (sdp) => {
        offers.add(sdp);
        return Promise.resolve(undefined);
      },
    });
    const swarms = [infoHashOf(1), infoHashOf(100), infoHashOf(200)];
    for (const infoHash of swarms) announcer.add(infoHash);
    await waitUntil(
      'all announces',
      () =>
        swarms.every((each) =>
          announcer.statesOf(each).every(({ state }) => state === 'announced'),
        ) || undefined,
    );

    await offerTo(port, infoHashOf(1), 'first');
    await offerTo(port, infoHashOf(200), 'last');
    await waitUntil('both offers', () => offers.size === 2 || undefined);

    expect(offers).toEqual(new Set(['first', 'last']));
  });

  test('announces everything again at an edge that was away and is new', async () => {
    const first = await startEdge({ stateDir: join(createTempDir(), 'edge') });
    const { port } = first;
    const { announcer } = startAnnouncer(`http://127.0.0.1:${port}`);
    const swarms = Array.from({ length: 20 }, (_, n) =>
      infoHashFromHex(`ab${n.toString(16).padStart(2, '0')}`.padEnd(40, '0')),
    ).filter((infoHash) => infoHash !== undefined);
    for (const infoHash of swarms) announcer.add(infoHash);
    for (const infoHash of swarms) await waitForSeeders(port, infoHash, 1);

    await first.stop();
    await startEdge({ stateDir: join(createTempDir(), 'edge'), port });
    expect(await seedersOf(port, infoHashOf(0xab))).toBe(0);

    for (const infoHash of swarms) await waitForSeeders(port, infoHash, 1);
  });

  test('reports once what the tracker refuses', async () => {
    const edge = new EmbeddedEdge({
      host: '127.0.0.1',
      port: 0,
      stateDir: join(createTempDir(), 'edge'),
      vars: { PUBLISHER_TOKEN: TOKEN, TRACKER_MODE: 'published' },
      log: createLog('silent', () => {}),
    });
    await edge.start();
    onTestFinished(() => edge.stop());
    const { announcer, logged } = startAnnouncer(`http://127.0.0.1:${edge.port}`);

    announcer.add(infoHashOf(1));

    const name = `ws://127.0.0.1:${edge.port}`;
    const line = await waitUntil('the refusal', () => logged.find((each) => each.includes(name)));
    expect(line).toContain(`${name} refused the announce of ${infoHashOf(1)}: `);
  });
});
