import type { Duplex } from 'node:stream';
import { FULL_BYTES, returnSendBuffer, SEND_BUFFER_BYTES, takeSendBuffer } from './send-buffers.ts';

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
  #isWriting = false;

  constructor(stream: Duplex, onRoom: () => void) {
    this.#stream = stream;
    this.#onRoom = onRoom;
  }

  get isFull(): boolean {
    return this.#filledBytes >= FULL_BYTES || this.#surplus.length > 0;
  }

  /** Takes a copy. */
  put(bytes: Uint8Array): void {
    if (this.#surplus.length > 0 || this.#filledBytes + bytes.length > SEND_BUFFER_BYTES) {
      this.#surplus.push(Uint8Array.from(bytes));
      return;
    }
    this.#filling ??= takeSendBuffer();
    this.#filling.set(bytes, this.#filledBytes);
    this.#filledBytes += bytes.length;
  }

  /** Starts to write what was put in, unless a write is under way: its end starts the next. */
  flush(): void {
    if (this.#isWriting || this.#filling === undefined) return;
    const buffer = this.#filling;
    const wasFull = this.isFull;
    const parts = [buffer.subarray(0, this.#filledBytes), ...this.#surplus];
    this.#filling = undefined;
    this.#filledBytes = 0;
    this.#surplus = [];
    this.#isWriting = true;
    const bytes = parts.length === 1 ? parts[0] : Buffer.concat(parts);
    this.#stream.write(bytes, (error) => {
      this.#isWriting = false;
      returnSendBuffer(buffer);
      if (error !== null && error !== undefined) return;
      this.flush();
    });
    if (wasFull) this.#onRoom();
  }
}
