import { Duplex } from 'node:stream';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Outbox } from '../../../../seed-node/transport/outbox.ts';
import { concatBytes } from '../../../../shared/bytes.ts';

/** Takes one write at a time, when it is told to. */
class SlowStream extends Duplex {
  readonly written: Uint8Array[] = [];
  #done: (() => void) | undefined;

  override _read(): void {}

  override _write(bytes: Uint8Array, _encoding: string, done: () => void): void {
    this.written.push(Uint8Array.from(bytes));
    this.#done = done;
  }

  /** The other side reads what is under way; false where nothing is. */
  accept(): boolean {
    const done = this.#done;
    this.#done = undefined;
    done?.();
    return done !== undefined;
  }
}

describe('Outbox', () => {
  test('sends what was put in, in order, however much of it waits', async () => {
    const sizes = fc.oneof(fc.integer({ min: 1, max: 100 }), fc.constantFrom(16_397, 400_000));
    await fc.assert(
      fc.asyncProperty(fc.array(sizes, { minLength: 1, maxLength: 60 }), async (lengths) => {
        const stream = new SlowStream();
        const outbox = new Outbox(stream, () => {});
        const all = lengths.map((length, index) => new Uint8Array(length).fill(index + 1));
        for (const bytes of all) {
          const reused = Uint8Array.from(bytes);
          outbox.put(reused);
          reused.fill(0);
          if (bytes.length % 2 === 0) outbox.flush();
        }
        outbox.flush();
        while (stream.accept()) await new Promise((resolve) => setImmediate(resolve));
        expect(Buffer.compare(concatBytes(stream.written), concatBytes(all))).toBe(0);
      }),
      { numRuns: 50 },
    );
  });

  test('is full from 256 KiB on, and tells when it has room again', () => {
    const stream = new SlowStream();
    let rooms = 0;
    const outbox = new Outbox(stream, () => (rooms += 1));
    outbox.put(new Uint8Array(1));
    outbox.flush();
    outbox.put(new Uint8Array(256 * 1024 - 1));
    expect(outbox.isFull).toBe(false);
    outbox.put(new Uint8Array(1));
    expect(outbox.isFull).toBe(true);
    outbox.flush();
    expect(rooms).toBe(0);
    stream.accept();
    return expect.poll(() => [rooms, outbox.isFull]).toEqual([1, false]);
  });
});
