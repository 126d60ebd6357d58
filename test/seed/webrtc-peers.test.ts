import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createLog } from '../../seed-node/log.ts';
import { Peers } from '../../seed-node/transport/peers.ts';
import { TcpPeers } from '../../seed-node/transport/tcp-peers.ts';
import {
  MAX_HANDSHAKES,
  MAX_OFFER_BYTES,
  WebRtcPeers,
} from '../../seed-node/transport/webrtc-peers.ts';
import { type InfoHash, swarmsOf } from '../../shared/info-hash.ts';
import { invariant } from '../../shared/invariant.ts';
import { peerIdFromBytes } from '../../shared/peer-id.ts';
import { publishTree } from '../support/published-library.ts';
import { RawLeecher } from '../support/raw-leecher.ts';
import { createTempDir } from '../support/temp-dir.ts';
import { waitUntil } from '../support/wait-until.ts';
import { WebRtcOffer } from '../support/webrtc-offer.ts';

const BLOCK = 16 * 1024;
const INTERESTED = 2;
const UNCHOKE = 1;
const BITFIELD = 5;
const REQUEST = 6;
const PIECE = 7;

interface Served {
  readonly peers: Peers;
  readonly webRtcPeers: WebRtcPeers;
  readonly tcpPort: number;
  readonly infoHash: InfoHash;
  readonly content: Buffer;
  readonly logged: string[];
  uploadedBytes(): number;
}

async function serveFile(
  blocks: number,
  options: { port?: number; publicAddress?: string } = {},
): Promise<Served> {
  const root = createTempDir();
  const { torrent, torrents } = await publishTree(root, { a: blocks * BLOCK });
  const ourPeerId = peerIdFromBytes(new TextEncoder().encode('-ET0100-abcdefghijkl'));
  invariant(ourPeerId !== undefined, 'a peer id is 20 bytes');
  const logged: string[] = [];
  const log = createLog('debug', (line) => logged.push(line));
  let uploaded = 0;
  const onUploaded = (_swarm: InfoHash, bytes: number): void => {
    uploaded += bytes;
  };
  const peers = new Peers({ ourPeerId, torrents, log, onUploaded, onPeersNamed: () => {} });
  onTestFinished(() => peers.close());
  const tcpPeers = new TcpPeers({ peers, torrents, log });
  const tcpPort = await tcpPeers.listen(0);
  onTestFinished(() => tcpPeers.close());
  const webRtcPeers = new WebRtcPeers({ peers, log, stunUrls: [], port: 0, ...options });
  await webRtcPeers.start();
  onTestFinished(() => webRtcPeers.close());
  const [infoHash] = swarmsOf(torrent.hashes);
  const content = readFileSync(join(root, 'tree', 'a'));
  return { peers, webRtcPeers, tcpPort, infoHash, content, logged, uploadedBytes: () => uploaded };
}

async function connectLeecher({ webRtcPeers }: Served): Promise<RawLeecher> {
  const offer = new WebRtcOffer();
  await offer.accept(await webRtcPeers.answer(await offer.sdp()));
  return offer.leecher();
}

async function becomeServed(leecher: RawLeecher, infoHash: InfoHash, name: string): Promise<void> {
  leecher.sayHello(infoHash, name);
  await leecher.handshake();
  await leecher.message(BITFIELD);
  leecher.send(INTERESTED);
  await leecher.message(UNCHOKE);
}

/** Asks for every block at once, and puts together what comes. */
async function download(leecher: RawLeecher, lengthBytes: number): Promise<Buffer> {
  const blocks = lengthBytes / BLOCK;
  for (let n = 0; n < blocks; n += 1) leecher.send(REQUEST, n, 0, BLOCK);
  const whole = Buffer.alloc(lengthBytes);
  for (let n = 0; n < blocks; n += 1) {
    const message = await leecher.message(PIECE);
    const piece = new DataView(message.buffer, message.byteOffset).getUint32(0);
    whole.set(message.subarray(8), piece * BLOCK);
  }
  return whole;
}

