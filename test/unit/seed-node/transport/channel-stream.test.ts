import { describe, expect, test } from 'vitest';
import { ChannelStream } from '../../../../seed-node/transport/channel-stream.ts';
import {
  INCOMING_WINDOW_BYTES,
  OUTGOING_WINDOW_BYTES,
} from '../../../../seed-node/transport/webrtc-pipe.ts';

/** A slow link has written what it was given when its function in `writes` is called, others have at once. */
function openStream({ isSlow = false } = {}): {
  stream: ChannelStream;
  writes: (() => void)[];
  sent: number[];
  taken: number[];
  closes: number[];
} {
  const sent: number[] = [];
  const taken: number[] = [];
  const closes: number[] = [];
  const writes: (() => void)[] = [];
  const stream = new ChannelStream({
    data: (bytes, onWritten) => {
      sent.push(bytes.length);
      if (isSlow) writes.push(onWritten);
      else onWritten();
    },
    taken: (bytes) => taken.push(bytes),
    close: () => closes.push(1),
  });
  return { stream, sent, taken, closes, writes };
}

const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('ChannelStream', () => {
  test('sends no more than the window until there is room again', async () => {
    const { stream, sent } = openStream();
    const block = new Uint8Array(16 * 1024);
    for (let n = 0; n < 100; n += 1) stream.write(block);
    await turn();

    expect(sum(sent)).toBe(OUTGOING_WINDOW_BYTES);
    stream.makeRoom(block.length);
    await turn();
    expect(sum(sent)).toBe(OUTGOING_WINDOW_BYTES + block.length);
  });

  test('asks for no more while the memory of one write is still in use', async () => {
    const { stream, sent, writes } = openStream({ isSlow: true });
    const dones: number[] = [];
    stream.write(new Uint8Array(10), () => dones.push(1));
    stream.write(new Uint8Array(20), () => dones.push(2));
    await turn();
    expect([sent, dones]).toEqual([[10], []]);

    for (const write of writes.splice(0)) write();
    await turn();

    expect([sent, dones]).toEqual([[10, 20], [1]]);
  });

  test('tells what its reader took, and nothing while it does not read', async () => {
    const { stream, taken } = openStream();
    for (let n = 0; n < 4; n += 1) stream.receive(new Uint8Array(INCOMING_WINDOW_BYTES / 4));
    await turn();
    expect(sum(taken)).toBeLessThan(INCOMING_WINDOW_BYTES);

    stream.resume();
    await turn();

    expect(sum(taken)).toBe(INCOMING_WINDOW_BYTES);
  });

  test('closes its channel once, and takes nothing any more', () => {
    const { stream, taken, closes } = openStream();

    stream.destroy();
    stream.destroy();
    stream.receive(new Uint8Array(10));

    expect(closes).toHaveLength(1);
    expect(taken).toEqual([]);
  });
});
