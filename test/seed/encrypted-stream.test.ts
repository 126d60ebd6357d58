import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { describe, expect, onTestFinished, test } from 'vitest';
import { EncryptedStream } from '../../seed-node/transport/encrypted-stream.ts';
import { SEND_BUFFER_BYTES } from '../../seed-node/transport/send-buffers.ts';
import { Rc4 } from '../../seed-node/wire/rc4.ts';
import { invariant } from '../../shared/invariant.ts';
import { makeBytes } from '../support/content.ts';

const [OURS, THEIRS] = [new Uint8Array(20).fill(1), new Uint8Array(20).fill(2)];
/** More than the system takes for a reader that does not read. */
const MUCH_BYTES = 32_000_000;

/** Both ends of a connection, the near one encrypted. */
async function openConnection(): Promise<{
  readonly ours: EncryptedStream;
  readonly near: Socket;
  readonly far: Socket;
}> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const address = server.address();
  invariant(typeof address === 'object' && address !== null, 'the server listens');
  const accepted = new Promise<Socket>((resolve) => server.once('connection', resolve));
  const near = connect(address.port, '127.0.0.1');
  const far = await accepted;
  onTestFinished(() => void far.destroy());
  const ours = new EncryptedStream(near, { encrypt: new Rc4(OURS), decrypt: new Rc4(THEIRS) });
  return { ours, near, far };
}

function encrypted(far: Socket): EncryptedStream {
  return new EncryptedStream(far, { encrypt: new Rc4(THEIRS), decrypt: new Rc4(OURS) });
}

function write(stream: Duplex, bytes: Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    stream.write(bytes, (error) => {
      if (error instanceof Error) reject(error);
      else resolve();
    });
  });
}

describe('EncryptedStream', () => {
  test('carries what is written, in parts and longer than a send buffer', async () => {
    const { ours, far } = await openConnection();
    const parts = [1, 300_000, SEND_BUFFER_BYTES, SEND_BUFFER_BYTES + 1].map((length) =>
      makeBytes(length, `${length}`),
    );
    const received = buffer(encrypted(far));
    for (const part of parts) await write(ours, part);
    ours.end();

    expect((await received).equals(Buffer.concat(parts))).toBe(true);
  });

  test('leaves the writer’s memory as it is', async () => {
    const { ours, far } = await openConnection();
    far.resume();
    const bytes = Buffer.from(makeBytes(1_000, 'kept'));
    const before = Buffer.from(bytes);

    await write(ours, bytes);

    expect(bytes.equals(before)).toBe(true);
  });

  test('is not plain on its carrier', async () => {
    const { ours, far } = await openConnection();
    const carried = buffer(far);

    ours.end('BitTorrent');

    const bytes = await carried;
    expect(bytes.toString()).not.toBe('BitTorrent');
    new Rc4(OURS).apply(bytes, bytes);
    expect(bytes.toString()).toBe('BitTorrent');
  });

  test('a reader that takes its time holds the writer up', async () => {
    const { ours, far } = await openConnection();
    const theirs = encrypted(far);
    let isWritten = false;
    const written = write(ours, Buffer.alloc(MUCH_BYTES)).then(() => (isWritten = true));
    for (let turn = 0; turn < 100; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    expect(isWritten).toBe(false);
    expect(theirs.readableLength).toBeLessThan(MUCH_BYTES / 10);

    theirs.resume();

    await written;
  });

  test('ends with its carrier, and its carrier with it', async () => {
    const first = await openConnection();
    first.near.destroy();
    await once(first.ours, 'close');
    const second = await openConnection();
    second.ours.destroy();
    await once(second.near, 'close');
    expect([first.ours.destroyed, second.near.destroyed]).toEqual([true, true]);
  });
});
