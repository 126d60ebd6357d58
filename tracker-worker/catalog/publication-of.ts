import { edgeUrls } from '../../shared/edge-urls.ts';
import { formatMagnet } from '../../shared/magnet.ts';
import type { Publication } from '../../shared/publication.ts';
import type { Description, NewTorrent } from './published-torrent.ts';

/** A publication as the API writes it, with the links of the edge at `origin`; `webSeeds` are the magnet link's. */
export function publicationOf(
  torrent: NewTorrent & Partial<Pick<Description, 'addedTrackers' | 'addedWebSeeds'>>,
  origin: string,
  webSeeds: readonly string[],
): Publication {
  const { hashes, name, trackers, addedTrackers = [], addedWebSeeds = [] } = torrent;
  const urls = edgeUrls(origin, hashes);
  return {
    infoHash: hashes.v1 ?? null,
    infoHashV2: hashes.v2 ?? null,
    name,
    size: torrent.sizeBytes,
    magnet: formatMagnet({
      hashes,
      name,
      trackers: [...new Set([...urls.trackers.flat(), ...addedTrackers, ...trackers])],
      webSeeds: [...new Set([...webSeeds, ...addedWebSeeds])],
      torrentUrl: urls.torrent,
    }),
    torrentUrl: urls.torrent,
    pageUrl: urls.page,
  };
}
