import { Hono } from 'hono';
import type { Accounts } from '../accounts/accounts.ts';
import { hasScope, type Identity, OPERATOR } from '../accounts/scope.ts';
import { swarmsOf } from '../../shared/info-hash.ts';
import { MAX_METAINFO_BYTES, type Metainfo, parseMetainfo } from '../../shared/metainfo.ts';
import type { Config } from '../config.ts';
import { problemResponse } from '../problem.ts';
import type { Swarms } from '../swarm/swarm-shards.ts';
import { BLOCKED, metainfoProblem, TRACKER_NOT_TOLD, UNKNOWN_TORRENT } from './api-problems.ts';
import { infoHashesOf } from './info-hashes.ts';
import { publicationOf } from './publication-of.ts';
import type { Publications } from './catalog-publications.ts';
import type { NewTorrent } from './published-torrent.ts';
import { readBody } from './read-body.ts';
import { tellTracker } from './tell-tracker.ts';
import { REGISTER_TORRENT, UNPUBLISH_TORRENT } from './torrent-operations.ts';
import { serveOperation } from '../api/operation-routes.ts';
import type { Everseeds } from '../webseed/catalog-everseeds.ts';
import { WebSeedList } from '../webseed/web-seed-list.ts';

/** A magnet link that is pasted should stay short; the .torrent names them all. */
const MAX_MAGNET_TRACKERS = 10;

export interface ApiComponents {
  readonly accounts: Accounts;
  readonly config: Config;
  readonly publications: Publications;
  readonly swarms: Swarms;
  readonly everseeds: Everseeds;
  readonly nowMs: () => number;
}

/** Register and unpublish torrents. Every write may be sent again: the second time changes nothing. */
export function apiRoutes(components: ApiComponents): Hono {
  const { accounts, config, publications, swarms, everseeds, nowMs } = components;
  const app = new Hono();
  const webSeeds = new WebSeedList({ config, everseeds, nowMs });

  serveOperation(app, accounts, REGISTER_TORRENT, async ({ identity }, c) => {
    const body = await readBody(c.req.raw, MAX_METAINFO_BYTES);
    if (!body.ok) return problemResponse(metainfoProblem(body.refusal));
    const metainfo = parseMetainfo(body.value);
    if (!metainfo.ok) return problemResponse(metainfoProblem(metainfo.refusal));
    const torrent = await describeTorrent(metainfo.value, {
      publishedAtSeconds: Math.floor(nowMs() / 1000),
      publisher: publisherName(identity),
    });
    const outcome = await publications.publish(torrent, body.value);
    if (outcome === 'blocked') return problemResponse(BLOCKED);
    const isTold = await tellTracker(swarms, swarmsOf(torrent.hashes));
    if (!isTold) return problemResponse(TRACKER_NOT_TOLD);
    const { origin } = new URL(c.req.url);
    const publication = publicationOf(torrent, origin, await webSeeds.of(torrent.hashes, origin));
    return c.json(publication, outcome === 'published' ? 201 : 200, {
      location: publication.pageUrl,
    });
  });

  serveOperation(app, accounts, UNPUBLISH_TORRENT, async ({ params }, c) => {
    const infoHash = params.infohash;
    const existed = await publications.remove(infoHash);
    // Also where there was nothing to remove: an earlier attempt may have got no further than the catalogue.
    const isTold = await tellTracker(swarms, await publications.swarmsWith(infoHash));
    if (!isTold) return problemResponse(TRACKER_NOT_TOLD);
    return existed ? c.body(null, 204) : problemResponse(UNKNOWN_TORRENT);
  });

  return app;
}

/** Whose name stands on what an identity publishes: a seed box publishes for others, and the operator is the site itself. */
function publisherName(identity: Identity): string | null {
  const isNamed = identity.id !== OPERATOR.id && hasScope(identity, ['publish']);
  return isNamed ? identity.name : null;
}

async function describeTorrent(
  metainfo: Metainfo,
  published: Pick<NewTorrent, 'publishedAtSeconds' | 'publisher'>,
): Promise<NewTorrent> {
  return {
    hashes: await infoHashesOf(metainfo.infoBytes, metainfo.info.format),
    name: metainfo.info.name,
    sizeBytes: metainfo.info.sizeBytes,
    fileCount: metainfo.info.files.length,
    ...published,
    trackers: [...new Set(metainfo.trackers.flat())].slice(0, MAX_MAGNET_TRACKERS),
  };
}
