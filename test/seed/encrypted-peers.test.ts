import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { once } from 'node:events';
import { join } from 'node:path';
import { Duplex } from 'node:stream';
import { describe, expect, onTestFinished, test } from 'vitest';
import {
  KeyExchangeLimits,
  MAX_KEY_EXCHANGES_PER_ADDRESS,
} from '../../seed-node/engine/key-exchange-limits.ts';
import { HANDSHAKE_TIMEOUT_MS } from '../../seed-node/engine/peer-session.ts';
import { createLog } from '../../seed-node/log.ts';
import { openIncoming } from '../../seed-node/transport/open-incoming.ts';
import { Peers } from '../../seed-node/transport/peers.ts';
import { TcpPeers } from '../../seed-node/transport/tcp-peers.ts';
import { encodeHandshake } from '../../seed-node/wire/handshake.ts';
import { readUint32 } from '../../seed-node/wire/message-frame.ts';
import { type InfoHash, swarmsOf, type TorrentFormat } from '../../shared/info-hash.ts';
import { makeBytes } from '../support/content.ts';
import { dialEncrypted, DiallerKeys, PLAINTEXT, RC4 } from '../support/encryption-dialler.ts';
import { publishTree } from '../support/published-library.ts';
import { RawLeecher } from '../support/raw-leecher.ts';
import { createTempDir } from '../support/temp-dir.ts';
import { waitUntil } from '../support/wait-until.ts';
import { infoHash, peerId } from '../unit/shared/required.ts';

const PIECE_LENGTH = 16 * 1024;
const PIECES = 64;
const [UNCHOKE, INTERESTED, REQUEST, PIECE] = [1, 2, 6, 7];

interface Served {
  readonly peers: Peers;
  readonly port: number;
  readonly swarms: readonly [InfoHash, ...InfoHash[]];
  readonly content: Buffer;
}

async function serveTree(format: TorrentFormat = 'v1'): Promise<Served> {
  const root = createTempDir();
  const { torrent, torrents } = await publishTree(root, { a: PIECES * PIECE_LENGTH }, format);
  const log = createLog('silent', () => {});
  const peers = new Peers({
    ourPeerId: peerId('-ET0100-abcdefghijkl'),
    torrents,
    log,
    onUploaded: () => {},
    onPeersNamed: () => {},
  });
  onTestFinished(() => peers.close());
  const tcpPeers = new TcpPeers({ peers, torrents, log });
  const port = await tcpPeers.listen(0);
  onTestFinished(() => tcpPeers.close());
  const content = readFileSync(join(root, 'tree', 'a'));
  return { peers, port, swarms: swarmsOf(torrent.hashes), content };
}

async function dialRaw(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => {});
  socket.resume();
  onTestFinished(() => void socket.destroy());
  await once(socket, 'connect');
  return socket;
}

async function closedFor({ peers }: Served, reason: string): Promise<number> {
  return waitUntil(`a peer to leave: ${reason}`, () =>
    [...peers.closedByReason].find(([its]) => its === reason)?.at(1),
  ).then(Number);
}

/** All pieces, asked for at once; they come in any order. */
async function download(leecher: RawLeecher): Promise<Buffer> {
  leecher.send(INTERESTED);
  await leecher.message(UNCHOKE);
  for (let piece = 0; piece < PIECES; piece += 1) leecher.send(REQUEST, piece, 0, PIECE_LENGTH);
  const content = Buffer.alloc(PIECES * PIECE_LENGTH);
  for (let count = 0; count < PIECES; count += 1) {
    const message = await leecher.message(PIECE);
    content.set(message.subarray(8), readUint32(message, 0) * PIECE_LENGTH);
  }
  return content;
}

