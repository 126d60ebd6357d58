import { type Encodable, encodeBencode } from '../../shared/bencode.ts';
import { encodeExtended } from '../../seed-node/wire/peer-message.ts';
import { once } from 'node:events';
import { connect } from 'node:net';
import type { Duplex } from 'node:stream';
import { concatBytes } from '../../shared/bytes.ts';
import type { InfoHash } from '../../shared/info-hash.ts';
import { invariant } from '../../shared/invariant.ts';
import { peerIdFromBytes } from '../../shared/peer-id.ts';
import { encodeHandshake, HANDSHAKE_BYTES } from '../../seed-node/wire/handshake.ts';
import { waitUntil } from './wait-until.ts';

export interface RawFrame {
  readonly id: number;
  readonly payload: Uint8Array;
}

/** A leecher made of nothing but a stream: it says what a test wants, true or false. */
export class RawLeecher {
  readonly socket: Duplex;
  #received: Uint8Array = new Uint8Array(0);
  readonly #frames: RawFrame[] = [];

  constructor(socket: Duplex) {
    this.socket = socket;
    socket.on('data', (bytes: Uint8Array) => {
      this.#received = concatBytes([this.#received, bytes]);
    });
    socket.on('error', () => {});
    socket.resume();
  }

  /** At `to`, as one that comes `from` an address of this machine. */
  static async connect(
    port: number,
    { to = '127.0.0.1', from }: { to?: string; from?: string } = {},
  ): Promise<RawLeecher> {
    const socket = connect({
      port,
      host: to,
      ...(from === undefined ? {} : { localAddress: from }),
    });
    await once(socket, 'connect');
    return new RawLeecher(socket);
  }

  sayHello(infoHash: InfoHash, name: string, hasExtensions = false): void {
    const peerId = peerIdFromBytes(new TextEncoder().encode(name.padEnd(20, '-')));
    invariant(peerId !== undefined, 'the name has at most 20 bytes');
    this.socket.write(
      encodeHandshake({ infoHash, peerId, hasExtensions, isFast: false, hasV2: false }),
    );
  }

  sendExtended(id: number, value: Encodable): void {
    this.socket.write(encodeExtended(id, encodeBencode(value)));
  }

  send(id: number, ...numbers: readonly number[]): void {
    const frame = new DataView(new ArrayBuffer(5 + numbers.length * 4));
    frame.setUint32(0, 1 + numbers.length * 4);
    frame.setUint8(4, id);
    for (const [index, number] of numbers.entries()) frame.setUint32(5 + index * 4, number);
    this.socket.write(new Uint8Array(frame.buffer));
  }

  async handshake(): Promise<Uint8Array> {
    return waitUntil('the handshake', () => this.#take(HANDSHAKE_BYTES));
  }

  /** The next message with that id; those before it are thrown away. */
  async message(id: number): Promise<Uint8Array> {
    return waitUntil(`message ${id}`, () => {
      this.#cutFrames();
      for (let frame = this.#frames.shift(); frame !== undefined; frame = this.#frames.shift()) {
        if (frame.id === id) return frame.payload;
      }
      return undefined;
    });
  }

  /** How many messages with that id have come and were not taken. */
  framesOf(id: number): number {
    this.#cutFrames();
    return this.#frames.filter((frame) => frame.id === id).length;
  }

  async closed(): Promise<void> {
    await waitUntil('the connection to close', () => (this.socket.closed ? true : undefined));
  }

  #cutFrames(): void {
    while (this.#received.length >= 4) {
      const length = new DataView(this.#received.buffer, this.#received.byteOffset).getUint32(0);
      const frame = this.#take(4 + length);
      if (frame === undefined) break;
      if (length > 0) this.#frames.push({ id: frame[4] ?? -1, payload: frame.subarray(5) });
    }
  }

  #take(length: number): Uint8Array | undefined {
    if (this.#received.length < length) return undefined;
    const taken = this.#received.subarray(0, length);
    this.#received = this.#received.subarray(length);
    return taken;
  }
}
