import { bytesFromPairs } from '../../../shared/byte-pairs.ts';
import {
  COMPACT_IPV4_BYTES,
  COMPACT_IPV6_BYTES,
  decodeCompactPeers,
} from '../../../shared/compact-peers.ts';
import { formatEndpoint, type IpAddress, parseIpAddress } from '../../../shared/endpoint.ts';
import { type InfoHash, infoHashFromHex } from '../../../shared/info-hash.ts';
import { type PeerId, peerIdFromBytes } from '../../../shared/peer-id.ts';
import { encodeLatin1 } from '../../../shared/text.ts';
import type { SocketRef } from '../../../tracker-worker/swarm/seat.ts';
import type {
  PeersReply,
  SocketAnnounce,
  SwarmAnnounce,
  SwarmReply,
} from '../../../tracker-worker/swarm/swarm-announce.ts';

export function infoHash(byteHex = 'ab'): InfoHash {
  const parsed = infoHashFromHex(byteHex.repeat(20));
  if (parsed === undefined) throw new Error(`${byteHex} is not a byte`);
  return parsed;
}

export function peerId(suffix: string | number): PeerId {
  const parsed = peerIdFromBytes(encodeLatin1(`-EV0001-${String(suffix).padStart(12, '0')}`));
  if (parsed === undefined) throw new Error(`${suffix} is too long`);
  return parsed;
}

export function ip(text: string): IpAddress {
  const parsed = parseIpAddress(text);
  if (parsed === undefined) throw new Error(`${text} is not an address`);
  return parsed;
}

/** A leecher's announce from 192.0.2.1 that wants 50 peers, but for what is given. */
export function announceOf(
  given: Partial<Omit<SwarmAnnounce, 'peerId' | 'address'>> & {
    readonly peer?: string | number;
    readonly from?: string;
  } = {},
): SwarmAnnounce {
  const { peer = 1, from = '192.0.2.1', ...rest } = given;
  return {
    infoHash: infoHash(),
    peerId: peerId(peer),
    address: ip(from),
    port: 6881,
    role: 'leecher',
    event: 'update',
    peersWanted: 50,
    wantsPeerIds: false,
    ...rest,
  };
}

/** A reply without peers, but for what is given. */
export function replyOf(given: Partial<SwarmReply> = {}): SwarmReply {
  return {
    intervalSeconds: 1800,
    minIntervalSeconds: 900,
    seeders: 0,
    leechers: 0,
    downloads: 0,
    ipv4Peers: '',
    ipv6Peers: '',
    ipv4PeerIds: '',
    ipv6PeerIds: '',
    ...given,
  };
}

/** A leecher's announce over socket 1 of shard 0 with 10 offers, but for what is given. */
export function socketAnnounceOf(
  given: Partial<Omit<SocketAnnounce, 'peerId'>> & { readonly peer?: string | number } = {},
): SocketAnnounce {
  const { peer = 1, ...rest } = given;
  return {
    infoHash: infoHash(),
    peerId: peerId(peer),
    socket: socketRef(1),
    role: 'leecher',
    event: 'update',
    peersWanted: 10,
    ...rest,
  };
}

export function socketRef(connection: number, holder = 0): SocketRef {
  return { holder, connection };
}

/** Bytes, an even number of them, as a reply of a swarm carries them: two a character. */
export function pairsOf(bytes: Uint8Array): string {
  let text = '';
  for (let i = 0; i < bytes.length; i += 2) {
    text += String.fromCharCode(((bytes[i] ?? 0) << 8) | (bytes[i + 1] ?? 0));
  }
  return text;
}

/** The endpoints of a reply as text, sorted. */
export function endpointsIn(reply: Pick<PeersReply, 'ipv4Peers' | 'ipv6Peers'>): string[] {
  return [
    ...(decodeCompactPeers(bytesFromPairs(reply.ipv4Peers), COMPACT_IPV4_BYTES) ?? []),
    ...(decodeCompactPeers(bytesFromPairs(reply.ipv6Peers), COMPACT_IPV6_BYTES) ?? []),
  ]
    .map((peer) => formatEndpoint(peer))
    .toSorted();
}

/** The `n`th of many addresses that nobody shares. */
export function addressOf(n: number): string {
  return `10.${(n >> 16) & 255}.${(n >> 8) & 255}.${n & 255}`;
}

/** Numbers in [0, 1) that are the same in every run (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
