import { concatBytes } from '../../shared/bytes.ts';
import { LENGTH_PREFIX_BYTES, readUint32 } from './message-frame.ts';

/**
 * Cuts a peer's byte stream into the frames that were asked for.
 *
 * Invariant: it never holds more than one frame's bytes and the chunk that came last, because a length beyond the
 * limit is reported before its payload is waited for.
 */
export class MessageReader {
  #buffered: Uint8Array = new Uint8Array(0);

  push(chunk: Uint8Array): void {
    this.#buffered = this.#buffered.length === 0 ? chunk : concatBytes([this.#buffered, chunk]);
  }

  /** Looks at what is there without taking it. */
  peek(): Uint8Array {
    return this.#buffered;
  }

  /** Takes exactly `length` bytes, or `undefined` until they are there. */
  take(length: number): Uint8Array | undefined {
    if (this.#buffered.length < length) return undefined;
    const taken = this.#buffered.subarray(0, length);
    this.#buffered = this.#buffered.subarray(length);
    return taken;
  }

  /** The next whole frame without its length prefix, `undefined` until it is there, or that it is too long. */
  takeFrame(maxBytes: number): Uint8Array | 'too-long' | undefined {
    if (this.#buffered.length < LENGTH_PREFIX_BYTES) return undefined;
    const length = readUint32(this.#buffered, 0);
    if (length > maxBytes) return 'too-long';
    return this.take(LENGTH_PREFIX_BYTES + length)?.subarray(LENGTH_PREFIX_BYTES);
  }
}
