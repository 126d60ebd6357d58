import { LENGTH_PREFIX_BYTES, readUint32 } from './message-frame.ts';

const NO_BYTES: Uint8Array = new Uint8Array(0);

/**
 * Cuts a peer's byte stream into the frames that were asked for; what it gave out stays as it is.
 *
 * Invariants: a length beyond the limit is reported before its payload is waited for, so that it never holds more
 * than twice one frame's bytes and the chunk that came last; each byte is copied twice at most on average, however
 * small the chunks are.
 */
export class MessageReader {
  /** Bytes that were not taken yet. */
  #buffered = NO_BYTES;
  /** Our own memory that `#buffered` ends in, with room behind it; undefined while it is the caller's. */
  #own: Uint8Array | undefined;

  push(chunk: Uint8Array): void {
    if (this.#buffered.length === 0) {
      this.#buffered = chunk;
      this.#own = undefined;
      return;
    }
    const length = this.#buffered.length + chunk.length;
    const start = this.#own === undefined ? 0 : this.#buffered.byteOffset;
    if (this.#own === undefined || start + length > this.#own.length) this.#move(length, chunk);
    else this.#append(this.#own, start, chunk);
  }

  /** Looks at what is there without taking it. */
  peek(): Uint8Array {
    return this.#buffered;
  }

  /** Takes exactly `length` bytes, or `undefined` until they are there. */
  take(length: number): Uint8Array | undefined {
    return this.#take(0, length);
  }

  /** The next whole frame without its length prefix, `undefined` until it is there, or that it is too long. */
  takeFrame(maxBytes: number): Uint8Array | 'too-long' | undefined {
    if (this.#buffered.length < LENGTH_PREFIX_BYTES) return undefined;
    const length = readUint32(this.#buffered, 0);
    if (length > maxBytes) return 'too-long';
    return this.#take(LENGTH_PREFIX_BYTES, LENGTH_PREFIX_BYTES + length);
  }

  /** Takes what is before `end`, and gives it from `start` on. */
  #take(start: number, end: number): Uint8Array | undefined {
    if (this.#buffered.length < end) return undefined;
    const taken = this.#buffered.subarray(start, end);
    // Whoever says nothing more keeps no memory.
    this.#buffered = this.#buffered.length === end ? NO_BYTES : this.#buffered.subarray(end);
    return taken;
  }

  /** Into memory with so much room that the next move comes after as many bytes as this one copies. */
  #move(length: number, chunk: Uint8Array): void {
    const own = new Uint8Array(length + this.#buffered.length);
    own.set(this.#buffered);
    this.#buffered = own.subarray(0, this.#buffered.length);
    this.#own = own;
    this.#append(own, 0, chunk);
  }

  #append(own: Uint8Array, start: number, chunk: Uint8Array): void {
    own.set(chunk, start + this.#buffered.length);
    this.#buffered = own.subarray(start, start + this.#buffered.length + chunk.length);
  }
}
