import { edgeUrls } from '../../shared/edge-urls.ts';
import { encodeMetainfo, type Metainfo } from '../../shared/metainfo.ts';
import { MAX_TRACKERS, MAX_WEB_SEEDS } from '../../shared/torrent-urls.ts';
import type { PublishedTorrent } from './published-torrent.ts';

/**
 * The .torrent as it is handed out: this edge's trackers and web seeds first, then what the publisher added since, then
 * those of the .torrent itself. Only what stands around `info` is written anew, so that the info-hash never changes.
 */
export function servedTorrent(
  metainfo: Metainfo,
  { hashes, trackers, webSeeds: added }: Pick<PublishedTorrent, 'hashes' | 'trackers' | 'webSeeds'>,
  origin: string,
  webSeeds: readonly string[],
): Uint8Array<ArrayBuffer> {
  const own = edgeUrls(origin, hashes).trackers;
  const known = new Set(own.flat());
  const others = [...trackers.map((url) => [url]), ...metainfo.trackers]
    .map((tier) => tier.filter((url) => url !== '' && !known.has(url) && known.add(url)))
    .filter((tier) => tier.length > 0)
    .slice(0, MAX_TRACKERS - own.length);
  return encodeMetainfo(metainfo.infoBytes, {
    trackers: [...own, ...others],
    webSeeds: [...new Set([...webSeeds, ...added, ...metainfo.webSeeds])].slice(0, MAX_WEB_SEEDS),
    comment: metainfo.comment,
    createdBy: metainfo.createdBy,
    createdAtSeconds: metainfo.createdAtSeconds,
    pieceLayers: metainfo.pieceLayers,
  });
}
