import type { InfoHash } from '../../shared/info-hash.ts';
import type { SeatRecord } from './seat-record.ts';

/** A swarm as it is kept. */
export interface SavedSwarm {
  readonly downloads: number;
  readonly seats: readonly SeatRecord[];
}

/** Where swarms are kept while no memory holds them. */
export interface SwarmStore {
  load(infoHash: InfoHash): SavedSwarm | undefined;
  /** Keeps a swarm; one with no seats and no downloads is forgotten. */
  save(infoHash: InfoHash, swarm: SavedSwarm): void;
  /** Forgets the seats of swarms of which every seat has expired by `now`; their downloads stay. */
  expire(now: number): void;
  /** When the first swarm has no seat left; `undefined` where none has any. */
  nextExpirySeconds(): number | undefined;
  count(): number;
}
