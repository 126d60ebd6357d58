import { Hono } from 'hono';
import type { Accounts } from '../accounts/accounts.ts';
import { hasScope } from '../accounts/scope.ts';
import { serveOperation } from '../api/operation-routes.ts';
import type { InfoHash } from '../../shared/info-hash.ts';
import type { Config } from '../config.ts';
import { type Problem, problemResponse } from '../problem.ts';
import type { Swarms } from '../swarm/swarm-shards.ts';
import type { Everseeds } from '../webseed/catalog-everseeds.ts';
import { WebSeedList } from '../webseed/web-seed-list.ts';
import { PUBLISHER_NOT_YOURS, takenDown, UNKNOWN_TORRENT } from './api-problems.ts';
import type { Publications } from './catalog-publications.ts';
import { describePublication } from './describe-publication.ts';
import { listingQueryOf } from './parse-listing-query.ts';
import { countPublication } from './publication-counts.ts';
import { type ListedTorrent, RecentListings } from './recent-listings.ts';
import { DESCRIBE_TORRENT, LIST_TORRENTS, READ_TORRENT } from './torrent-operations.ts';

export interface PublicationComponents {
  readonly accounts: Accounts;
  readonly config: Config;
  readonly publications: Publications;
  readonly swarms: Swarms;
  readonly everseeds: Everseeds;
  readonly nowMs: () => number;
}

/** What is published: search it, look at one, and say what there is to say of it. */
export function publicationRoutes(components: PublicationComponents): Hono {
  const { accounts, publications, swarms, nowMs } = components;
  const app = new Hono();
  const listings = new RecentListings(components);
  const webSeeds = new WebSeedList(components);

  /** Why there is nothing to be had of this info-hash. */
  const problemOf = async (infoHash: InfoHash): Promise<Problem> => {
    const takedown = await publications.takedown(infoHash);
    return takedown === null ? UNKNOWN_TORRENT : takenDown(takedown);
  };

  serveOperation(app, accounts, LIST_TORRENTS, async ({ query: parameters }, c) => {
    const query = listingQueryOf(parameters);
    const { origin } = new URL(c.req.url);
    const { torrents, total } = await listings.read(query);
    const webSeedsOf = await webSeeds.today(origin);
    const listed = torrents.map((one) =>
      describeListed(one, origin, webSeedsOf(one.torrent.hashes)),
    );
    const { page, limit } = query;
    const pages = Math.ceil(total / limit);
    return c.json({ torrents: listed, total, page, pages }, 200, { 'cache-control': 'no-cache' });
  });

  serveOperation(app, accounts, READ_TORRENT, async ({ params: { infohash } }, c) => {
    const torrent = await publications.find(infohash);
    if (torrent === null) return problemResponse(await problemOf(infohash));
    const { origin } = new URL(c.req.url);
    const { seeders, leechers, downloads } = await countPublication(swarms, torrent);
    const described = describePublication(
      torrent,
      origin,
      await webSeeds.of(torrent.hashes, origin),
    );
    return c.json({ ...described, seeders, leechers, downloads }, 200, {
      'cache-control': 'no-store',
    });
  });

  serveOperation(app, accounts, DESCRIBE_TORRENT, async ({ identity, params, body: change }, c) => {
    const namesPublisher = change.publisher !== undefined;
    if (namesPublisher && !hasScope(identity, ['seedbox'])) {
      return problemResponse(PUBLISHER_NOT_YOURS);
    }
    const nowSeconds = Math.floor(nowMs() / 1000);
    const torrent = await publications.describe(params.infohash, change, nowSeconds);
    if (torrent === null) return problemResponse(await problemOf(params.infohash));
    const { origin } = new URL(c.req.url);
    return c.json(
      describePublication(torrent, origin, await webSeeds.of(torrent.hashes, origin)),
      200,
      { 'cache-control': 'no-store' },
    );
  });

  return app;
}

function describeListed(
  { torrent, counts }: ListedTorrent,
  origin: string,
  webSeeds: readonly string[],
) {
  return {
    ...describePublication(torrent, origin, webSeeds),
    seeders: counts?.seeders ?? null,
    leechers: counts?.leechers ?? null,
    downloads: counts?.downloads ?? torrent.downloads,
  };
}
