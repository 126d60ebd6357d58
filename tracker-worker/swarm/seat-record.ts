import type { IpAddress } from '../../shared/endpoint.ts';
import type { PeerId } from '../../shared/peer-id.ts';

/** A seat as it is kept: of what peer, where, and what is known of it. */
export interface SeatRecord {
  readonly peerId: PeerId;
  readonly address: IpAddress;
  readonly port: number;
  readonly isSeeder: boolean;
  /** The peer's `completed` was counted. */
  readonly isCounted: boolean;
  readonly seenAtSeconds: number;
}
