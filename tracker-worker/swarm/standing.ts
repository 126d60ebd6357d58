import type { InfoHash } from '../../shared/info-hash.ts';
import type { ShardSlice } from './shard-of.ts';

/**
 * What the operator says of an info-hash: its .torrent is published; it is served without one; it is never served; or
 * nothing. A block wins over everything, and what is both published and allowed is `registered`.
 */
export type Standing = 'registered' | 'allowed' | 'blocked' | 'unknown';

/** The standings of a shard's slice, in memory. */
export interface SliceStandings {
  standingOf(infoHash: InfoHash): Standing;
  /** Downloads that the catalogue had counted when the slice was loaded; 0 where it has none. */
  downloadsOf(infoHash: InfoHash): number;
}

/** Where the standings are kept: the catalogue. Calls throw when it is away. */
export interface StandingSource {
  /** Whatever is not `unknown` in a slice, as `StandingRecords`. */
  standingsIn(slice: ShardSlice): Promise<Uint8Array>;
  standingOf(infoHash: InfoHash): Promise<Standing>;
}
