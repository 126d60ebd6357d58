import type { AnnounceEvent, AnnounceReply } from '../../shared/announce.ts';
import type { InfoHash } from '../../shared/info-hash.ts';
import type { PeerId } from '../../shared/peer-id.ts';

/** What every tracker may be told about one swarm (BEP 3). */
export interface SeedAnnounce {
  readonly infoHash: InfoHash;
  readonly peerId: PeerId;
  /** For trackers that see our address, and pass it on with this port. */
  readonly port: number;
  readonly uploadedBytes: number;
  readonly event: AnnounceEvent;
  readonly peersWanted: number;
  /** What the tracker called us. */
  readonly trackerId: string | undefined;
}

export type TrackerReply = Pick<
  AnnounceReply,
  'intervalSeconds' | 'minIntervalSeconds' | 'trackerId' | 'peers'
>;

/** Whoever can be announced to, over HTTP or a WebSocket. */
export interface Tracker {
  /** Announces once. Throws `TrackerRefusal` for a refusal, and another error where nobody answered sensibly. */
  announce(announce: SeedAnnounce, signal: AbortSignal): Promise<TrackerReply>;
  /** Says as many goodbyes as it can, the first ones first, and is of no use afterwards. Never throws. */
  leave(goodbyes: readonly SeedAnnounce[], signal: AbortSignal): Promise<void>;
}

/** A tracker answered, and what it answered is no: `failure reason` (BEP 3), and when to ask again (BEP 31). */
export class TrackerRefusal extends Error {
  readonly retrySeconds: number | undefined;

  constructor(reason: string, retrySeconds: number | undefined) {
    super(reason);
    this.retrySeconds = retrySeconds;
  }
}
