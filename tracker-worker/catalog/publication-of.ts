import { edgeUrls } from '../../shared/edge-urls.ts';
import { formatMagnet } from '../../shared/magnet.ts';
import type { Publication } from '../../shared/publication.ts';
import type { NewTorrent } from './published-torrent.ts';

/** A publication as the API writes it, with the links of the edge at `origin`. */
export function publicationOf(torrent: NewTorrent, origin: string): Publication {
  const { infoHash, name } = torrent;
  const urls = edgeUrls(origin, infoHash);
  return {
    infoHash,
    infoHashV2: null,
    name,
    size: torrent.sizeBytes,
    magnet: formatMagnet({
      infoHash,
      name,
      trackers: urls.trackers.flat(),
      torrentUrl: urls.torrent,
    }),
    torrentUrl: urls.torrent,
    pageUrl: urls.page,
  };
}
