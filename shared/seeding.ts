/** How announcing a torrent to one tracker is going. */
export interface AnnounceState {
  readonly tracker: string;
  /** When it last answered, in ISO 8601; null: not since the seed box started. */
  readonly lastAt: string | null;
  /** `announced`, `refused`, `waiting` for its turn, or `away`: it does not answer. */
  readonly state: string;
  /** Why it was refused. */
  readonly error: string | null;
}

/** How a seed box is doing with one torrent, as it tells its edge. Sizes in bytes, hashes in hex. */
export interface SeedingReport {
  /** Of the swarm that the torrent is filed under. */
  readonly infoHash: string;
  readonly name: string;
  readonly sizeBytes: number;
  readonly pieces: number;
  /** Pieces that are damaged or missing, and so are not served. */
  readonly withheldPieces: number;
  /** When all of it was last compared with its hashes, in ISO 8601; null: never, but for the pieces that were served. */
  readonly verifiedAt: string | null;
  readonly peers: number;
  readonly uploadedBytes: { readonly tcp: number; readonly webrtc: number; readonly http: number };
  readonly announces: readonly AnnounceState[];
}
