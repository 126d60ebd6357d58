import { Duplex } from 'node:stream';
import { INCOMING_WINDOW_BYTES, OUTGOING_WINDOW_BYTES } from './webrtc-pipe.ts';

/** How a channel's stream reaches the process that holds the channel. */
export interface ChannelLink {
  /** Calls `onWritten` when the memory of `bytes` may be used again, unless that process is gone. */
  data(bytes: Uint8Array, onWritten: () => void): void;
  /** The reader has taken so many bytes. */
  taken(bytes: number): void;
  close(): void;
}

/**
 * A data channel as a stream of bytes.
 *
 * Invariant: at most `OUTGOING_WINDOW_BYTES`, and what is left of one write, are under way to the network; while they
 * are, writes wait.
 */
export class ChannelStream extends Duplex {
  readonly #link: ChannelLink;
  #underWayBytes = 0;
  #writesAgain: (() => void) | undefined;
  #untoldBytes = 0;

  constructor(link: ChannelLink) {
    super({ allowHalfOpen: false, readableHighWaterMark: INCOMING_WINDOW_BYTES });
    this.#link = link;
  }

  /** Bytes came from the remote. */
  receive(bytes: Uint8Array): void {
    if (this.destroyed) return;
    this.#untoldBytes += bytes.length;
    if (this.push(bytes)) this.#tellTaken();
  }

  /** The network has taken so many bytes. */
  makeRoom(bytes: number): void {
    this.#underWayBytes -= bytes;
    if (this.#underWayBytes >= OUTGOING_WINDOW_BYTES) return;
    const writesAgain = this.#writesAgain;
    this.#writesAgain = undefined;
    writesAgain?.();
  }

  override _read(): void {
    this.#tellTaken();
  }

  override _write(bytes: Uint8Array, _encoding: string, done: () => void): void {
    this.#underWayBytes += bytes.length;
    // Not copied: large memory for every write would keep the garbage collector busier than the network.
    this.#link.data(bytes, () => {
      if (this.#underWayBytes < OUTGOING_WINDOW_BYTES) done();
      else this.#writesAgain = done;
    });
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#link.close();
    done(error);
  }

  #tellTaken(): void {
    if (this.#untoldBytes === 0) return;
    this.#link.taken(this.#untoldBytes);
    this.#untoldBytes = 0;
  }
}
