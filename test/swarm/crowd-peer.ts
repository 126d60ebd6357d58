import { connect, type Socket } from 'node:net';
import { randomBytes } from 'node:crypto';
import { encodeHandshake, HANDSHAKE_BYTES } from '../../seed-node/wire/handshake.ts';
import { frameMessage, ID, writeUint32 } from '../../seed-node/wire/message-frame.ts';
import { MessageReader } from '../../seed-node/wire/message-reader.ts';
import { concatBytes } from '../../shared/bytes.ts';
import type { InfoHash } from '../../shared/info-hash.ts';
import { required } from '../unit/shared/required.ts';
import { peerIdFromBytes } from '../../shared/peer-id.ts';

const MAX_MESSAGE_BYTES = 1024 * 1024;
const KEEP_ALIVE = new Uint8Array(4);
const KEEP_ALIVE_MS = 1_000;
const DRIBBLE_MS = 1_000;

/** Where the seed is, and the loopback address that the peer has for itself. */
export interface Place {
  readonly port: number;
  readonly localAddress: string;
}

/** The address of the nth peer of a crowd. */
export function addressOf(n: number): string {
  return `127.1.${n >> 8}.${n & 255}`;
}

/** One of a crowd on a TCP connection: it says what it likes, and knows how long it had a slot. */
export class CrowdPeer {
  readonly socket: Socket;
  /** Resolves when the connection is over, whoever ended it. */
  readonly closed: Promise<void>;
  onMessage: (id: number, payload: Uint8Array) => void = () => {};
  /** Told each time that it gets a slot. */
  onSlot: () => void = () => {};
  longestSlotMs = 0;
  readonly #reader = new MessageReader();
  #hasHandshake = false;
  #unchokedAtMs: number | undefined;
  #isDribbling = false;
  #keepAlive: NodeJS.Timeout | undefined;

  /** `readsBytewise`: so that it can stop in the midst of anything. */
  constructor({ port, localAddress }: Place, readsBytewise = false) {
    const onread = {
      buffer: new Uint8Array(1),
      callback: (_count: number, byte: Uint8Array): boolean => {
        this.#receive(Uint8Array.from(byte));
        if (this.#isDribbling) setTimeout(() => this.socket.resume(), DRIBBLE_MS);
        return !this.#isDribbling;
      },
    };
    const options = { port, host: '127.0.0.1', localAddress };
    this.socket = connect(readsBytewise ? { ...options, onread } : options);
    this.socket.setNoDelay(true);
    this.socket.on('error', () => {});
    if (!readsBytewise) this.socket.on('data', (bytes: Uint8Array) => this.#receive(bytes));
    this.closed = new Promise((resolve) => {
      this.socket.once('close', () => {
        clearInterval(this.#keepAlive);
        this.#endSlot();
        resolve();
      });
    });
  }

  sayHello(infoHash: InfoHash, isFast = false, hasExtensions = false): void {
    const peerId = required(peerIdFromBytes(randomBytes(20)));
    this.write(encodeHandshake({ infoHash, peerId, hasExtensions, isFast, hasV2: false }));
  }

  write(...parts: readonly Uint8Array[]): void {
    if (this.socket.writable) this.socket.write(concatBytes(parts));
  }

  /** Takes nothing from now on, but says that it is there: that way it finds out when it is not wanted any more. */
  stopReading(): void {
    this.socket.pause();
    this.keepAlive();
  }

  /** Takes one byte a second from now on. */
  dribble(): void {
    this.#isDribbling = true;
    this.keepAlive();
  }

  keepAlive(): void {
    this.#keepAlive ??= setInterval(() => this.write(KEEP_ALIVE), KEEP_ALIVE_MS);
  }

  #receive(bytes: Uint8Array): void {
    this.#reader.push(bytes);
    if (!this.#hasHandshake) {
      this.#hasHandshake = this.#reader.take(HANDSHAKE_BYTES) !== undefined;
      if (!this.#hasHandshake) return;
    }
    for (;;) {
      const frame = this.#reader.takeFrame(MAX_MESSAGE_BYTES);
      if (frame === undefined || frame === 'too-long') return;
      const [id] = frame;
      if (id === undefined) continue;
      if (id === ID.choke) this.#endSlot();
      if (id === ID.unchoke) {
        this.#unchokedAtMs ??= Date.now();
        this.onSlot();
      }
      this.onMessage(id, frame.subarray(1));
    }
  }

  #endSlot(): void {
    const sinceMs = this.#unchokedAtMs ?? Date.now();
    this.longestSlotMs = Math.max(this.longestSlotMs, Date.now() - sinceMs);
    this.#unchokedAtMs = undefined;
  }
}

export const INTERESTED: Uint8Array = frameMessage(ID.interested, []);
export const NOT_INTERESTED: Uint8Array = frameMessage(ID.notInterested, []);

/** A `request` or a `cancel`. */
export function blockMessage(
  id: typeof ID.request | typeof ID.cancel,
  pieceIndex: number,
  beginBytes: number,
  lengthBytes: number,
): Uint8Array {
  const payload = new Uint8Array(12);
  writeUint32(payload, 0, pieceIndex);
  writeUint32(payload, 4, beginBytes);
  writeUint32(payload, 8, lengthBytes);
  return frameMessage(id, [payload]);
}

export function many(count: number, bytes: Uint8Array): Uint8Array {
  return concatBytes(Array.from({ length: count }, () => bytes));
}