describe('an encrypted connection', () => {
  test.each([
    ['RC4 alone', RC4, RC4],
    ['plaintext alone', PLAINTEXT, PLAINTEXT],
    ['both', PLAINTEXT | RC4, PLAINTEXT],
  ])('is served where it offers %s', async (_case, provides, expected) => {
    const { port, swarms, content } = await serveTree();
    const [swarm] = swarms;
    const { stream, selected } = await dialEncrypted(port, { swarm, provides, paddingBytes: 300 });
    const leecher = new RawLeecher(stream);

    leecher.sayHello(swarm, 'leecher');
    await leecher.handshake();

    expect(selected).toBe(expected);
    expect((await download(leecher)).equals(content)).toBe(true);
    stream.destroy();
  });

  test('may send its handshake ahead', async () => {
    const { port, swarms } = await serveTree();
    const [swarm] = swarms;
    const initialPayload = encodeHandshake({
      infoHash: swarm,
      peerId: peerId('-XX0001-abcdefghijkl'),
      hasExtensions: false,
      isFast: false,
      hasV2: false,
    });

    const { stream } = await dialEncrypted(port, { swarm, provides: RC4, initialPayload });

    const hello = await new RawLeecher(stream).handshake();
    expect(Buffer.from(hello.subarray(28, 48)).toString('hex')).toBe(swarm);
    stream.destroy();
  });

  test('is served by either swarm of a hybrid', async () => {
    const { port, swarms } = await serveTree('hybrid');
    expect(swarms).toHaveLength(2);
    for (const swarm of swarms) {
      const { stream } = await dialEncrypted(port, { swarm, provides: RC4 });
      const leecher = new RawLeecher(stream);
      leecher.sayHello(swarm, `by ${swarm.slice(0, 8)}`);
      await leecher.handshake();
      stream.destroy();
    }
  });

  test('is dropped for a torrent that is not served', async () => {
    const served = await serveTree();
    const dialled = dialEncrypted(served.port, { swarm: infoHash('00'.repeat(20)), provides: RC4 });
    await expect(dialled).rejects.toThrow('the listener goes on');
    expect(await closedFor(served, 'unknown-torrent')).toBe(1);
  });

  test('is dropped where it is garbage', async () => {
    const served = await serveTree();
    const socket = await dialRaw(served.port);
    socket.write(makeBytes(2_000, 'garbage'));
    expect(await closedFor(served, 'not-bittorrent')).toBe(1);
  });

  test(
    'is counted from its first moment, and dropped where it gets no further',
    async () => {
      const served = await serveTree();
      const socket = await dialRaw(served.port);
      socket.write(new DiallerKeys().publicKey);
      await waitUntil('the connection', () => (served.peers.count === 1 ? true : undefined));
      // It goes on to send, as slowly as it can.
      const dripping = setInterval(() => socket.write(Uint8Array.of(0)), 500);
      onTestFinished(() => clearInterval(dripping));

      expect(await closedFor(served, 'handshake-timeout')).toBe(1);
      expect(served.peers.count).toBe(0);
    },
    HANDSHAKE_TIMEOUT_MS + 15_000,
  );

  test('is dropped where its address has had too many key exchanges; a plain one is not', async () => {
    const served = await serveTree();
    const key = new DiallerKeys().publicKey;
    for (let count = 0; count < MAX_KEY_EXCHANGES_PER_ADDRESS; count += 1) {
      const socket = await dialRaw(served.port);
      const answer = once(socket, 'data');
      socket.write(key);
      await answer;
      socket.destroy();
    }
    expect(served.peers.closedByReason.get('too-many-encrypted')).toBeUndefined();

    const surplus = await dialRaw(served.port);
    surplus.write(key);

    expect(await closedFor(served, 'too-many-encrypted')).toBe(1);
    const plain = await RawLeecher.connect(served.port);
    plain.sayHello(served.swarms[0], 'plain');
    await plain.handshake();
    plain.socket.destroy();
  });

  test('counts the key exchanges of an IPv6 /64 as those of one address', async () => {
    const { torrents } = await publishTree(createTempDir(), { a: 1000 });
    const limits = new KeyExchangeLimits();
    const key = new DiallerKeys().publicKey;
    const arrive = (address: string): string[] => {
      const stream = new Duplex({ read: () => {}, write: (_bytes, _encoding, done) => done() });
      const refusals: string[] = [];
      openIncoming(
        address,
        torrents,
        limits,
      )(stream, {
        opened: () => {},
        refused: (reason) => refusals.push(reason),
      });
      stream.emit('data', Buffer.from(key));
      return refusals;
    };
    for (let n = 1; n <= MAX_KEY_EXCHANGES_PER_ADDRESS; n += 1) {
      expect(arrive(`2001:db8::${n}`)).toEqual([]);
    }

    expect(arrive('2001:db8::ffff')).toEqual(['too-many-encrypted']);
    expect(arrive('2001:db8:0:1::1')).toEqual([]);
  });
});
