import type { AnnounceEvent } from '../../shared/announce.ts';
import type { IpAddress } from '../../shared/endpoint.ts';
import type { InfoHash } from '../../shared/info-hash.ts';
import type { PeerId } from '../../shared/peer-id.ts';
import type { PeerRole } from '../../shared/peer-role.ts';
import type { Result } from '../../shared/result.ts';
import type { SocketRef } from './seat.ts';

/** An announce over HTTP as a swarm takes it: all of it proven, its address known to be the sender's. */
export interface SwarmAnnounce {
  readonly infoHash: InfoHash;
  readonly peerId: PeerId;
  readonly address: IpAddress;
  /** 0 only where the event is `stopped`. */
  readonly port: number;
  readonly role: PeerRole;
  readonly event: AnnounceEvent;
  readonly peersWanted: number;
  /** Peer ids beside the peers, for a dictionary reply. */
  readonly wantsPeerIds: boolean;
}

/**
 * What a swarm has for one that announced over HTTP: how big it is, and peers that can be dialled. Bytes are strings,
 * two a character, the first one in its upper half: they cross from a shard far cheaper than a byte array.
 */
export interface PeersReply {
  readonly seeders: number;
  readonly leechers: number;
  readonly downloads: number;
  /** Compact: 6 bytes each (BEP 23). */
  readonly ipv4Peers: string;
  /** Compact: 18 bytes each (BEP 7). */
  readonly ipv6Peers: string;
  /** Peer ids, 20 bytes each, in the order of the peers, where they were wanted; else empty. */
  readonly ipv4PeerIds: string;
  readonly ipv6PeerIds: string;
}

/** What a shard answers. */
export interface SwarmReply extends PeersReply {
  readonly intervalSeconds: number;
  readonly minIntervalSeconds: number;
}

/** Why a shard turns an announce down. */
export type SwarmRefusalCode = 'not-registered' | 'blocked' | 'too-many-swarms';

export type SwarmOutcome = Result<SwarmReply, SwarmRefusalCode>;

/** An announce over a socket as a swarm takes it. */
export interface SocketAnnounce {
  readonly infoHash: InfoHash;
  readonly peerId: PeerId;
  readonly socket: SocketRef;
  readonly role: PeerRole;
  readonly event: AnnounceEvent;
  readonly peersWanted: number;
}

/** A peer that is reached through its socket. */
export interface SocketPeer {
  readonly peerId: PeerId;
  readonly socket: SocketRef;
}

/** What a swarm has for one that announced over a socket: peers that offers can be relayed to. */
export interface SocketReply {
  readonly seeders: number;
  readonly leechers: number;
  readonly peers: readonly SocketPeer[];
}
