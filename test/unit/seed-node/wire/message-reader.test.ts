import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MessageReader } from '../../../../seed-node/wire/message-reader.ts';
import { concatBytes, toHex } from '../../../../shared/bytes.ts';

function readerOf(...bytes: readonly number[]): MessageReader {
  const reader = new MessageReader();
  reader.push(Uint8Array.from(bytes));
  return reader;
}

function frameBytes(payload: Uint8Array): Uint8Array {
  const prefix = new Uint8Array(4);
  new DataView(prefix.buffer).setUint32(0, payload.length);
  return concatBytes([prefix, payload]);
}

function takeAll(reader: MessageReader): Uint8Array[] {
  const frames: Uint8Array[] = [];
  for (;;) {
    const frame = reader.takeFrame(1000);
    if (frame === undefined || frame === 'too-long') return frames;
    frames.push(frame);
  }
}

describe('MessageReader.take()', () => {
  test('waits for all its bytes, and leaves the rest', () => {
    const reader = readerOf(1, 2);
    expect(reader.take(3)).toBeUndefined();
    reader.push(Uint8Array.of(3, 4));
    expect(reader.take(3)).toEqual(Uint8Array.of(1, 2, 3));
    expect(reader.peek()).toEqual(Uint8Array.of(4));
    expect(reader.take(2)).toBeUndefined();
  });
});

describe('MessageReader.takeFrame()', () => {
  test.each<[name: string, bytes: number[], frame: Uint8Array | 'too-long' | undefined]>([
    ['nothing', [], undefined],
    ['a length that is cut off', [0, 0, 0], undefined],
    ['a keep-alive', [0, 0, 0, 0], Uint8Array.of()],
    ['a frame that is cut off', [0, 0, 0, 3, 1, 2], undefined],
    ['a whole frame', [0, 0, 0, 3, 1, 2, 3], Uint8Array.of(1, 2, 3)],
    ['a frame and more', [0, 0, 0, 1, 1, 2, 3], Uint8Array.of(1)],
    ['a frame at the limit', [0, 0, 0, 4, 1, 2, 3, 4], Uint8Array.of(1, 2, 3, 4)],
    ['a length one past the limit, before its payload', [0, 0, 0, 5], 'too-long'],
    ['a length of 2^31, which is not negative', [0x80, 0, 0, 0], 'too-long'],
    ['a length of 2^32 - 1, which is not negative', [0xff, 0xff, 0xff, 0xff], 'too-long'],
  ])('%s', (_name, bytes, frame) => {
    expect(readerOf(...bytes).takeFrame(4)).toEqual(frame);
  });

  test('a frame that is not whole stays where it is', () => {
    const reader = readerOf(0, 0, 0, 2, 1);
    expect(reader.takeFrame(4)).toBeUndefined();
    reader.push(Uint8Array.of(2));
    expect(reader.takeFrame(4)).toEqual(Uint8Array.of(1, 2));
    expect(reader.peek().length).toBe(0);
  });

  test('a frame that comes byte by byte is moved to new memory a few times, not each time', () => {
    const reader = new MessageReader();
    const stream = frameBytes(new Uint8Array(100_000));
    const memories = new Set<ArrayBufferLike>();
    for (const byte of stream) {
      reader.push(Uint8Array.of(byte));
      memories.add(reader.peek().buffer);
    }
    expect(reader.takeFrame(100_000)).toHaveLength(100_000);
    expect(memories.size).toBeLessThan(25);
  });

  test('what was taken stays as it is when more comes', () => {
    const reader = readerOf(0, 0);
    const taken: Uint8Array[] = [];
    for (let i = 0; i < 50; i += 1) {
      reader.push(Uint8Array.of(0, 2, i, i, 0, 0));
      const frame = reader.takeFrame(2);
      if (frame instanceof Uint8Array) taken.push(frame);
    }
    expect(taken).toEqual(Array.from({ length: 50 }, (_, i) => Uint8Array.of(i, i)));
  });

  test('any frames come out of any chunks', () => {
    const payloads = fc.array(fc.uint8Array({ maxLength: 20 }), { maxLength: 8 });
    fc.assert(
      fc.property(payloads, fc.array(fc.nat({ max: 9 }), { minLength: 1 }), (all, sizes) => {
        const stream = concatBytes(all.map(frameBytes));
        const reader = new MessageReader();
        const frames: Uint8Array[] = [];
        let offset = 0;
        for (let i = 0; offset < stream.length; i += 1) {
          const size = (sizes[i % sizes.length] ?? 0) + 1;
          reader.push(stream.subarray(offset, offset + size));
          frames.push(...takeAll(reader));
          offset += size;
        }
        expect(frames.map(toHex)).toEqual(all.map(toHex));
      }),
    );
  });
});
