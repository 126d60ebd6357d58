import { edgeUrls } from '../../shared/edge-urls.ts';
import type { InfoHashes } from '../../shared/info-hash.ts';
import { encodeMetainfo, type Metainfo } from '../../shared/metainfo.ts';
import { MAX_WEB_SEEDS } from '../../shared/torrent-urls.ts';

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
  const ownUrls = new Set(own.flat());
  const others = metainfo.trackers
    .map((tier) => tier.filter((url) => url !== '' && !ownUrls.has(url)))
    .filter((tier) => tier.length > 0);
  return encodeMetainfo(metainfo.infoBytes, {
    trackers: [...own, ...others],
    webSeeds: [...new Set([...webSeeds, ...metainfo.webSeeds])].slice(0, MAX_WEB_SEEDS),
    comment: metainfo.comment,
    createdBy: metainfo.createdBy,
    createdAtSeconds: metainfo.createdAtSeconds,
    pieceLayers: metainfo.pieceLayers,
  });
}
