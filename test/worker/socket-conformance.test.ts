import { env } from 'cloudflare:workers';
import { afterEach, describe, expect, test } from 'vitest';
import { infoHashToBinary } from '../../shared/binary-strings.ts';
import { encodeUtf8 } from '../../shared/text.ts';
import { requireConfig } from '../../tracker-worker/config.ts';
import { announce, announceQuery, countsOf, peerIdText, peersOf } from './support/announces.ts';
import { AUTHORIZED } from './support/edge.ts';
import { SOCKET_CONFORMANCE_ROWS } from './support/socket-conformance-rows.ts';
import { announceOf, failure, offerOf, relayedOffer, scrapeOf } from './support/socket-messages.ts';
import {
  type ClientSocket,
  closeSockets,
  freshSwarm,
  openPeer,
  openSocket,
  strangeInfoHash,
  upgrade,
} from './support/sockets.ts';

const CONFIG = requireConfig({ ...env });
const aNumber: unknown = expect.any(Number);
const STRANGER = strangeInfoHash('ab');

afterEach(closeSockets);

const seeding = { left: 0 };

describe('the tracker over WebSocket', () => {
  test.each(SOCKET_CONFORMANCE_ROWS)('$title', async ({ title, message, answer }) => {
    const infoHash = await freshSwarm(title);
    await announce(announceQuery(infoHash, { peer_id: peerIdText('6') }));
    const seeder = await openPeer(infoHash, '5eed', seeding);
    const socket = await openSocket();
    socket.send(message(infoHash));
    // That it answers the scrape behind the message shows that the socket stays open.
    const answers = await socket.settle(infoHash);
    expect(answers).toEqual([expect.objectContaining(answer(infoHash))]);
    expect(await seeder.settle(infoHash)).toHaveLength(0);
  });

  test.each(['/', '/announce', '/announce?x=1', '/announce/00', '/announce/fF'])(
    'opens at %s, for every torrent',
    async (path) => {
      const infoHash = await freshSwarm(`opened at ${path}`);
      expect((await upgrade(path)).status).toBe(101);
      const socket = await openSocket(path);
      expect(await socket.ask(announceOf(infoHash, '1'))).toMatchObject({ incomplete: 1 });
    },
  );

  test.each(['/announce/xyz', '/announce/0', '/scrape'])('opens no socket at %s', async (path) => {
    expect((await upgrade(path)).status).not.toBe(101);
  });

  test('replies with the keys of bittorrent-tracker, and counts of everybody', async () => {
    const infoHash = await freshSwarm('reply');
    await announce(announceQuery(infoHash, { peer_id: peerIdText('6'), left: '0' }));
    await announce(announceQuery(infoHash, { peer_id: peerIdText('7'), port: '7' }));
    const socket = await openSocket();
    const reply = await socket.ask(announceOf(infoHash, '1', { event: 'started' }));
    expect(reply).toEqual({
      action: 'announce',
      info_hash: infoHashToBinary(infoHash),
      complete: 1,
      incomplete: 2,
      interval: aNumber,
    });
    const base = CONFIG.webSocketIntervalSeconds;
    expect(reply['interval']).toBeGreaterThanOrEqual(Math.floor(base * 0.95));
    expect(reply['interval']).toBeLessThanOrEqual(Math.ceil(base * 1.05));
  });

  test('never names a socket to an HTTP client, nor gives an offer to one', async () => {
    const infoHash = await freshSwarm('two kinds');
    const leecher = await openPeer(infoHash, '1', { offers: [offerOf('1')] });
    const answer = await announce(announceQuery(infoHash, { left: '0', peer_id: peerIdText('6') }));
    expect(peersOf(answer)).toEqual([]);
    expect(countsOf(answer)).toEqual([1, 1]);
    expect(await leecher.settle(infoHash)).toEqual([]);
    // The offer that no HTTP seeder could take still waits.
    const seeder = await openSocket();
    expect(await seeder.ask(announceOf(infoHash, '2', seeding))).toMatchObject({ complete: 2 });
    expect(await seeder.next()).toEqual(relayedOffer(infoHash, '1', '1'));
  });

  test('serves many torrents on one socket', async () => {
    const [one, other] = [await freshSwarm('one of two'), await freshSwarm('other of two')];
    const remote = await openPeer(other, '2', seeding);
    const socket = await openPeer(one, '1', seeding);
    expect(await socket.ask(announceOf(other, '1', { offers: [offerOf('1')] }))).toMatchObject({
      info_hash: infoHashToBinary(other),
      complete: 1,
      incomplete: 1,
    });
    expect(await remote.next()).toEqual(relayedOffer(other, '1', '1'));
    expect(await socket.ask(scrapeOf(one, other))).toMatchObject({
      files: {
        [infoHashToBinary(one)]: { complete: 1, incomplete: 0 },
        [infoHashToBinary(other)]: { complete: 1, incomplete: 1 },
      },
    });
    socket.close();
    await expect
      .poll(async () => remote.ask(scrapeOf(one, other)))
      .toMatchObject({
        files: {
          [infoHashToBinary(one)]: { complete: 0, incomplete: 0 },
          [infoHashToBinary(other)]: { complete: 1, incomplete: 0 },
        },
      });
  });

  test('scrapes what is here, and zeros for what is not', async () => {
    const infoHash = await freshSwarm('scraped');
    const socket = await openPeer(infoHash, '1');
    await socket.ask(announceOf(infoHash, '1', { left: 0, event: 'completed' }));
    await openPeer(infoHash, '2', { event: 'paused' });
    await openPeer(infoHash, '3');
    expect(await socket.ask(scrapeOf(infoHash, STRANGER, infoHash))).toEqual({
      action: 'scrape',
      files: {
        [infoHashToBinary(infoHash)]: { complete: 1, incomplete: 2, downloaded: 1, downloaders: 1 },
        [infoHashToBinary(STRANGER)]: { complete: 0, incomplete: 0, downloaded: 0, downloaders: 0 },
      },
      flags: { min_request_interval: aNumber },
    });
  });
});

