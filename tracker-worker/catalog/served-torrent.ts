import { edgeUrls } from '../../shared/edge-urls.ts';
import { encodeMetainfo, type Metainfo } from '../../shared/metainfo.ts';
import { MAX_TRACKERS, MAX_WEB_SEEDS } from '../../shared/torrent-urls.ts';
import type { PublishedTorrent } from './published-torrent.ts';

type Served = Pick<PublishedTorrent, 'hashes' | 'addedTrackers' | 'addedWebSeeds'>;

/**
 * The .torrent as it is handed out: this edge's trackers and web seeds first, then what the publisher added since, then
 * those of the .torrent itself. Only what stands around `info` is written anew, so that the info-hash never changes.
 */
export function servedTorrent(
  metainfo: Metainfo,
  { hashes, addedTrackers, addedWebSeeds }: Served,
  origin: string,
  webSeeds: readonly string[],
): Uint8Array<ArrayBuffer> {
  const own = edgeUrls(origin, hashes).trackers;
  return encodeMetainfo(metainfo.infoBytes, {
    trackers: [...own, ...otherTrackers(metainfo, addedTrackers, own.flat())],
    webSeeds: [...new Set([...webSeeds, ...addedWebSeeds, ...metainfo.webSeeds])].slice(
      0,
      MAX_WEB_SEEDS,
    ),
    comment: metainfo.comment,
    createdBy: metainfo.createdBy,
    createdAtSeconds: metainfo.createdAtSeconds,
    pieceLayers: metainfo.pieceLayers,
  });
}

/** What was added, then the .torrent's own tiers, each tracker once, as many as still make a .torrent that is read everywhere. */
function otherTrackers(
  metainfo: Metainfo,
  added: readonly string[],
  own: readonly string[],
): string[][] {
  const known = new Set(own);
  const tiers = [...added.map((url) => [url]), ...metainfo.trackers].map((tier) =>
    tier.filter((url) => {
      const isNew = !known.has(url) && known.size < MAX_TRACKERS;
      if (isNew) known.add(url);
      return isNew;
    }),
  );
  return tiers.filter((tier) => tier.length > 0);
}