describe('WebRtcPeers', () => {
  test('serves those who offer, all over one port, byte for byte', async () => {
    const served = await serveFile(100);
    const downloads = Array.from({ length: 5 }, async (_, n) => {
      const leecher = await connectLeecher(served);
      await becomeServed(leecher, served.infoHash, `leecher ${n}`);
      return (await download(leecher, served.content.length)).equals(served.content);
    });

    expect(await Promise.all(downloads)).toEqual(Array.from({ length: 5 }, () => true));
    expect(served.peers.countByTransport()).toEqual({ tcp: 0, webrtc: 5 });
    expect(served.uploadedBytes()).toBe(5 * served.content.length);
  });

  test.each([
    ['what the peer takes', 'a=max-message-size:20000', 20_000],
    ['64 KiB to a peer that takes more', 'a=max-message-size:262144', 64 * 1024],
  ])('sends messages no longer than %s', async (_what, attribute, limitBytes) => {
    const served = await serveFile(100);
    const offer = new WebRtcOffer();
    const sdp = (await offer.sdp()).replace(/a=max-message-size:\d+/, attribute);
    await offer.accept(await served.webRtcPeers.answer(sdp));
    const leecher = offer.leecher();
    await becomeServed(leecher, served.infoHash, 'leecher');

    const content = await download(leecher, served.content.length);

    expect(content.equals(served.content)).toBe(true);
    expect(offer.longestMessageBytes).toBeGreaterThan(limitBytes / 2);
    expect(offer.longestMessageBytes).toBeLessThanOrEqual(limitBytes);
  });

  test('an answer names one port, and the public address with it', async () => {
    const served = await serveFile(1, { publicAddress: '203.0.113.7' });
    const offer = new WebRtcOffer();

    const answer = await served.webRtcPeers.answer(await offer.sdp());

    const candidates = answer?.split('\r\n').filter((line) => line.startsWith('a=candidate:'));
    const ports = new Set(candidates?.map((line) => line.split(' ')[5]));
    expect(ports.size).toBe(1);
    expect(answer).toContain(` 203.0.113.7 ${[...ports].join()} typ host\r\n`);
    await offer.accept(answer);
  });

  test('a process that takes nothing holds up its own data, and sends all of it when it goes on', async () => {
    const served = await serveFile(1_000);
    const leecher = await connectLeecher(served);
    await becomeServed(leecher, served.infoHash, 'slow');
    const { pid } = served.webRtcPeers;
    invariant(pid !== undefined, 'the process runs');

    const whole = download(leecher, served.content.length);
    await waitUntil('the first blocks', () => (served.uploadedBytes() > 0 ? true : undefined));
    process.kill(pid, 'SIGSTOP');
    let before = -1;
    const heldBytes = await waitUntil('the data to stand still', async () => {
      if (served.uploadedBytes() === before) return before;
      before = served.uploadedBytes();
      await new Promise((resolve) => setTimeout(resolve, 500));
      return undefined;
    });
    process.kill(pid, 'SIGCONT');

    expect((await whole).equals(served.content)).toBe(true);
    expect(heldBytes).toBeLessThan(served.content.length);
  });

  test('a process that dies takes its own connections along, and is followed by another', async () => {
    const served = await serveFile(4);
    const tcpLeecher = await RawLeecher.connect(served.tcpPort);
    await becomeServed(tcpLeecher, served.infoHash, 'over tcp');
    const leecher = await connectLeecher(served);
    await becomeServed(leecher, served.infoHash, 'over webrtc');
    const { pid } = served.webRtcPeers;
    invariant(pid !== undefined, 'the process runs');

    process.kill(pid, 'SIGKILL');

    await waitUntil('the connection to go', () =>
      served.peers.countByTransport().webrtc === 0 ? true : undefined,
    );
    expect(served.peers.countByTransport().tcp).toBe(1);
    await waitUntil('another process', () => served.webRtcPeers.pid);
    expect(served.webRtcPeers.pid).not.toBe(pid);
    const next = await connectLeecher(served);
    await becomeServed(next, served.infoHash, 'over the next');
    expect((await download(next, served.content.length)).equals(served.content)).toBe(true);
    tcpLeecher.socket.destroy();
  });

  test.each([
    ['nothing', ''],
    ['text', 'v=0\r\nhello\r\n'],
    [
      'a description without keys',
      'v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\nm=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\n',
    ],
    ['a description that is too long', `v=0\r\n${'a=x\r\n'.repeat(MAX_OFFER_BYTES / 5)}`],
  ])('does not answer %s, and goes on', async (_case, sdp) => {
    const served = await serveFile(1);

    expect(await served.webRtcPeers.answer(sdp)).toBeUndefined();

    const leecher = await connectLeecher(served);
    await becomeServed(leecher, served.infoHash, 'leecher');
  });

  test('answers as many offers that lead nowhere as allowed, and no more', async () => {
    const { webRtcPeers } = await serveFile(1);
    const sdp = await new WebRtcOffer().sdp();

    const answers = await Promise.all(
      Array.from({ length: MAX_HANDSHAKES + 1 }, () => webRtcPeers.answer(sdp)),
    );

    expect(answers.findIndex((answer) => answer === undefined)).toBe(MAX_HANDSHAKES);
  });

  test('ends with its connections when it is closed', async () => {
    const served = await serveFile(1);
    const leecher = await connectLeecher(served);
    await becomeServed(leecher, served.infoHash, 'leecher');
    const { pid = 0 } = served.webRtcPeers;

    await served.webRtcPeers.close();

    await leecher.closed();
    expect(() => process.kill(pid, 0)).toThrow('ESRCH');
    expect(await served.webRtcPeers.answer('')).toBeUndefined();
  });
});
