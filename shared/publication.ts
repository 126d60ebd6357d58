/** A published torrent as the API, `publish --json` and `seed --json` write it. Sizes in bytes, hashes in hex. */
export interface Publication {
  /** The v1 info-hash; null for a v2-only torrent. */
  readonly infoHash: string | null;
  readonly infoHashV2: string | null;
  readonly name: string;
  readonly size: number;
  readonly magnet: string;
  readonly torrentUrl: string;
  readonly pageUrl: string;
}
