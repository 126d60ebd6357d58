import { Hono } from 'hono';
import { infoHashFromHex, type InfoHash } from '../../shared/info-hash.ts';
import { MAX_METAINFO_BYTES, type Metainfo, parseMetainfo } from '../../shared/metainfo.ts';
import { NO_COUNTS } from '../../shared/scrape.ts';
import type { Config } from '../config.ts';
import { logFault } from '../log-fault.ts';
import { problemResponse } from '../problem.ts';
import { checkPublisherToken } from '../publisher-token.ts';
import type { Swarms } from '../swarm/swarm-shards.ts';
import {
  BAD_INFO_HASH,
  metainfoProblem,
  TOKEN_PROBLEMS,
  TRACKER_NOT_TOLD,
  UNKNOWN_TORRENT,
} from './api-problems.ts';
import { publicationOf } from './publication-of.ts';
import type { Publications } from './catalog-publications.ts';
import type { PublishedTorrent } from './published-torrent.ts';
import { readBody } from './read-body.ts';
import { torrentInfoHash } from './torrent-info-hash.ts';

export interface ApiComponents {
  readonly config: Config;
  readonly publications: Publications;
  readonly swarms: Swarms;
  readonly nowMs: () => number;
}

/** Register, look up and unpublish torrents. Every write may be sent again: the second time changes nothing. */
export function apiRoutes({ config, publications, swarms, nowMs }: ApiComponents): Hono {
  const app = new Hono();

  app.use('/api/*', async (c, next) => {
    if (c.req.method === 'GET' || c.req.method === 'HEAD') return next();
    const check = await checkPublisherToken(c.req.header('authorization'), config.publisherToken);
    if (check === 'right') return next();
    return problemResponse(TOKEN_PROBLEMS[check], { 'www-authenticate': 'Bearer' });
  });

  app.post('/api/torrents', async (c) => {
    const body = await readBody(c.req.raw, MAX_METAINFO_BYTES);
    if (!body.ok) return problemResponse(metainfoProblem(body.refusal));
    const metainfo = parseMetainfo(body.value);
    if (!metainfo.ok) return problemResponse(metainfoProblem(metainfo.refusal));
    const torrent = await describeTorrent(metainfo.value, nowMs());
    const isNew = await publications.publish(torrent, body.value);
    if (!(await tellTracker(swarms, torrent.infoHash))) return problemResponse(TRACKER_NOT_TOLD);
    const publication = publicationOf(torrent, new URL(c.req.url).origin);
    return c.json(publication, isNew ? 201 : 200, { location: publication.pageUrl });
  });

  app.get('/api/torrents/:infohash', async (c) => {
    const infoHash = infoHashFromHex(c.req.param('infohash'));
    if (infoHash === undefined) return problemResponse(BAD_INFO_HASH);
    const torrent = await publications.find(infoHash);
    if (torrent === null) return problemResponse(UNKNOWN_TORRENT);
    const counts = (await swarms.counts([infoHash])).get(infoHash) ?? NO_COUNTS;
    return c.json(
      {
        ...publicationOf(torrent, new URL(c.req.url).origin),
        files: torrent.fileCount,
        publishedAt: new Date(torrent.publishedAtSeconds * 1000).toISOString(),
        seeders: counts.seeders,
        leechers: counts.leechers,
        downloads: counts.downloads,
      },
      200,
      { 'cache-control': 'no-store' },
    );
  });

  app.delete('/api/torrents/:infohash', async (c) => {
    const infoHash = infoHashFromHex(c.req.param('infohash'));
    if (infoHash === undefined) return problemResponse(BAD_INFO_HASH);
    const existed = await publications.remove(infoHash);
    // Also where there was nothing to remove: an earlier attempt may have got no further than the catalogue.
    if (!(await tellTracker(swarms, infoHash))) return problemResponse(TRACKER_NOT_TOLD);
    return existed ? c.body(null, 204) : problemResponse(UNKNOWN_TORRENT);
  });

  return app;
}

async function describeTorrent(metainfo: Metainfo, nowMs: number): Promise<PublishedTorrent> {
  return {
    infoHash: await torrentInfoHash(metainfo.infoBytes),
    name: metainfo.info.name,
    sizeBytes: metainfo.info.sizeBytes,
    fileCount: metainfo.info.files.length,
    publishedAtSeconds: Math.floor(nowMs / 1000),
  };
}

/** Whether the shard that owns the info-hash has taken the change over. */
async function tellTracker(swarms: Swarms, infoHash: InfoHash): Promise<boolean> {
  try {
    await swarms.refreshRegistration(infoHash);
    return true;
  } catch (error) {
    logFault('telling a shard of a registration', error);
    return false;
  }
}
