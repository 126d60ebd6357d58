import { Duplex, duplexPair } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { takenBytes, WebRtcPipe } from '../../../../seed-node/transport/webrtc-pipe.ts';

interface Frame {
  readonly kind: string;
  readonly connection: number;
  readonly payload: Uint8Array;
}

/** What comes out of the other end, of frames that `send` puts in, in chunks of `chunkBytes`. */
async function carry(send: (pipe: WebRtcPipe) => void, chunkBytes: number): Promise<Frame[]> {
  const sent = Buffer.concat(await bytesOf(send));
  const { near, received } = openPair();
  for (let at = 0; at < sent.length; at += chunkBytes) {
    near.write(sent.subarray(at, at + chunkBytes));
    await turn();
  }
  return received;
}

/** A pipe at one end, and at the other whoever writes to it. */
function openPair(): { near: Duplex; far: Duplex; received: Frame[] } {
  const received: Frame[] = [];
  const [near, far] = duplexPair();
  void new WebRtcPipe(far, (kind, connection, payload) =>
    received.push({ kind, connection, payload: new Uint8Array(payload) }),
  );
  return { near, far, received };
}

async function bytesOf(send: (pipe: WebRtcPipe) => void): Promise<Buffer[]> {
  const [near, far] = duplexPair();
  const chunks: Buffer[] = [];
  far.on('data', (chunk: Buffer) => chunks.push(chunk));
  send(new WebRtcPipe(near, () => {}));
  await turn();
  return chunks;
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const bytes = (length: number): Uint8Array => Uint8Array.from({ length }, (_, n) => n % 251);

describe('WebRtcPipe', () => {
  test.each([1, 3, 9, 10, 1000])('carries frames in chunks of %i bytes', async (chunkBytes) => {
    const received = await carry((pipe) => {
      pipe.send('offer', 1, bytes(20));
      pipe.sendTaken(2, 70_000);
      pipe.send('data', 3, bytes(300));
      pipe.send('data', 3);
      pipe.send('close', 0xffff_ffff);
    }, chunkBytes);

    const gathered = received.filter(({ kind }) => kind !== 'data');
    expect(gathered.map(({ kind, connection }) => [kind, connection])).toEqual([
      ['offer', 1],
      ['taken', 2],
      ['close', 0xffff_ffff],
    ]);
    expect(gathered[0]?.payload).toEqual(bytes(20));
    expect(takenBytes(gathered[1]?.payload ?? new Uint8Array(0))).toBe(70_000);
    const data = received.filter(({ kind }) => kind === 'data');
    expect(new Set(data.map(({ connection }) => connection))).toEqual(new Set([3]));
    expect(new Uint8Array(Buffer.concat(data.map(({ payload }) => payload)))).toEqual(bytes(300));
  });

  test('hands data on as it comes, however long the frame is', async () => {
    const received = await carry((pipe) => pipe.send('data', 7, bytes(1_000_000)), 60_000);

    expect(received.length).toBeGreaterThan(1);
    expect(Math.max(...received.map(({ payload }) => payload.length))).toBeLessThanOrEqual(60_000);
    const carried = Buffer.concat(received.map(({ payload }) => payload));
    expect(carried.equals(bytes(1_000_000))).toBe(true);
  });

  test('says when the memory may be used again, not before it is written', async () => {
    const writes: (() => void)[] = [];
    const socket = new Duplex({
      read: () => {},
      writev: (_chunks, done) => writes.push(done),
    });
    let isWritten = false;
    new WebRtcPipe(socket, () => {}).send('data', 1, bytes(1_000), () => {
      isWritten = true;
    });
    await turn();
    expect(isWritten).toBe(false);

    for (const write of writes) write();
    await turn();

    expect(isWritten).toBe(true);
  });

  test('never says so when the other process is gone', async () => {
    const socket = new Duplex({
      read: () => {},
      writev: (_chunks, done) => done(new Error('The other process is gone')),
    });
    const pipe = new WebRtcPipe(socket, () => {});
    let isWritten = false;
    const onWritten = (): void => {
      isWritten = true;
    };
    pipe.send('data', 1, bytes(1_000), onWritten);
    await turn();
    pipe.send('data', 1, bytes(1_000), onWritten);
    await turn();

    expect(isWritten).toBe(false);
  });

  test.each([
    ['an unknown kind', [0, 0, 0, 1, 6, 0, 0, 0, 1]],
    ['an offer that is too long', [0, 1, 0, 1, 0, 0, 0, 0, 1]],
  ])('is closed by %s', async (_what, header) => {
    const { near, far } = openPair();

    near.write(Uint8Array.from(header));
    await turn();

    expect(far.destroyed).toBe(true);
  });
});
