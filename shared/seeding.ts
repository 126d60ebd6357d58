/** How one of a seed box's announces went. */
export interface AnnounceState {
  readonly tracker: string;
  /** ISO 8601; null for one that never announced. */
  readonly lastAt: string | null;
  readonly state: string;
  readonly error: string | null;
  readonly seeders: number | null;
  readonly leechers: number | null;
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
