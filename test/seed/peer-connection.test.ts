import { Duplex } from 'node:stream';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { NOT_READING_TIMEOUT_MS } from '../../seed-node/engine/peer-session.ts';
import { sha1 } from '../../seed-node/hashing/sha1.ts';
import { PeerConnection } from '../../seed-node/transport/peer-connection.ts';
import { encodeHandshake, HANDSHAKE_BYTES } from '../../seed-node/wire/handshake.ts';
import { encodeExtended } from '../../seed-node/wire/peer-message.ts';
import { frameMessage, ID } from '../../seed-node/wire/message-frame.ts';
import { encodeBencode } from '../../shared/bencode.ts';
import { concatBytes } from '../../shared/bytes.ts';
import { swarmsOf } from '../../shared/info-hash.ts';
import { publishTree } from '../support/published-library.ts';
import { createTempDir } from '../support/temp-dir.ts';
import { peerId } from '../unit/shared/required.ts';

/** A remote that talks, and takes nothing of what it is sent until it listens. */
class DeafStream extends Duplex {
  writtenBytes = 0;
  #isDeaf = true;
  #done: (() => void) | undefined;

  listen(): void {
    this.#isDeaf = false;
    this.#done?.();
  }

  override _read(): void {}

  override _write(bytes: Uint8Array, _encoding: string, done: () => void): void {
    this.writtenBytes += bytes.length;
    if (this.#isDeaf) this.#done = done;
    else done();
  }
}

const NOTHING = new Uint8Array(0);
/** One byte of the first piece: who is choked has it rejected. */
const REQUEST = frameMessage(ID.request, [new Uint8Array(11), Uint8Array.of(1)]);

function many(count: number, bytes: Uint8Array): Uint8Array {
  return concatBytes(Array.from({ length: count }, () => bytes));
}

const START_MS = 1_000_000;

async function connect(files: Readonly<Record<string, number>> = { a: 1000 }): Promise<{
  stream: DeafStream;
  connection: PeerConnection;
  reasons: string[];
  /** Bytes of blocks, as they were reported. */
  uploads: number[];
  hello: Uint8Array;
}> {
  const { torrent, torrents } = await publishTree(createTempDir(), files);
  const reasons: string[] = [];
  const uploads: number[] = [];
  const stream = new DeafStream();
  const [infoHash] = swarmsOf(torrent.hashes);
  const connection = new PeerConnection(
    stream,
    {
      ourPeerId: peerId('-ET0100-abcdefghijkl'),
      sha1,
      findTorrent: (hash) => torrents.find(hash),
      nowMs: START_MS,
    },
    {
      opened: () => {},
      interest: () => {},
      listens: () => {},
      peersNamed: () => {},
      uploaded: (_swarm, bytes) => uploads.push(bytes),
      closed: (_connection, reason) => reasons.push(reason),
      fault: () => {},
    },
  );
  const hello = encodeHandshake({
    infoHash,
    peerId: peerId('-XX0100-abcdefghijkl'),
    hasExtensions: true,
    isFast: true,
    hasV2: false,
  });
  return { stream, connection, reasons, uploads, hello };
}

describe('PeerConnection', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'], now: START_MS }));
  afterEach(() => void vi.useRealTimers());

  // None of them fills a buffer of ours.
  test.each([
    ['anything', () => NOTHING],
    ['the answers to what it asks without a slot', () => many(1000, REQUEST)],
  ])('drops who never reads %s', async (_name, asked) => {
    const { stream, connection, reasons, hello } = await connect();
    stream.push(concatBytes([hello, asked()]));
    await expect.poll(() => stream.writtenBytes).toBeGreaterThanOrEqual(HANDSHAKE_BYTES);
    vi.setSystemTime(START_MS + NOT_READING_TIMEOUT_MS - 1);
    connection.tick();
    expect(reasons).toEqual([]);
    vi.setSystemTime(START_MS + NOT_READING_TIMEOUT_MS);
    connection.tick();
    expect(reasons).toEqual(['not-reading']);
  });

  test('reports the bytes of all blocks that are sent in one turn together', async () => {
    const { stream, connection, uploads, hello } = await connect();
    stream.push(hello);
    await expect.poll(() => stream.writtenBytes).toBeGreaterThanOrEqual(HANDSHAKE_BYTES);
    connection.setSlot(true);
    stream.push(REQUEST);
    await expect.poll(() => uploads).toEqual([1]);
    // In memory now.
    stream.push(many(3, REQUEST));
    await expect.poll(() => uploads).toEqual([1, 3]);
  });

  test('piles up no metadata for who does not read it', async () => {
    // Half a megabyte of names.
    const names = Array.from({ length: 2500 }, (_, index) => `${index}-`.padEnd(200, 'x'));
    const { stream, hello } = await connect(Object.fromEntries(names.map((name) => [name, 1])));
    const extensions = encodeExtended(0, encodeBencode({ m: { ut_metadata: 3 } }));
    stream.push(concatBytes([hello, extensions]));
    await expect.poll(() => stream.writtenBytes).toBeGreaterThanOrEqual(HANDSHAKE_BYTES);
    for (let piece = 0; piece < 32; piece += 1) {
      stream.push(encodeExtended(1, encodeBencode({ msg_type: 0, piece })));
    }
    await expect.poll(() => stream.readableLength).toBe(0);
    stream.listen();
    await expect.poll(() => stream.writtenBytes).toBeGreaterThan(256 * 1024);
    expect(stream.writtenBytes).toBeLessThan(288 * 1024);
  });
});