describe('a socket that is too much', () => {
  test('a message at the limit of bytes is read, one past it ends the socket', async () => {
    const infoHash = await freshSwarm('long');
    const socket = await openSocket();
    const maxBytes = CONFIG.maxSocketMessageBytes;
    // ASCII only: a character is a byte.
    const text = JSON.stringify(announceOf(infoHash, '1')).replaceAll(
      /[\u0080-\u00ff]/g,
      (character) => `\\u00${character.charCodeAt(0).toString(16)}`,
    );
    expect(await socket.ask(text.padEnd(maxBytes))).toMatchObject({ incomplete: 1 });
    expect(await socket.ask(encodeUtf8(text.padEnd(maxBytes)))).toMatchObject({ incomplete: 1 });
    expect(await socket.ask(text.padEnd(maxBytes + 1))).toEqual(
      failure(undefined, 'the message is too long'),
    );
    expect(await socket.closed).toBe(1009);
  });

  test('too many messages at once end the socket', async () => {
    const socket = await openSocket();
    const messages = CONFIG.maxSocketMessagesPerSecond * 20;
    for (let i = 0; i < messages; i += 1) socket.send('{}');
    expect(await socket.closed).toBe(1008);
  });

  test('as many sockets of one address as the limit are opened, and no more', async () => {
    const address = '203.0.113.9';
    const sockets: ClientSocket[] = [];
    for (let i = 0; i < CONFIG.maxSocketsPerAddress; i += 1) {
      sockets.push(await openSocket('/announce/00', address));
    }
    expect((await upgrade('/announce/00', address)).status).toBe(429);
    expect((await upgrade('/announce/00')).status).toBe(101);
    sockets[0]?.close();
    await expect
      .poll(async () => (await upgrade('/announce/00', address)).status, { timeout: 5000 })
      .toBe(101);
    expect((await upgrade('/announce/00', address)).status).toBe(429);
  });

  test('a seed box opens as many sockets as it has prefixes, and takes none from its address', async () => {
    const address = '203.0.113.10';
    for (let i = 0; i <= CONFIG.maxSocketsPerAddress; i += 1) {
      expect((await upgrade('/announce/00', address, AUTHORIZED)).status).toBe(101);
    }
    expect((await upgrade('/announce/00', address)).status).toBe(101);
    const forged = { authorization: 'Bearer a-guess' };
    expect((await upgrade('/announce/00', address, forged)).status).toBe(403);
  });
});
