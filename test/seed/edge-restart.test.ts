import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { EmbeddedEdge } from '../../seed-node/edge/embedded-edge.ts';
import { createLog } from '../../seed-node/log.ts';
import { parseAnnounceReply } from '../../shared/announce.ts';
import { formatEndpoint } from '../../shared/endpoint.ts';
import { type InfoHash, infoHashBytes } from '../../shared/info-hash.ts';
import { manyInfoHashes, startAnnouncer, TOKEN } from '../support/started-announcer.ts';
import { createTempDir } from '../support/temp-dir.ts';
import { waitUntil } from '../support/wait-until.ts';

const SWARMS = 300;
/** Ten seconds are promised; the machine may be busy with other tests. */
const FIRST_WITHIN_MS = 20_000;
const ALL_WITHIN_MS = 60_000;
/** A browser may ask `MAX_REQUESTS_PER_MINUTE_PER_ADDRESS` times, and then is refused until the minute is over. */
const OFFERS_EVERY_MS = 1_000;
const OUR_ADDRESS = '192.0.2.1:7000';

async function startEdge(stateDir: string, port = 0): Promise<EmbeddedEdge> {
  const edge = new EmbeddedEdge({
    host: '127.0.0.1',
    port,
    stateDir,
    vars: { PUBLISHER_TOKEN: TOKEN, TRACKER_MODE: 'open' },
    log: createLog('silent', () => {}),
  });
  await edge.start();
  onTestFinished(() => edge.stop());
  return edge;
}

/** Whether a leecher is told of us, over HTTP; whoever is there over a WebSocket alone has no address. */
async function hasAddress(port: number, infoHash: InfoHash): Promise<true | undefined> {
  const query = `info_hash=${infoHash.replaceAll(/../g, '%$&')}&peer_id=${'leecher'.padEnd(20, '-')}`;
  const response = await fetch(`http://127.0.0.1:${port}/announce?${query}&port=1&left=1`, {
    // Whoever has it may ask as often as it likes.
    headers: { authorization: `Bearer ${TOKEN}` },
  });
  const reply = parseAnnounceReply(await response.bytes());
  if (!reply.ok || 'failureReason' in reply.value) throw new Error('The edge refused');
  return reply.value.peers.some((peer) => formatEndpoint(peer) === OUR_ADDRESS) || undefined;
}

/** A browser's offer, which reaches us where our WebSocket is known; where it cannot be made, nothing happens. */
async function offer(port: number, infoHash: InfoHash): Promise<void> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/announce/${infoHash.slice(0, 2)}`);
  const announce = {
    action: 'announce',
    info_hash: String.fromCharCode(...infoHashBytes(infoHash)),
    peer_id: 'browser'.padEnd(20, '-'),
    left: 1,
    numwant: 1,
    offers: [{ offer_id: 'offer'.padEnd(20, '-'), offer: { type: 'offer', sdp: infoHash } }],
  };
  socket.addEventListener('open', () => socket.send(JSON.stringify(announce)));
  await new Promise((resolve) => {
    for (const event of ['message', 'error', 'close']) socket.addEventListener(event, resolve);
    setTimeout(resolve, 5_000);
  });
  socket.close();
}

describe('after an edge restart', () => {
  test('hundreds of swarms are back over HTTP and over WebSockets, the first within seconds', async () => {
    const first = await startEdge(join(createTempDir(), 'edge'));
    const { port } = first;
    const offered = new Set<string>();
    const { announcer, logged } = startAnnouncer(`http://127.0.0.1:${port}`, {
      answer: (sdp) => {
        offered.add(sdp);
        return Promise.resolve(undefined);
      },
    });
    const swarms = manyInfoHashes(SWARMS);
    const some = swarms.slice(0, 5);
    for (const infoHash of swarms) announcer.add(infoHash);
    const waitForAll = async (): Promise<void> => {
      for (const infoHash of swarms) {
        await waitUntil(`${infoHash} over HTTP`, () => hasAddress(port, infoHash), ALL_WITHIN_MS);
      }
    };
    await waitForAll();

    await first.stop();
    // Away until the pauses between attempts are at their longest, and back with no memory of anybody.
    await new Promise((resolve) => setTimeout(resolve, 12_000));
    await startEdge(join(createTempDir(), 'edge'), port);

    const returns = [
      waitUntil(
        'the first one over HTTP',
        async () => (await Promise.all(some.map((each) => hasAddress(port, each)))).find(Boolean),
        FIRST_WITHIN_MS,
      ),
      waitUntil(
        'the first one over a WebSocket',
        async () => {
          await Promise.all(some.map((each) => offer(port, each)));
          await new Promise((resolve) => setTimeout(resolve, OFFERS_EVERY_MS));
          return offered.size > 0 || undefined;
        },
        FIRST_WITHIN_MS,
      ),
    ];
    await Promise.all(returns);
    await waitForAll();
    expect(logged.filter((line) => line.includes('answers again')).length).toBeGreaterThan(0);
    // One site, one line, however many torrents and sockets it has.
    expect(logged.filter((line) => line.startsWith('warn')).length).toBeLessThan(10);
  }, 240_000);
});
