import { decodeLatin1 } from '../../shared/text.ts';
import { readFileSync, truncateSync } from 'node:fs';
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { describe, expect, onTestFinished, test } from 'vitest';
import { HttpTracker } from '../../seed-node/announce/http-tracker.ts';
import { EmbeddedEdge } from '../../seed-node/edge/embedded-edge.ts';
import { createLog } from '../../seed-node/log.ts';
import {
  MAX_CONNECTIONS,
  MAX_CONNECTIONS_PER_ADDRESS,
  Peers,
} from '../../seed-node/transport/peers.ts';
import { TcpPeers } from '../../seed-node/transport/tcp-peers.ts';
import { type Endpoint, formatEndpoint } from '../../shared/endpoint.ts';
import { type InfoHash, infoHashFromHex, swarmsOf } from '../../shared/info-hash.ts';
import { invariant } from '../../shared/invariant.ts';
import { peerIdFromBytes } from '../../shared/peer-id.ts';
import { OUR_PEX_ID } from '../../seed-node/wire/extension.ts';
import { encodeExtended } from '../../seed-node/wire/peer-message.ts';
import { UploadThrottle } from '../../seed-node/transport/upload-throttle.ts';
import { encodePex } from '../../seed-node/wire/pex-message.ts';
import { ipAddress, peerId } from '../unit/shared/required.ts';
import { publishTree } from '../support/published-library.ts';
import { RawLeecher } from '../support/raw-leecher.ts';
import { createTempDir } from '../support/temp-dir.ts';
import { waitUntil } from '../support/wait-until.ts';

const PIECE_LENGTH = 16 * 1024;
const INTERESTED = 2;
const UNCHOKE = 1;
const BITFIELD = 5;
const REQUEST = 6;
const PIECE = 7;

async function serveTree(options: { sizeBytes?: number; throttle?: UploadThrottle } = {}): Promise<{
  peers: Peers;
  tcpPeers: TcpPeers;
  port: number;
  infoHash: InfoHash;
  path: string;
  logged: string[];
  uploadedBytes: () => number;
}> {
  const root = createTempDir();
  const { torrent, torrents } = await publishTree(root, {
    a: options.sizeBytes ?? 2.5 * PIECE_LENGTH,
  });
  const ourPeerId = peerIdFromBytes(new TextEncoder().encode('-ET0100-abcdefghijkl'));
  invariant(ourPeerId !== undefined, 'a peer id is 20 bytes');
  const logged: string[] = [];
  let uploaded = 0;
  const log = createLog('debug', (line) => logged.push(line));
  const peers = new Peers({
    ourPeerId,
    torrents,
    log,
    throttle: options.throttle,
    onUploaded: (_infoHash, bytes) => {
      uploaded += bytes;
    },
    onPeersNamed: (swarm, endpoints) => {
      for (const endpoint of endpoints) tcpPeers.dial(endpoint, swarm);
    },
  });
  onTestFinished(() => peers.close());
  const tcpPeers = new TcpPeers({ peers, torrents, log });
  const port = await tcpPeers.listen(0);
  onTestFinished(() => tcpPeers.close());
  const path = join(root, 'tree', 'a');
  return {
    peers,
    tcpPeers,
    port,
    infoHash: swarmsOf(torrent.hashes)[0],
    path,
    logged,
    uploadedBytes: () => uploaded,
  };
}

const EXTENDED = 20;

