import { Hono } from 'hono';
import { type InfoHash, infoHashInUrl } from '../../shared/info-hash.ts';
import { invariant } from '../../shared/invariant.ts';
import { type Metainfo, parseMetainfo } from '../../shared/metainfo.ts';
import type { SwarmCounts } from '../../shared/scrape.ts';
import { BAD_INFO_HASH, UNKNOWN_TORRENT } from '../catalog/api-problems.ts';
import { attachmentHeader } from '../catalog/attachment-header.ts';
import { infoHashesOf } from '../catalog/info-hashes.ts';
import { countPublication } from '../catalog/publication-counts.ts';
import { publicationOf } from '../catalog/publication-of.ts';
import type { PublishedTorrent } from '../catalog/published-torrent.ts';
import type { Publications } from '../catalog/catalog-publications.ts';
import { servedTorrent } from '../catalog/served-torrent.ts';
import type { Config } from '../config.ts';
import { logFault } from '../log.ts';
import { problemResponse } from '../problem.ts';
import type { Swarms } from '../swarm/swarm-shards.ts';
import type { Everseeds } from '../webseed/catalog-everseeds.ts';
import { WebSeedList } from '../webseed/web-seed-list.ts';
import { NotFoundPage } from './not-found-page.tsx';
import { pageResponse } from './page-response.ts';
import { TorrentPage } from './torrent-page.tsx';

export interface PageComponents {
  readonly publications: Publications;
  readonly swarms: Swarms;
  readonly config: Config;
  readonly everseeds: Everseeds;
  readonly nowMs: () => number;
}

/** The pages for people, and the .torrent files that they link to. */
export function pageRoutes({
  publications,
  swarms,
  config,
  everseeds,
  nowMs,
}: PageComponents): Hono {
  const app = new Hono();
  const webSeeds = new WebSeedList({ config, everseeds, nowMs });

  app.get('/t/:file{[^/]+\\.torrent}', async (c) => {
    const infoHash = infoHashInUrl(c.req.param('file').replace(/\.torrent$/, ''));
    if (infoHash === undefined) return problemResponse(BAD_INFO_HASH);
    const metainfo = await readMetainfo(publications, infoHash);
    if (metainfo === undefined) return problemResponse(UNKNOWN_TORRENT);
    const hashes = await infoHashesOf(metainfo.infoBytes, metainfo.info.format);
    const { origin } = new URL(c.req.url);
    const urls = await webSeeds.of(hashes, origin, metainfo.info);
    return c.body(servedTorrent(metainfo, hashes, origin, urls), 200, {
      'content-type': 'application/x-bittorrent',
      'content-disposition': attachmentHeader(metainfo.info.name, '.torrent'),
      // Trackers and web seeds may change at any time.
      'cache-control': 'no-cache',
    });
  });

  app.get('/t/:infohash', async (c) => {
    const infoHash = infoHashInUrl(c.req.param('infohash'));
    if (infoHash === undefined) {
      return pageResponse(<NotFoundPage reason={`${capitalise(BAD_INFO_HASH.detail)}.`} />, 404);
    }
    const [torrent, metainfo] = await Promise.all([
      publications.find(infoHash),
      readMetainfo(publications, infoHash),
    ]);
    if (torrent === null || metainfo === undefined) {
      return pageResponse(<NotFoundPage reason={`${capitalise(UNKNOWN_TORRENT.detail)}.`} />, 404);
    }
    const { origin } = new URL(c.req.url);
    const urls = await webSeeds.of(torrent.hashes, origin);
    return pageResponse(
      <TorrentPage
        publication={publicationOf(torrent, origin, urls)}
        files={metainfo.info.files}
        counts={await readCounts(swarms, torrent)}
      />,
    );
  });

  return app;
}

async function readMetainfo(
  publications: Publications,
  infoHash: InfoHash,
): Promise<Metainfo | undefined> {
  const bytes = await publications.torrentBytes(infoHash);
  if (bytes === null) return undefined;
  const metainfo = parseMetainfo(bytes);
  invariant(metainfo.ok, 'the catalogue keeps only what was parsed');
  return metainfo.value;
}

/** A page without counts is better than none. */
async function readCounts(
  swarms: Swarms,
  torrent: PublishedTorrent,
): Promise<SwarmCounts | undefined> {
  try {
    return await countPublication(swarms, torrent);
  } catch (error) {
    logFault('counting for a page', error);
    return undefined;
  }
}

function capitalise(sentence: string): string {
  return sentence.slice(0, 1).toUpperCase() + sentence.slice(1);
}
