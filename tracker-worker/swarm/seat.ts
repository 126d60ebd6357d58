import { wordAt } from '../../shared/bytes.ts';
import { ipAddressFromBytes, type IpAddress, isIpv4 } from '../../shared/endpoint.ts';
import { invariant } from '../../shared/invariant.ts';
import { type PeerId, PEER_ID_BYTES } from '../../shared/peer-id.ts';
import type { PeerRole } from '../../shared/peer-role.ts';

/** A WebSocket: the shard that holds it, and its number there. */
export interface SocketRef {
  readonly holder: number;
  readonly connection: number;
}

/** Where a seat's announces come from, which is who may change it: an IP address, or one socket. */
export type Origin = IpAddress | SocketRef;

export const SEAT_KINDS = ['ipv4', 'ipv6', 'socket'] as const;
export type SeatKind = (typeof SEAT_KINDS)[number];

/** A seat as it is written down: of what peer, where, and what is known of it. */
export interface SeatRecord {
  readonly peerId: PeerId;
  readonly origin: Origin;
  /** 0 for a socket, which nobody dials. */
  readonly port: number;
  readonly role: PeerRole;
  /** The peer's `completed` was counted. */
  readonly isCounted: boolean;
  readonly seenAtSeconds: number;
}

export const PEER_ID_WORDS = PEER_ID_BYTES / 4;
/** An IPv4 address is one word, an IPv6 address four; a socket its connection and its holder. */
export const ORIGIN_WORDS: Readonly<Record<SeatKind, number>> = { ipv4: 1, ipv6: 4, socket: 2 };

/** A seat's identity, in words as `ORIGIN_WORDS` counts them. */
export interface SeatKey {
  /** The swarm's number in its shard. */
  readonly swarm: number;
  readonly peer: Int32Array;
  readonly kind: SeatKind;
  readonly origin: Int32Array;
}

export function isSocket(origin: Origin): origin is SocketRef {
  return !(origin instanceof Uint8Array);
}

export function seatKey(swarm: number, peerId: PeerId, origin: Origin): SeatKey {
  const peer = new Int32Array(PEER_ID_WORDS);
  for (let i = 0; i < PEER_ID_WORDS; i += 1) {
    peer[i] =
      (peerId.charCodeAt(i * 4) << 24) |
      (peerId.charCodeAt(i * 4 + 1) << 16) |
      (peerId.charCodeAt(i * 4 + 2) << 8) |
      peerId.charCodeAt(i * 4 + 3);
  }
  if (isSocket(origin)) {
    return { swarm, peer, kind: 'socket', origin: Int32Array.of(origin.connection, origin.holder) };
  }
  return { swarm, peer, kind: isIpv4(origin) ? 'ipv4' : 'ipv6', origin: addressWords(origin) };
}

function addressWords(address: IpAddress): Int32Array {
  const words = new Int32Array(address.length / 4);
  for (let i = 0; i < words.length; i += 1) words[i] = wordAt(address, i * 4);
  return words;
}

/** The origin that the words of a key stand for. */
export function originFromWords(kind: SeatKind, words: Int32Array): Origin {
  if (kind === 'socket') return { connection: (words[0] ?? 0) >>> 0, holder: words[1] ?? 0 };
  const bytes: number[] = [];
  for (const word of words) pushWord(word, bytes);
  const address = ipAddressFromBytes(Uint8Array.from(bytes));
  invariant(address !== undefined, 'an address has one word or four');
  return address;
}

/** Appends the four bytes of a word in network order. */
export function pushWord(word: number, bytes: number[]): void {
  bytes.push(word >>> 24, (word >>> 16) & 0xff, (word >>> 8) & 0xff, word & 0xff);
}