describe('TcpPeers', () => {
  test('tells leechers about each other (BEP 11)', async () => {
    const { port, infoHash } = await serveTree();
    const reachable = await RawLeecher.connect(port);
    reachable.sayHello(infoHash, 'reachable', true);
    await reachable.handshake();
    reachable.sendExtended(0, { p: 0x4142 });
    const curious = await RawLeecher.connect(port);
    curious.sayHello(infoHash, 'curious', true);
    await curious.handshake();
    await curious.message(EXTENDED);
    curious.sendExtended(0, { m: { ut_pex: 7 } });

    const exchange = decodeLatin1(await curious.message(EXTENDED));
    expect(exchange[0]).toBe('\x07');
    expect(exchange).toContain('5:added6:\x7f\0\0\x01AB');
  });

  test('serves a leecher that connects, block by block', async () => {
    const { port, infoHash, path, uploadedBytes } = await serveTree();
    const leecher = await RawLeecher.connect(port);
    leecher.sayHello(infoHash, 'leecher');
    await leecher.handshake();
    expect([...(await leecher.message(BITFIELD))]).toEqual([0b1110_0000]);
    leecher.send(INTERESTED);
    await leecher.message(UNCHOKE);

    const content = readFileSync(path);
    for (const [piece, length] of [PIECE_LENGTH, PIECE_LENGTH, PIECE_LENGTH / 2].entries()) {
      leecher.send(REQUEST, piece, 0, length);
      const answer = await leecher.message(PIECE);
      const start = piece * PIECE_LENGTH;
      expect(Buffer.from(answer.subarray(8)).equals(content.subarray(start, start + length))).toBe(
        true,
      );
    }
    expect(uploadedBytes()).toBe(content.length);
    leecher.socket.destroy();
  });

  test('serves a leecher that connects over IPv6, too', async () => {
    const { port, infoHash } = await serveTree();
    const leecher = await RawLeecher.connect(port, { to: '::1' });
    leecher.sayHello(infoHash, 'leecher');
    await leecher.handshake();
    leecher.send(INTERESTED);
    await leecher.message(UNCHOKE);
    leecher.send(REQUEST, 0, 0, 100);
    expect(await leecher.message(PIECE)).toHaveLength(108);
    leecher.socket.destroy();
  });

  test.each(['127.0.0.1', '::1'])(
    'dials a leecher that a tracker named at %s, and speaks first',
    async (host) => {
      const { tcpPeers, infoHash } = await serveTree();
      const { endpoint, dialled } = await listenFor(host);
      tcpPeers.dial(endpoint, infoHash);

      const leecher = await dialled;
      const hello = await leecher.handshake();
      leecher.sayHello(infoHash, 'leecher');
      await leecher.message(BITFIELD);
      leecher.send(INTERESTED);
      await leecher.message(UNCHOKE);
      leecher.send(REQUEST, 0, 0, 100);

      expect(Buffer.from(hello.subarray(28, 48)).toString('hex')).toBe(infoHash);
      expect(await leecher.message(PIECE)).toHaveLength(108);
      leecher.socket.destroy();
    },
  );

  test('dials a leecher that another one named at an IPv6 address (BEP 11)', async () => {
    const { port, infoHash } = await serveTree();
    const { endpoint, dialled } = await listenFor('::1');
    const gossip = await RawLeecher.connect(port);
    gossip.sayHello(infoHash, 'gossip', true);
    await gossip.handshake();
    gossip.sendExtended(0, { m: { ut_pex: OUR_PEX_ID } });
    gossip.socket.write(
      encodeExtended(OUR_PEX_ID, encodePex([{ endpoint, isReachable: true }], [])),
    );

    const leecher = await dialled;
    const hello = await leecher.handshake();
    expect(Buffer.from(hello.subarray(28, 48)).toString('hex')).toBe(infoHash);
    leecher.socket.destroy();
  });

  test('dials a leecher that the embedded edge names in peers6 (BEP 7)', async () => {
    const { tcpPeers, infoHash, port } = await serveTree();
    const { endpoint, dialled } = await listenFor('::1');
    const edge = new EmbeddedEdge({
      host: '::1',
      port: 0,
      stateDir: join(createTempDir(), 'edge'),
      vars: { PUBLISHER_TOKEN: 'a-token-for-the-tests', TRACKER_MODE: 'open' },
      log: createLog('silent', () => {}),
    });
    await edge.start();
    onTestFinished(() => edge.stop());
    const tracker = new HttpTracker({
      url: `http://[::1]:${edge.port}/announce`,
      maxGoodbyes: 1,
    });
    const announceFrom = (
      name: string,
      announcedPort: number,
    ): ReturnType<typeof tracker.announce> =>
      tracker.announce(
        {
          infoHash,
          peerId: peerId(name.padEnd(20, '-')),
          port: announcedPort,
          uploadedBytes: 0,
          event: 'started',
          peersWanted: 50,
          trackerId: undefined,
        },
        new AbortController().signal,
      );
    await announceFrom('other', endpoint.port);
    const { peers } = await announceFrom('seed', port);
    for (const named of peers) tcpPeers.dial(named, infoHash);

    const leecher = await dialled;
    await leecher.handshake();
    expect(peers.map((named) => formatEndpoint(named))).toEqual([formatEndpoint(endpoint)]);
    leecher.socket.destroy();
  });

  test.each([
    [
      'bytes that are no handshake',
      'not-bittorrent',
      (leecher: RawLeecher) => leecher.socket.write('GET / HTTP/1.1\r\n\r\n'),
    ],
    [
      'a torrent that is not served',
      'unknown-torrent',
      (leecher: RawLeecher) => sayHelloTo(leecher, '00'.repeat(20)),
    ],
    [
      'a request outside the torrent',
      'request-outside-torrent',
      (leecher: RawLeecher, infoHash: InfoHash) => {
        leecher.sayHello(infoHash, 'hostile');
        leecher.send(INTERESTED);
        leecher.send(REQUEST, 2, PIECE_LENGTH, 1);
      },
    ],
    [
      'a message that is too long',
      'message-too-long',
      (leecher: RawLeecher, infoHash: InfoHash) => {
        leecher.sayHello(infoHash, 'hostile');
        leecher.socket.write(Uint8Array.of(0xff, 0xff, 0xff, 0xff));
      },
    ],
  ])('drops a peer for %s', async (_case, reason, misbehave) => {
    const { port, infoHash, logged } = await serveTree();
    const leecher = await RawLeecher.connect(port);

    misbehave(leecher, infoHash);

    await leecher.closed();
    expect(logged.some((line) => line.includes(`left: ${reason}`))).toBe(true);
  });

  test('drops a peer that asks for a piece whose file is damaged, and sends it nothing', async () => {
    const { port, infoHash, path, logged, uploadedBytes } = await serveTree();
    truncateSync(path, 100);
    const leecher = await RawLeecher.connect(port);
    leecher.sayHello(infoHash, 'leecher');
    await leecher.handshake();
    leecher.send(INTERESTED);
    await leecher.message(UNCHOKE);

    leecher.send(REQUEST, 1, 0, 100);

    await leecher.closed();
    expect(logged.some((line) => line.includes('left: piece-withheld'))).toBe(true);
    expect(uploadedBytes()).toBe(0);
  });

  test('keeps one conversation with one peer', async () => {
    const { port, infoHash, logged } = await serveTree();
    const first = await RawLeecher.connect(port);
    first.sayHello(infoHash, 'same');
    await first.handshake();
    await first.message(BITFIELD);
    const second = await RawLeecher.connect(port);

    second.sayHello(infoHash, 'same');

    await second.closed();
    expect(logged.some((line) => line.includes('left: duplicate'))).toBe(true);
    expect(first.socket.closed).toBe(false);
    first.socket.destroy();
  });

  test('takes a peer though a stranger elsewhere has its peer id', async () => {
    const { port, infoHash } = await serveTree();
    const stranger = await RawLeecher.connect(port, { from: '127.0.0.2' });
    stranger.sayHello(infoHash, 'same');
    await stranger.handshake();
    await stranger.message(BITFIELD);
    const honest = await RawLeecher.connect(port, { from: '127.0.0.3' });

    honest.sayHello(infoHash, 'same');

    await honest.handshake();
    expect([...(await honest.message(BITFIELD))]).toEqual([0b1110_0000]);
    stranger.socket.destroy();
    honest.socket.destroy();
  });

  test('takes as many connections from one address as allowed, and no more', async () => {
    const { peers, port } = await serveTree();
    const allowed = await Promise.all(
      Array.from({ length: MAX_CONNECTIONS_PER_ADDRESS }, () => RawLeecher.connect(port)),
    );
    await waitUntil('the connections', () =>
      peers.count === MAX_CONNECTIONS_PER_ADDRESS ? true : undefined,
    );

    const surplus = await RawLeecher.connect(port);

    await surplus.closed();
    expect(allowed.every((leecher) => !leecher.socket.closed)).toBe(true);
    for (const leecher of allowed) leecher.socket.destroy();
    await waitUntil('the connections to go', () => (peers.count === 0 ? true : undefined));
    const next = await RawLeecher.connect(port);
    await waitUntil('the next one', () => (peers.count === 1 ? true : undefined));
    next.socket.destroy();
  });

  test('takes as many connections in all as allowed, and counts those that find no room', async () => {
    const { peers, port } = await serveTree();
    const from = async (n: number): Promise<Socket> => {
      const localAddress = `127.0.1.${1 + Math.floor(n / MAX_CONNECTIONS_PER_ADDRESS)}`;
      const socket = connect({ port, host: '127.0.0.1', localAddress });
      socket.on('error', () => {});
      onTestFinished(() => void socket.destroy());
      await once(socket, 'connect');
      return socket;
    };
    await Promise.all(Array.from({ length: MAX_CONNECTIONS }, (_, n) => from(n)));
    await waitUntil('the connections', () => (peers.count === MAX_CONNECTIONS ? true : undefined));

    const surplus = await from(MAX_CONNECTIONS);

    await waitUntil('the surplus to be closed', () => (surplus.closed ? true : undefined));
    expect(peers.closedByReason.get('no-room')).toBe(1);
  });

  test('counts an IPv6 /64 as one address', async () => {
    const { peers } = await serveTree();
    const arrive = (address: string): PassThrough => {
      const stream = new PassThrough();
      peers.start({ stream, transport: 'tcp', address });
      return stream;
    };
    for (let n = 1; n <= MAX_CONNECTIONS_PER_ADDRESS; n += 1) arrive(`2001:db8::${n}`);

    expect(arrive('2001:db8::ffff').destroyed).toBe(true);
    expect(arrive('2001:db8:0:1::1').destroyed).toBe(false);
    expect(peers.count).toBe(MAX_CONNECTIONS_PER_ADDRESS + 1);
    peers.closeAll('tcp');
    expect(arrive('2001:db8::ffff').destroyed).toBe(false);
  });
});

