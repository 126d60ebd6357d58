import { hexByteAt } from '../../shared/bytes.ts';
import { INFO_HASH_BYTES, type InfoHash, infoHashFromBytes } from '../../shared/info-hash.ts';
import { invariant } from '../../shared/invariant.ts';
import { PEER_ID_BYTES, peerIdFromBytes } from '../../shared/peer-id.ts';
import type { PeerRole } from '../../shared/peer-role.ts';
import {
  ORIGIN_WORDS,
  originFromWords,
  PEER_ID_WORDS,
  SEAT_KINDS,
  type SeatKey,
  type SeatKind,
  type SeatRecord,
} from './seat.ts';
import type { SeatTable } from './seat-table.ts';

/** First byte of every row: rows of another version are passed over. */
const VERSION = 2;
const OPERATION = { swarm: 1, seat: 2, leave: 3, clear: 4 } as const;
const SWARM_BYTES = 1 + INFO_HASH_BYTES + 4;
/** Operation, peer-id, flags, seconds since 1970, port; the origin's words follow. */
const SEAT_HEAD_BYTES = 1 + PEER_ID_BYTES + 1 + 4 + 2;
const MAX_OPERATIONS_BYTES = SWARM_BYTES + SEAT_HEAD_BYTES + 16;
const FIRST_BYTES = 512;

const ROLES: readonly PeerRole[] = ['leecher', 'partial', 'seeder'];
const KIND_MASK = 0b11;
const ROLE_SHIFT = 2;
const ROLE_MASK = 0b11;
const COUNTED = 1 << 4;

/** What a log says, in order; a seat is of the swarm named last. */
export interface SwarmLogReader {
  swarm(infoHash: InfoHash, downloads: number): void;
  seat(record: SeatRecord): void;
  leave(record: SeatRecord): void;
  /** All seats of the swarm are gone. */
  clear(): void;
}

/** Writes down what happens to swarms, to be read again by `readSwarmLog`. */
export class SwarmLogWriter {
  #bytes = new Uint8Array(FIRST_BYTES);
  #view = new DataView(this.#bytes.buffer);
  #length = 0;
  #swarm: InfoHash | undefined;
  #downloads = 0;

  get lengthBytes(): number {
    return this.#length;
  }

  /** What was written since the last time, as a row of its own; empty where nothing was. */
  take(): Uint8Array<ArrayBuffer> {
    const row = this.#bytes.slice(0, this.#length);
    this.#length = 0;
    this.#swarm = undefined;
    return row;
  }

  swarm(infoHash: InfoHash, downloads: number): void {
    if (this.#swarm === infoHash && this.#downloads === downloads) return;
    this.#reserve();
    this.#view.setUint8(this.#length, OPERATION.swarm);
    for (let i = 0; i < INFO_HASH_BYTES; i += 1) {
      this.#bytes[this.#length + 1 + i] = hexByteAt(infoHash, i);
    }
    this.#view.setUint32(this.#length + 1 + INFO_HASH_BYTES, downloads);
    this.#length += SWARM_BYTES;
    this.#swarm = infoHash;
    this.#downloads = downloads;
  }

  seat(seats: SeatTable, slot: number, seenAtSeconds: number): void {
    const kind = seats.kind(slot);
    const counted = seats.isCounted(slot) ? COUNTED : 0;
    const flags = (ROLES.indexOf(seats.role(slot)) << ROLE_SHIFT) | counted;
    const peerWord = (word: number): number => seats.peerIdWord(slot, word);
    const originWord = (word: number): number => seats.originWord(slot, word);
    this.#seat(OPERATION.seat, kind, flags, seenAtSeconds, seats.port(slot), peerWord, originWord);
  }

  leave(key: SeatKey): void {
    const peerWord = (word: number): number => key.peer[word] ?? 0;
    const originWord = (word: number): number => key.origin[word] ?? 0;
    this.#seat(OPERATION.leave, key.kind, 0, 0, 0, peerWord, originWord);
  }

  clear(): void {
    this.#reserve();
    this.#view.setUint8(this.#length, OPERATION.clear);
    this.#length += 1;
  }

  #seat(
    operation: number,
    kind: SeatKind,
    flags: number,
    seenAtSeconds: number,
    port: number,
    peerWord: (word: number) => number,
    originWord: (word: number) => number,
  ): void {
    this.#reserve();
    let at = this.#length;
    this.#view.setUint8(at, operation);
    at += 1;
    for (let word = 0; word < PEER_ID_WORDS; word += 1) {
      this.#view.setInt32(at, peerWord(word));
      at += 4;
    }
    this.#view.setUint8(at, flags | SEAT_KINDS.indexOf(kind));
    this.#view.setUint32(at + 1, seenAtSeconds);
    this.#view.setUint16(at + 5, port);
    at += 7;
    for (let word = 0; word < ORIGIN_WORDS[kind]; word += 1) {
      this.#view.setInt32(at, originWord(word));
      at += 4;
    }
    this.#length = at;
  }

