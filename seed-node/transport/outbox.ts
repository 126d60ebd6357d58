import type { Duplex } from 'node:stream';
import { FULL_BYTES, returnSendBuffer, SEND_BUFFER_BYTES, takeSendBuffer } from './send-buffers.ts';

/** Small messages behind a full buffer share memory: a peer that is told no a thousand times costs its bytes alone. */
const SURPLUS_BYTES = 16 * 1024;

/**
 * Gathers what one peer is sent, so that many messages leave in one write.
 *
 * Invariants: at most one write is under way; two buffers are held at most, and none by a peer that is sent nothing;
 * what is put into a full outbox is sent too, but that is for who was already on the way when it filled.
 */
export class Outbox {
  readonly #stream: Duplex;
  /** Told when an outbox that was full has room again. */
  readonly #onRoom: () => void;
  #filling: Buffer | undefined;
  #filledBytes = 0;
  /** Behind the filling buffer, in order. */
  #surplus: Uint8Array[] = [];
  /** The memory that the last of the surplus is in, and how much of it is used. */
  #surplusBuffer: Uint8Array = new Uint8Array(0);
  #surplusUsedBytes = 0;
  #writingSinceMs: number | undefined;

  constructor(stream: Duplex, onRoom: () => void) {
    this.#stream = stream;
    this.#onRoom = onRoom;
  }

  get isFull(): boolean {
    return this.#filledBytes >= FULL_BYTES || this.#surplus.length > 0;
  }

  /** When the write under way began, if there is one. */
  get writingSinceMs(): number | undefined {
    return this.#writingSinceMs;
  }

  /** Takes a copy. */
  put(bytes: Uint8Array): void {
    this.#filling ??= takeSendBuffer();
    if (this.#surplus.length > 0 || this.#filledBytes + bytes.length > SEND_BUFFER_BYTES) {
      this.#putBehind(bytes);
      return;
    }
    this.#filling.set(bytes, this.#filledBytes);
    this.#filledBytes += bytes.length;
  }

  #putBehind(bytes: Uint8Array): void {
    const start = this.#surplusUsedBytes;
    const end = start + bytes.length;
    if (this.#surplus.length > 0 && end <= this.#surplusBuffer.length) {
      this.#surplusBuffer.set(bytes, start);
      this.#surplus.splice(-1, 1, this.#surplusBuffer.subarray(0, end));
      this.#surplusUsedBytes = end;
    } else {
      this.#surplusBuffer = new Uint8Array(Math.max(SURPLUS_BYTES, bytes.length));
      this.#surplusBuffer.set(bytes);
      this.#surplus.push(this.#surplusBuffer.subarray(0, bytes.length));
      this.#surplusUsedBytes = bytes.length;
    }
  }

  /** Starts to write what was put in, unless a write is under way: its end starts the next. */
  flush(): void {
    if (this.#writingSinceMs !== undefined || this.#filling === undefined) return;
    const buffer = this.#filling;
    const wasFull = this.isFull;
    const parts = [buffer.subarray(0, this.#filledBytes), ...this.#surplus];
    this.#filling = undefined;
    this.#filledBytes = 0;
    this.#surplus = [];
    this.#writingSinceMs = Date.now();
    const bytes = parts.length === 1 ? parts[0] : Buffer.concat(parts);
    this.#stream.write(bytes, (error) => {
      this.#writingSinceMs = undefined;
      returnSendBuffer(buffer);
      if (error !== null && error !== undefined) return;
      this.flush();
    });
    if (wasFull) this.#onRoom();
  }
}
