import { type InfoHash, infoHashPrefix } from './info-hash.ts';

/** The public URLs of one torrent at an edge whose origin is `edgeUrl` (no slash at its end). */
export interface EdgeUrls {
  readonly page: string;
  readonly torrent: string;
  /** Announce tiers (BEP 12): HTTP for ordinary clients, then the WebSocket that ends in the owning shard. */
  readonly trackers: readonly (readonly string[])[];
}

export function edgeUrls(edgeUrl: string, infoHash: InfoHash): EdgeUrls {
  const socketOrigin = edgeUrl.replace(/^http/, 'ws');
  return {
    page: `${edgeUrl}/t/${infoHash}`,
    torrent: `${edgeUrl}/t/${infoHash}.torrent`,
    trackers: [[`${edgeUrl}/announce`], [`${socketOrigin}/announce/${infoHashPrefix(infoHash)}`]],
  };
}
