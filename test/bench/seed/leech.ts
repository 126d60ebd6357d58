// A leecher that discards what it gets, as a program of its own: tells as JSON how long the whole torrent took.
//
//   leech.ts wait|download <port> <info-hash> <size> <piece length> <connections>
//
// `wait` ends as soon as the seed offers every piece.
import { randomBytes } from 'node:crypto';
import { createConnection, type Socket } from 'node:net';

const BLOCK_BYTES = 16 * 1024;
/** Blocks asked for at a time on each connection. */
const WINDOW = 256;
const READ_BYTES = 256 * 1024;
const PIECE_HEADER_BYTES = 13;
const MAX_HEADER_BYTES = 68;
const READY_TIMEOUT_MS = 60_000;
const ID = { choke: 0, unchoke: 1, interested: 2, bitfield: 5, request: 6, piece: 7 } as const;

const [mode = '', portText = '', infoHash = '', sizeText = '', pieceText = '', countText = '1'] =
  process.argv.slice(2);
const [port, sizeBytes, pieceBytes, count] = [portText, sizeText, pieceText, countText].map(Number);

/** One conversation, one message after another: payloads of blocks are counted and not kept. */
class Leech {
  readonly #socket: Socket;
  readonly #header = Buffer.alloc(MAX_HEADER_BYTES);
  #headerBytes = 0;
  /** Handshake first. */
  #headerWanted = 68;
  #hasHandshake = false;
  #skipBytes = 0;
  #blocks: (readonly [piece: number, begin: number, length: number])[] = [];
  #asked = 0;
  #got = 0;
  #isUnchoked = false;
  #isStarted = false;
  #isWhole = false;
  /** Told of each bitfield: whether it has all pieces. */
  onWhole: (isWhole: boolean) => void = () => {};
  onUnchoked: () => void = () => {};
  onDone: () => void = () => {};
  onLost: () => void = () => {};

