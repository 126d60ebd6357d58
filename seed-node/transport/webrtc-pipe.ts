import type { Socket } from 'node:net';
import { MessageReader } from '../wire/message-reader.ts';
import { LENGTH_PREFIX_BYTES } from '../wire/message-frame.ts';

/**
 * What is said over the pipe between the seed box and its WebRTC process, about one connection: `offer` and `answer`
 * carry a session description, `opened` the remote's address, `data` bytes of the channel, `taken` how many bytes of
 * `data` made room again (four bytes), `close` nothing. Either side may close, and what comes after it is ignored.
 */
const FRAME_KINDS = ['offer', 'answer', 'opened', 'data', 'taken', 'close'] as const;
export type FrameKind = (typeof FRAME_KINDS)[number];

/** A length, a kind, and the number of the connection. */
const HEADER_BYTES = LENGTH_PREFIX_BYTES + 5;
/** The longest payload: session descriptions and what one channel sends at once are shorter. */
const MAX_PAYLOAD_BYTES = 64 * 1024;
/** Chromium takes longer messages, other peers may not; longer ones are not faster. */
export const MAX_DATA_BYTES: number = 16 * 1024 + 64;
/** `data` bytes of one channel that may be under way to the network; as many again wait in SCTP's own buffer. */
export const OUTGOING_WINDOW_BYTES: number = 512 * 1024;
/** `data` bytes of one channel that may be under way to the seed box: many times what a leecher has to say. */
export const INCOMING_WINDOW_BYTES: number = 256 * 1024;

const NOTHING = new Uint8Array(0);

/** Called with each frame; `payload` may be kept. */
export type FrameHandler = (kind: FrameKind, connection: number, payload: Uint8Array) => void;

/**
 * Frames over the socket between the two processes.
 *
 * Invariant: what it buffers is bounded by the windows of the channels, because both sides keep to them.
 */
export class WebRtcPipe {
  readonly #socket: Socket;
  readonly #reader = new MessageReader();
  #isCorked = false;

  constructor(socket: Socket, onFrame: FrameHandler) {
    this.#socket = socket;
    socket.on('data', (bytes) => this.#receive(bytes, onFrame));
    // The other process is gone: whoever watches it knows.
    socket.on('error', () => {});
  }

  send(kind: FrameKind, connection: number, payload: Uint8Array = NOTHING): void {
    if (!this.#socket.writable) return;
    const header = new DataView(new ArrayBuffer(HEADER_BYTES));
    header.setUint32(0, HEADER_BYTES - LENGTH_PREFIX_BYTES + payload.length);
    header.setUint8(LENGTH_PREFIX_BYTES, FRAME_KINDS.indexOf(kind));
    header.setUint32(LENGTH_PREFIX_BYTES + 1, connection);
    this.#corkForNow();
    this.#socket.write(new Uint8Array(header.buffer));
    if (payload.length > 0) this.#socket.write(payload);
  }

  sendTaken(connection: number, bytes: number): void {
    const payload = new DataView(new ArrayBuffer(4));
    payload.setUint32(0, bytes);
    this.send('taken', connection, new Uint8Array(payload.buffer));
  }

  /** Everything that is sent in one turn is one system call. */
  #corkForNow(): void {
    if (this.#isCorked) return;
    this.#isCorked = true;
    this.#socket.cork();
    process.nextTick(() => {
      this.#isCorked = false;
      this.#socket.uncork();
    });
  }

  #receive(bytes: Uint8Array, onFrame: FrameHandler): void {
    this.#reader.push(bytes);
    for (;;) {
      const frame = this.#reader.takeFrame(HEADER_BYTES + MAX_PAYLOAD_BYTES);
      if (frame === undefined) return;
      const kind = frame === 'too-long' ? undefined : FRAME_KINDS[frame[0] ?? -1];
      if (frame === 'too-long' || kind === undefined) {
        this.#socket.destroy(new Error('The pipe carries no frames'));
        return;
      }
      const connection = new DataView(frame.buffer, frame.byteOffset).getUint32(1);
      onFrame(kind, connection, frame.subarray(5));
    }
  }
}

/** The number that a `taken` frame carries. */
export function takenBytes(payload: Uint8Array): number {
  return payload.length === 4 ? new DataView(payload.buffer, payload.byteOffset).getUint32(0) : 0;
}
