import type { InfoHash } from '../../shared/info-hash.ts';
import type { PeerId } from '../../shared/peer-id.ts';
import type { SocketRef } from '../swarm/seat.ts';

/** A peer of a swarm, at the socket that it announces over. */
export interface SwarmSocket {
  readonly infoHash: InfoHash;
  readonly peerId: PeerId;
  readonly socket: SocketRef;
}

/** A message on its way to a socket; `peer` is who it is for: gone from the swarm where the socket is gone. */
export interface Envelope {
  readonly to: SocketRef;
  readonly text: string;
  readonly peer: SwarmSocket | undefined;
}