  constructor(address: string) {
    this.#socket = createConnection({
      port: port ?? 0,
      host: '127.0.0.1',
      localAddress: address,
      onread: {
        buffer: Buffer.alloc(READ_BYTES),
        callback: (length, buffer) => {
          this.#take(Buffer.from(buffer.buffer, buffer.byteOffset, buffer.length), length);
          return true;
        },
      },
    });
    this.#socket.setNoDelay(true);
    this.#socket.on('error', () => {});
    this.#socket.on('close', () => this.onLost());
    this.#socket.on('connect', () => {
      const peerId = Buffer.concat([Buffer.from('-XX0001-'), randomBytes(12)]);
      this.#socket.write(
        Buffer.concat([
          Buffer.from('\x13BitTorrent protocol\0\0\0\0\0\0\0\0', 'latin1'),
          Buffer.from(infoHash, 'hex'),
          peerId,
        ]),
      );
    });
  }

  wantInterest(): void {
    this.#socket.write(Uint8Array.of(0, 0, 0, 1, ID.interested));
  }

  start(blocks: (readonly [number, number, number])[]): void {
    this.#blocks = blocks;
    this.#isStarted = true;
    this.#ask();
  }

  end(): void {
    this.onLost = () => {};
    this.#socket.destroy();
  }

  #ask(): void {
    if (!this.#isUnchoked || !this.#isStarted) return;
    const more = Math.min(WINDOW - (this.#asked - this.#got), this.#blocks.length - this.#asked);
    // In batches: a write for each block would be a measurement of writes.
    if (more <= 0 || (more < WINDOW / 8 && this.#asked + more < this.#blocks.length)) return;
    const bytes = Buffer.alloc(more * 17);
    for (let i = 0; i < more; i += 1) {
      const [piece, begin, length] = this.#blocks[this.#asked + i] ?? [0, 0, 0];
      bytes.writeUInt32BE(13, i * 17);
      bytes[i * 17 + 4] = ID.request;
      bytes.writeUInt32BE(piece, i * 17 + 5);
      bytes.writeUInt32BE(begin, i * 17 + 9);
      bytes.writeUInt32BE(length, i * 17 + 13);
    }
    this.#asked += more;
    this.#socket.write(bytes);
  }

  #take(buffer: Buffer, length: number): void {
    let offset = 0;
    while (offset < length) {
      if (this.#skipBytes > 0) {
        const skipped = Math.min(this.#skipBytes, length - offset);
        this.#skipBytes -= skipped;
        offset += skipped;
        if (this.#skipBytes === 0) this.#finishMessage();
        continue;
      }
      const taken = Math.min(this.#headerWanted - this.#headerBytes, length - offset);
      buffer.copy(this.#header, this.#headerBytes, offset, offset + taken);
      this.#headerBytes += taken;
      offset += taken;
      if (this.#headerBytes === this.#headerWanted) this.#advance();
    }
    this.#ask();
  }

  /** The header is as long as was wanted: either more of it is wanted now, or the rest is to be skipped. */
  #advance(): void {
    if (!this.#hasHandshake) {
      this.#hasHandshake = true;
      this.#expectMessage();
      return;
    }
    const length = this.#header.readUInt32BE(0);
    if (length === 0) return this.#expectMessage();
    if (this.#headerBytes === 4) {
      this.#headerWanted = 5;
      return;
    }
    const id = this.#header[4];
    if (id === ID.piece && this.#headerBytes === 5) {
      this.#headerWanted = PIECE_HEADER_BYTES;
      return;
    }
    if (id === ID.bitfield) {
      // All bits set is all that matters: as many as there are whole bytes.
      if (this.#headerBytes < 6) {
        this.#headerWanted = Math.min(MAX_HEADER_BYTES, 4 + length);
        return;
      }
      this.#isWhole = this.#header
        .subarray(5, this.#headerBytes - 1)
        .every((byte) => byte === 0xff);
    }
    this.#skipBytes = 4 + length - this.#headerBytes;
    if (this.#skipBytes === 0) this.#finishMessage();
  }

  #finishMessage(): void {
    const id = this.#header[4];
    this.#expectMessage();
    if (id === ID.bitfield) this.onWhole(this.#isWhole);
    if (id === ID.choke) {
      this.#isUnchoked = false;
      this.#asked = this.#got;
    }
    if (id === ID.unchoke && !this.#isUnchoked) {
      this.#isUnchoked = true;
      this.onUnchoked();
      this.#ask();
    }
    if (id === ID.piece) {
      this.#got += 1;
      if (this.#got === this.#blocks.length) this.onDone();
    }
  }

  #expectMessage(): void {
    this.#headerBytes = 0;
    this.#headerWanted = 4;
  }
}

function blocksOf(index: number): (readonly [number, number, number])[] {
  const blocks: (readonly [number, number, number])[] = [];
  const [size, piece, connections] = [sizeBytes ?? 0, pieceBytes ?? 1, count ?? 1];
  for (let p = index; p * piece < size; p += connections) {
    const end = Math.min(piece, size - p * piece);
    for (let begin = 0; begin < end; begin += BLOCK_BYTES) {
      blocks.push([p, begin, Math.min(BLOCK_BYTES, end - begin)]);
    }
  }
  return blocks;
}

/** Seeds verify first, or are not up yet. */
async function waitUntilWhole(): Promise<void> {
  const deadlineMs = Date.now() + READY_TIMEOUT_MS;
  while (Date.now() < deadlineMs) {
    const isWhole = await new Promise<boolean>((resolve) => {
      const probe = new Leech('127.0.0.200');
      const timer = setTimeout(() => probe.end(), 5_000);
      const settle = (whole: boolean): void => {
        clearTimeout(timer);
        probe.end();
        resolve(whole);
      };
      probe.onWhole = settle;
      probe.onLost = () => settle(false);
    });
    if (isWhole) return;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error('The seed did not offer every piece in time');
}

async function download(): Promise<number> {
  const leeches = Array.from({ length: count ?? 1 }, (_, i) => new Leech(`127.0.0.${i + 10}`));
  await Promise.all(
    leeches.map(
      (leech) =>
        new Promise<void>((resolve, reject) => {
          leech.onLost = () => reject(new Error('The seed closed a connection'));
          leech.onWhole = () => leech.wantInterest();
          leech.onUnchoked = resolve;
        }),
    ),
  );
  const startMs = performance.now();
  await Promise.all(
    leeches.map(
      (leech, index) =>
        new Promise<void>((resolve, reject) => {
          leech.onLost = () => reject(new Error('The seed closed a connection'));
          leech.onDone = resolve;
          leech.start(blocksOf(index));
        }),
    ),
  );
  const seconds = (performance.now() - startMs) / 1_000;
  for (const leech of leeches) leech.end();
  return seconds;
}

const startedMs = performance.now();
await (mode === 'wait' ? waitUntilWhole() : undefined);
const seconds = mode === 'wait' ? (performance.now() - startedMs) / 1_000 : await download();
process.stdout.write(`${JSON.stringify({ seconds })}\n`);
