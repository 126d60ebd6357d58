import { edgeUrls } from '../../shared/edge-urls.ts';
import type { InfoHashes } from '../../shared/info-hash.ts';
import { encodeMetainfo, type Metainfo } from '../../shared/metainfo.ts';
import { MAX_TRACKERS, MAX_WEB_SEEDS } from '../../shared/torrent-urls.ts';

/**
 * The .torrent as it is handed out: this edge's trackers and web seeds first, then the publisher's others. Only what stands around
 * `info` is written anew, so that the info-hash never changes.
 */
export function servedTorrent(
  metainfo: Metainfo,
  hashes: InfoHashes,
  origin: string,
  webSeeds: readonly string[],
): Uint8Array<ArrayBuffer> {
  const own = edgeUrls(origin, hashes).trackers;
  return encodeMetainfo(metainfo.infoBytes, {
    trackers: [...own, ...otherTrackers(metainfo, own.flat())],
    webSeeds: [...new Set([...webSeeds, ...metainfo.webSeeds])].slice(0, MAX_WEB_SEEDS),
    comment: metainfo.comment,
    createdBy: metainfo.createdBy,
    createdAtSeconds: metainfo.createdAtSeconds,
    pieceLayers: metainfo.pieceLayers,
  });
}

/** The publisher's own tiers, each tracker once, as many as still make a .torrent that is read everywhere. */
function otherTrackers(metainfo: Metainfo, own: readonly string[]): string[][] {
  const known = new Set(own);
  const tiers = metainfo.trackers.map((tier) =>
    tier.filter((url) => {
      const isNew = !known.has(url) && known.size < MAX_TRACKERS;
      if (isNew) known.add(url);
      return isNew;
    }),
  );
  return tiers.filter((tier) => tier.length > 0);
}
