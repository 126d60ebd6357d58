import { createHash } from 'node:crypto';
import { ID, frameMessage, readUint32 } from '../../seed-node/wire/message-frame.ts';
import { equalBytes } from '../../shared/bytes.ts';
import type { InfoHash } from '../../shared/info-hash.ts';
import { BLOCK_BYTES, SHA1_BYTES } from '../../shared/pieces.ts';
import type { TorrentInfo } from '../../shared/torrent-info.ts';
import { blockMessage, CrowdPeer, INTERESTED, type Place } from './crowd-peer.ts';

export interface HonestLeecherInit {
  readonly place: Place;
  readonly infoHash: InfoHash;
  readonly info: TorrentInfo;
  readonly isFast: boolean;
  /** Requests that it has under way. */
  readonly depth: number;
  /** As fast as it can where undefined. */
  readonly bytesPerSecond: number | undefined;
}

interface Block {
  readonly pieceIndex: number;
  readonly beginBytes: number;
  readonly lengthBytes: number;
}

/** Downloads a whole v1 torrent from one seed, piece by piece, and believes nothing that does not fit its SHA-1. */
export class HonestLeecher {
  readonly #init: HonestLeecherInit;
  readonly #peer: CrowdPeer;
  readonly #missing: Block[];
  readonly #underWay = new Map<string, Block>();
  readonly #pieces = new Map<number, { readonly bytes: Uint8Array; bytesLeft: number }>();
  #piecesLeft: number;
  #isChoked = true;
  #failure: string | undefined;

  constructor(init: HonestLeecherInit) {
    this.#init = init;
    this.#missing = blocksOf(init.info).toReversed();
    this.#piecesLeft = Math.ceil(init.info.extentBytes / init.info.pieceLengthBytes);
    this.#peer = new CrowdPeer(init.place);
  }

  /** Resolves when every piece is here, with undefined; with what went wrong where the seed did not deliver. */
  async download(): Promise<string | undefined> {
    const { infoHash, isFast } = this.#init;
    this.#peer.onMessage = (id, payload) => this.#receive(id, payload);
    this.#peer.sayHello(infoHash, isFast);
    if (isFast) this.#peer.write(frameMessage(ID.haveNone, []));
    this.#peer.write(INTERESTED);
    await this.#peer.closed;
    if (this.#failure !== undefined) return this.#failure;
    return this.#piecesLeft === 0 ? undefined : `closed with ${this.#piecesLeft} pieces left`;
  }

  #receive(id: number, payload: Uint8Array): void {
    if (id === ID.piece) this.#take(payload);
    else if (id === ID.reject) this.#askAgain(keyOf(readBlock(payload)));
    else if (id === ID.unchoke) this.#isChoked = false;
    else if (id === ID.choke) {
      this.#isChoked = true;
      // Who has the fast extension is told of each (BEP 6).
      if (!this.#init.isFast) for (const key of this.#underWay.keys()) this.#askAgain(key);
    }
    if (!this.#isChoked) this.#ask();
  }

  #ask(): void {
    const requests: Uint8Array[] = [];
    while (this.#underWay.size < this.#init.depth) {
      const block = this.#missing.pop();
      if (block === undefined) break;
      this.#underWay.set(keyOf(block), block);
      const { pieceIndex, beginBytes, lengthBytes } = block;
      requests.push(blockMessage(ID.request, pieceIndex, beginBytes, lengthBytes));
    }
    if (requests.length > 0) this.#peer.write(...requests);
  }

  #askAgain(key: string): void {
    const block = this.#underWay.get(key);
    this.#underWay.delete(key);
    if (block === undefined) this.#fail('a reject of what was not asked for');
    else this.#missing.push(block);
  }

  #take(payload: Uint8Array): void {
    const data = payload.subarray(8);
    const pieceIndex = readUint32(payload, 0);
    const beginBytes = readUint32(payload, 4);
    if (!this.#underWay.delete(keyOf({ pieceIndex, beginBytes, lengthBytes: data.length }))) {
      this.#fail('a block that was not asked for');
      return;
    }
    const length = pieceBytes(this.#init.info, pieceIndex);
    const piece = this.#pieces.get(pieceIndex) ?? {
      bytes: new Uint8Array(length),
      bytesLeft: length,
    };
    this.#pieces.set(pieceIndex, piece);
    piece.bytes.set(data, beginBytes);
    piece.bytesLeft -= data.length;
    if (piece.bytesLeft === 0) this.#check(pieceIndex, piece.bytes);
    this.#slowDown(data.length);
  }

  #check(pieceIndex: number, bytes: Uint8Array): void {
    this.#pieces.delete(pieceIndex);
    const start = pieceIndex * SHA1_BYTES;
    const expected = this.#init.info.pieceHashes?.subarray(start, start + SHA1_BYTES);
    const isRight =
      expected !== undefined && equalBytes(createHash('sha1').update(bytes).digest(), expected);
    if (!isRight) this.#fail(`piece ${pieceIndex} has the wrong bytes`);
    this.#piecesLeft -= 1;
    if (this.#piecesLeft === 0) this.#peer.socket.destroy();
  }

  #slowDown(bytes: number): void {
    const { bytesPerSecond } = this.#init;
    if (bytesPerSecond === undefined) return;
    const { socket } = this.#peer;
    socket.pause();
    setTimeout(() => socket.resume(), (bytes / bytesPerSecond) * 1_000);
  }

  #fail(reason: string): void {
    this.#failure ??= reason;
    this.#peer.socket.destroy();
  }
}

function keyOf({ pieceIndex, beginBytes, lengthBytes }: Block): string {
  return `${pieceIndex} ${beginBytes} ${lengthBytes}`;
}

function readBlock(payload: Uint8Array): Block {
  return {
    pieceIndex: readUint32(payload, 0),
    beginBytes: readUint32(payload, 4),
    lengthBytes: readUint32(payload, 8),
  };
}

function pieceBytes({ extentBytes, pieceLengthBytes }: TorrentInfo, pieceIndex: number): number {
  return Math.min(pieceLengthBytes, extentBytes - pieceIndex * pieceLengthBytes);
}

function blocksOf(info: TorrentInfo): Block[] {
  const blocks: Block[] = [];
  for (let offset = 0; offset < info.extentBytes; offset += BLOCK_BYTES) {
    const pieceIndex = Math.floor(offset / info.pieceLengthBytes);
    const beginBytes = offset - pieceIndex * info.pieceLengthBytes;
    const left = pieceBytes(info, pieceIndex) - beginBytes;
    blocks.push({ pieceIndex, beginBytes, lengthBytes: Math.min(BLOCK_BYTES, left) });
  }
  return blocks;
}
