import { type InfoHashes, infoHashPrefix, swarmsOf } from './info-hash.ts';

/** The public URLs of one torrent at an edge whose origin is `edgeUrl` (no slash at its end). */
export interface EdgeUrls {
  readonly page: string;
  readonly torrent: string;
  /** Announce tiers (BEP 12): HTTP for ordinary clients, then the WebSocket that ends in the owning shard. */
  readonly trackers: readonly (readonly string[])[];
}

export function edgeUrls(edgeUrl: string, hashes: InfoHashes): EdgeUrls {
  const socketOrigin = edgeUrl.replace(/^http/, 'ws');
  const id = hashes.v1 ?? hashes.v2;
  const [swarm] = swarmsOf(hashes);
  return {
    page: `${edgeUrl}/t/${id}`,
    torrent: `${edgeUrl}/t/${id}.torrent`,
    trackers: [[`${edgeUrl}/announce`], [`${socketOrigin}/announce/${infoHashPrefix(swarm)}`]],
  };
}