const RATE = 64 * 1024;
const BURST_BYTES = 128 * 1024;
const BLOCK = 16 * 1024;

/** A throttle whose time passes when the test says so. */
function throttled(): { readonly throttle: UploadThrottle; readonly pass: (ms: number) => void } {
  let nowMs = 0;
  const throttle = new UploadThrottle(RATE, () => nowMs);
  onTestFinished(() => throttle.close());
  return { throttle, pass: (ms) => void (nowMs += ms) };
}

/** Longer than the throttle's timer sleeps, in real time: what it would let through by mistake has then left. */
const settle = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 400));

/** One that asks for so many pieces at once. */
async function greedyLeecher(
  port: number,
  infoHash: InfoHash,
  name: string,
  blocks: number,
): Promise<RawLeecher> {
  const leecher = await RawLeecher.connect(port);
  leecher.sayHello(infoHash, name);
  await leecher.handshake();
  leecher.send(INTERESTED);
  await leecher.message(UNCHOKE);
  for (let n = 0; n < blocks; n += 1) leecher.send(REQUEST, n, 0, BLOCK);
  onTestFinished(() => void leecher.socket.destroy());
  return leecher;
}

describe('UploadThrottle', () => {
  test('holds two leechers together to the rate, and neither starves', async () => {
    const { throttle, pass } = throttled();
    const sizeBytes = 40 * BLOCK;
    const { port, infoHash, uploadedBytes } = await serveTree({ sizeBytes, throttle });
    const reaches = async (bytes: number): Promise<void> => {
      await waitUntil(`${bytes} bytes`, () => (uploadedBytes() >= bytes ? true : undefined));
      await settle();
      expect(uploadedBytes()).toBe(bytes);
    };
    const leechers = [await greedyLeecher(port, infoHash, 'one', 40)];
    await reaches(BURST_BYTES);
    leechers.push(await greedyLeecher(port, infoHash, 'two', 40));
    await reaches(BURST_BYTES);

    for (let seconds = 1; seconds <= 4; seconds += 1) {
      pass(1_000);
      await reaches(BURST_BYTES + seconds * RATE);
    }

    const [ofOne = 0, ofTwo = 0] = leechers.map((leecher) => leecher.framesOf(PIECE));
    expect(ofOne + ofTwo).toBe((BURST_BYTES + 4 * RATE) / BLOCK);
    // Half of what went after it came, but for a block.
    expect(Math.abs(ofTwo - (2 * RATE) / BLOCK)).toBeLessThanOrEqual(1);
  });

  test('gives the turns of a leecher that left to those who stay', async () => {
    const { throttle, pass } = throttled();
    const sizeBytes = 40 * BLOCK;
    const served = await serveTree({ sizeBytes, throttle });
    const { peers, port, infoHash, uploadedBytes } = served;
    const first = await greedyLeecher(port, infoHash, 'one', 40);
    const second = await greedyLeecher(port, infoHash, 'two', 40);
    await settle();
    const before = second.framesOf(PIECE);
    first.socket.destroy();
    await waitUntil('one to leave', () => (peers.count === 1 ? true : undefined));

    pass(1_000);

    const after = before + RATE / BLOCK;
    await waitUntil('its blocks', () => (second.framesOf(PIECE) >= after ? true : undefined));
    await settle();
    expect(second.framesOf(PIECE)).toBe(after);
    expect(uploadedBytes()).toBe(BURST_BYTES + RATE);
  });
});

/** A leecher that waits to be dialled. */
async function listenFor(
  host: string,
): Promise<{ readonly endpoint: Endpoint; readonly dialled: Promise<RawLeecher> }> {
  const server = createServer();
  const dialled = once(server, 'connection').then(([socket]: Socket[]) => {
    invariant(socket !== undefined, 'a connection has a socket');
    return new RawLeecher(socket);
  });
  server.listen(0, host);
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const listening = server.address();
  invariant(typeof listening === 'object' && listening !== null, 'the server listens');
  return { endpoint: { address: ipAddress(host), port: listening.port }, dialled };
}

function sayHelloTo(leecher: RawLeecher, hex: string): void {
  const infoHash = infoHashFromHex(hex);
  invariant(infoHash !== undefined, 'it is an info-hash');
  leecher.sayHello(infoHash, 'lost');
}
