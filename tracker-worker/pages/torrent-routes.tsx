import { Hono } from 'hono';
import { describeHealth } from '../../shared/health-sentence.ts';
import { type InfoHash, type InfoHashes, infoHashInUrl } from '../../shared/info-hash.ts';
import { invariant } from '../../shared/invariant.ts';
import { type Metainfo, parseMetainfo } from '../../shared/metainfo.ts';
import type { SwarmCounts } from '../../shared/scrape.ts';
import { webSeedPath } from '../../shared/web-seed-path.ts';
import { BAD_INFO_HASH, takenDown, UNKNOWN_TORRENT } from '../catalog/api-problems.ts';
import { attachmentHeader } from '../catalog/attachment-header.ts';
import type { Publications } from '../catalog/catalog-publications.ts';
import { countPublication } from '../catalog/publication-counts.ts';
import { publicationOf } from '../catalog/publication-of.ts';
import type { Description, PublishedTorrent } from '../catalog/published-torrent.ts';
import { servedTorrent } from '../catalog/served-torrent.ts';
import type { Config } from '../config.ts';
import { logFault } from '../log.ts';
import { problemResponse } from '../problem.ts';
import type { Swarms } from '../swarm/swarm-shards.ts';
import { AlwaysOnSeeds } from '../webseed/always-on-seeds.ts';
import type { Everseeds } from '../webseed/catalog-everseeds.ts';
import { isPublicUrl } from '../webseed/public-url.ts';
import { WebSeedList } from '../webseed/web-seed-list.ts';
import { NotFoundPage } from './not-found-page.tsx';
import { pageResponse } from './page-response.ts';
import { TakedownPage } from './takedown-page.tsx';
import { TorrentPage } from './torrent-page.tsx';

export interface TorrentComponents {
  readonly publications: Publications;
  readonly swarms: Swarms;
  readonly config: Config;
  readonly everseeds: Everseeds;
  readonly nowMs: () => number;
}

/** The page of each torrent, and the .torrent that it links to. */
export function torrentRoutes({
  publications,
  swarms,
  config,
  everseeds,
  nowMs,
}: TorrentComponents): Hono {
  const app = new Hono();
  const webSeeds = new WebSeedList({ config, everseeds, nowMs });
  const alwaysOnSeeds = new AlwaysOnSeeds(nowMs);

  app.get('/t/:file{[^/]+\\.torrent}', async (c) => {
    const infoHash = infoHashInUrl(c.req.param('file').replace(/\.torrent$/, ''));
    if (infoHash === undefined) return problemResponse(BAD_INFO_HASH);
    const [torrent, metainfo] = await Promise.all([
      publications.find(infoHash),
      readMetainfo(publications, infoHash),
    ]);
    if (torrent === null || metainfo === undefined) {
      const takedown = await publications.takedown(infoHash);
      return problemResponse(takedown === null ? UNKNOWN_TORRENT : takenDown(takedown));
    }
    const { origin } = new URL(c.req.url);
    const urls = await webSeeds.of(torrent.hashes, origin, metainfo.info);
    return c.body(servedTorrent(metainfo, torrent, origin, urls), 200, {
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
      const takedown = await publications.takedown(infoHash);
      if (takedown !== null) return pageResponse(<TakedownPage {...takedown} />, 451);
      return pageResponse(<NotFoundPage reason={`${capitalise(UNKNOWN_TORRENT.detail)}.`} />, 404);
    }
    const { hashes, name } = torrent;
    const { files } = metainfo.info;
    const { origin } = new URL(c.req.url);
    const nowSeconds = Math.floor(nowMs() / 1000);
    const live = (await everseeds.live(nowSeconds)).map(({ url }) => url);
    const [counts, alwaysOn, webSeedUrls] = await Promise.all([
      readCounts(swarms, torrent),
      alwaysOnSeeds.of(infoHash, live, webSeedPath(hashes, name, files[0]?.path ?? [])),
      webSeeds.of(hashes, origin),
    ]);
    const page = (
      <TorrentPage
        publication={publicationOf(torrent, origin, webSeedUrls)}
        title={torrent.title}
        description={torrent.description}
        publisher={torrent.publisher}
        publishedAtSeconds={torrent.publishedAtSeconds}
        files={files}
        filesPage={parsePage(c.req.query('files'))}
        fileUrl={fileUrlOf(hashes, name, fileBase(live, config))}
        counts={counts}
        health={describeHealth({
          counts,
          alwaysOnSeeds: alwaysOn.seeds,
          verifiedAtSeconds: alwaysOn.verifiedAtSeconds,
          nowSeconds,
        })}
        alwaysOn={alwaysOn}
      />
    );
    return pageResponse(page, 200, {
      modules: true,
      downloads: true,
      connectsTo: connectionsOf(metainfo, torrent, origin, webSeedUrls),
    });
  });

  return app;
}

/** Where files are fetched over HTTP: this edge where it relays them, or a seed box that everyone reaches. */
function fileBase(liveUrls: readonly string[], config: Pick<Config, 'webSeedProxy'>) {
  if (liveUrls.length === 0) return undefined;
  return config.webSeedProxy ? '' : liveUrls.find(isPublicUrl);
}

function fileUrlOf(
  hashes: InfoHashes,
  name: string,
  base: string | undefined,
): ((path: readonly string[]) => string) | undefined {
  return base === undefined ? undefined : (path) => base + webSeedPath(hashes, name, path);
}

/** What a browser that downloads connects to: its own edge by name, as not every `'self'` covers WebSockets. */
function connectionsOf(
  metainfo: Metainfo,
  { addedTrackers, addedWebSeeds }: Description,
  origin: string,
  webSeedUrls: readonly string[],
): string[] {
  const sockets = [...metainfo.trackers.flat(), ...addedTrackers].filter((url) =>
    /^wss?:/i.test(url),
  );
  const seeds = [...webSeedUrls, ...addedWebSeeds, ...metainfo.webSeeds];
  return [origin.replace(/^http/, 'ws'), ...sockets, ...seeds];
}

function parsePage(text: string | undefined): number {
  return text !== undefined && /^[1-9][0-9]{0,5}$/.test(text) ? Number(text) : 1;
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