  #reserve(): void {
    if (this.#length === 0) {
      this.#view.setUint8(0, VERSION);
      this.#length = 1;
    }
    if (this.#length + MAX_OPERATIONS_BYTES <= this.#bytes.length) return;
    const grown = new Uint8Array(this.#bytes.length * 2);
    grown.set(this.#bytes);
    this.#bytes = grown;
    this.#view = new DataView(grown.buffer);
  }
}

/** Reads rows that `SwarmLogWriter` made; false where the bytes are something else, of which nothing further is read. */
export function readSwarmLog(bytes: Uint8Array, reader: SwarmLogReader): boolean {
  if (bytes[0] !== VERSION) return false;
  let at = 1;
  while (at < bytes.length) {
    const length = readOperation(bytes.subarray(at), reader);
    if (length === undefined) return false;
    at += length;
  }
  return true;
}

/** Reads one operation; its length, or `undefined` where there is none. */
function readOperation(bytes: Uint8Array, reader: SwarmLogReader): number | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const operation = bytes[0];
  if (operation === OPERATION.clear) {
    reader.clear();
    return 1;
  }
  if (operation === OPERATION.swarm) {
    const infoHash = infoHashFromBytes(bytes.subarray(1, 1 + INFO_HASH_BYTES));
    if (infoHash === undefined || bytes.length < SWARM_BYTES) return undefined;
    reader.swarm(infoHash, view.getUint32(1 + INFO_HASH_BYTES));
    return SWARM_BYTES;
  }
  if (operation !== OPERATION.seat && operation !== OPERATION.leave) return undefined;
  const kind = SEAT_KINDS[(bytes[1 + PEER_ID_BYTES] ?? 0) & KIND_MASK];
  if (kind === undefined) return undefined;
  const length = SEAT_HEAD_BYTES + ORIGIN_WORDS[kind] * 4;
  if (bytes.length < length) return undefined;
  const record = readSeat(bytes, view, kind);
  if (operation === OPERATION.seat) reader.seat(record);
  else reader.leave(record);
  return length;
}

function readSeat(bytes: Uint8Array, view: DataView, kind: SeatKind): SeatRecord {
  const flags = bytes[1 + PEER_ID_BYTES] ?? 0;
  const peerId = peerIdFromBytes(bytes.subarray(1, 1 + PEER_ID_BYTES));
  invariant(peerId !== undefined, 'twenty bytes are a peer id');
  const words = new Int32Array(ORIGIN_WORDS[kind]);
  for (let word = 0; word < words.length; word += 1) {
    words[word] = view.getInt32(SEAT_HEAD_BYTES + word * 4);
  }
  return {
    peerId,
    origin: originFromWords(kind, words),
    port: view.getUint16(1 + PEER_ID_BYTES + 5),
    role: ROLES[(flags >> ROLE_SHIFT) & ROLE_MASK] ?? 'leecher',
    isCounted: (flags & COUNTED) !== 0,
    seenAtSeconds: view.getUint32(1 + PEER_ID_BYTES + 1),
  };
}
