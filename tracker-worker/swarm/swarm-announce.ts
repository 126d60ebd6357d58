import type { AnnounceEvent, AnnounceReply } from '../../shared/announce.ts';
import type { IpAddress } from '../../shared/endpoint.ts';
import type { InfoHash } from '../../shared/info-hash.ts';
import type { PeerId } from '../../shared/peer-id.ts';
import type { Result } from '../../shared/result.ts';

/** An announce as a swarm takes it: all of it proven, its address known to be the sender's. */
export interface SwarmAnnounce {
  readonly infoHash: InfoHash;
  readonly peerId: PeerId;
  readonly address: IpAddress;
  /** 0 only where the event is `stopped`. */
  readonly port: number;
  readonly isSeeder: boolean;
  readonly event: AnnounceEvent;
  readonly peersWanted: number;
}

/** Why a shard turns an announce down. */
export type SwarmRefusalCode = 'not-registered' | 'too-many-swarms';

export type SwarmOutcome = Result<AnnounceReply, SwarmRefusalCode>;
