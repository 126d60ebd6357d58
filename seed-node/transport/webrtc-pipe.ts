import type { Duplex } from 'node:stream';
import { readUint32 } from '../wire/message-frame.ts';
import { MessageReader } from '../wire/message-reader.ts';

/**
 * What is said over the pipe between the seed box and its WebRTC process, about one connection: `offer` and `answer`
 * carry a session description, `opened` the remote's address, `data` bytes of the channel, `taken` how many bytes of
 * `data` made room again (four bytes), `close` nothing. Either side may close, and what comes after it is ignored.
 */
const FRAME_KINDS = ['offer', 'answer', 'opened', 'data', 'taken', 'close'] as const;
export type FrameKind = (typeof FRAME_KINDS)[number];

/** The payload's length (four bytes), a kind (one), and the number of the connection (four). */
const HEADER_BYTES = 9;
const KIND_AT = 4;
const CONNECTION_AT = 5;
/** The longest payload that is gathered, of any kind but `data`: session descriptions are shorter. */
const MAX_GATHERED_BYTES = 64 * 1024;
/**
 * `data` bytes of one channel that may be under way to the network; as many again wait in SCTP's own buffer. Half of it
 * lasts for as long as two busy processors take to have both processes say more.
 */
export const OUTGOING_WINDOW_BYTES: number = 1024 * 1024;
/** `data` bytes of one channel that may be under way to the seed box: many times what a leecher has to say. */
export const INCOMING_WINDOW_BYTES: number = 256 * 1024;

const NOTHING = new Uint8Array(0);

/**
 * Called with each frame, and with those of `data` in as many parts as they come in: they are a stream of bytes, and
 * gathering them would copy each. `payload` may be kept.
 */
export type FrameHandler = (kind: FrameKind, connection: number, payload: Uint8Array) => void;

/**
 * Frames over the socket between the two processes.
 *
 * Invariant: what it buffers is bounded by the windows of the channels, because both sides keep to them.
 */
export class WebRtcPipe {
  readonly #socket: Duplex;
  readonly #onFrame: FrameHandler;
  readonly #reader = new MessageReader();
  #isCorked = false;
  /** Of the `data` frame that is coming in. */
  #dataBytesToCome = 0;
  #dataConnection = 0;

  constructor(socket: Duplex, onFrame: FrameHandler) {
    this.#socket = socket;
    this.#onFrame = onFrame;
    socket.on('data', (bytes: Uint8Array) => this.#receive(bytes));
    // The other process is gone: whoever watches it knows.
    socket.on('error', () => {});
  }

  /** Calls `onWritten` when the payload's memory may be used again, unless the other process is gone. */
  send(
    kind: FrameKind,
    connection: number,
    payload: Uint8Array = NOTHING,
    onWritten?: () => void,
  ): void {
    if (!this.#socket.writable) return;
    const header = new DataView(new ArrayBuffer(HEADER_BYTES));
    header.setUint32(0, payload.length);
    header.setUint8(KIND_AT, FRAME_KINDS.indexOf(kind));
    header.setUint32(CONNECTION_AT, connection);
    this.#corkForNow();
    this.#socket.write(new Uint8Array(header.buffer));
    this.#socket.write(payload, (error) => {
      if (error === null || error === undefined) onWritten?.();
    });
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

  #receive(bytes: Uint8Array): void {
    this.#reader.push(bytes);
    let isMore = true;
    while (isMore) isMore = this.#dataBytesToCome > 0 ? this.#takeData() : this.#takeFrame();
  }

  /** Whether anything was there. */
  #takeData(): boolean {
    const length = Math.min(this.#dataBytesToCome, this.#reader.peek().length);
    const data = length === 0 ? undefined : this.#reader.take(length);
    if (data === undefined) return false;
    this.#dataBytesToCome -= length;
    this.#onFrame('data', this.#dataConnection, data);
    return true;
  }

  /** Takes a whole frame, or the header of `data`. Whether it was there. */
  #takeFrame(): boolean {
    const header = this.#reader.peek();
    if (header.length < HEADER_BYTES) return false;
    const length = readUint32(header, 0);
    const kind = FRAME_KINDS[header[KIND_AT] ?? -1];
    const connection = readUint32(header, CONNECTION_AT);
    if (kind === 'data') {
      this.#reader.take(HEADER_BYTES);
      this.#dataBytesToCome = length;
      this.#dataConnection = connection;
      return true;
    }
    if (kind === undefined || length > MAX_GATHERED_BYTES) {
      this.#socket.destroy(new Error('The pipe carries no frames'));
      return false;
    }
    const frame = this.#reader.take(HEADER_BYTES + length);
    if (frame === undefined) return false;
    this.#onFrame(kind, connection, frame.subarray(HEADER_BYTES));
    return true;
  }
}

/** The number that a `taken` frame carries. */
export function takenBytes(payload: Uint8Array): number {
  return payload.length === 4 ? new DataView(payload.buffer, payload.byteOffset).getUint32(0) : 0;
}
