import { Hono } from 'hono';
import type { Publications } from '../catalog/catalog-publications.ts';
import { parseListingQuery } from '../catalog/parse-listing-query.ts';
import { publicationOf } from '../catalog/publication-of.ts';
import { RecentListings } from '../catalog/recent-listings.ts';
import { badRequest } from '../catalog/api-problems.ts';
import type { Config } from '../config.ts';
import { problemResponse } from '../problem.ts';
import type { Swarms } from '../swarm/swarm-shards.ts';
import { CataloguePage } from './catalogue-page.tsx';
import { FEED_CONTENT_TYPE, formatFeed } from './feed.ts';
import { listingUrl } from './listing-url.ts';
import { pageResponse } from './page-response.ts';
import type { Everseeds } from '../webseed/catalog-everseeds.ts';
import { WebSeedList } from '../webseed/web-seed-list.ts';

const MAX_FEED_ITEMS = 50;

export interface CatalogueComponents {
  readonly publications: Publications;
  readonly swarms: Swarms;
  readonly config: Config;
  readonly everseeds: Everseeds;
  readonly nowMs: () => number;
}

/** What is published here: the catalogue for people, and the same as a feed for their programs. */
export function catalogueRoutes(components: CatalogueComponents): Hono {
  const { publications, swarms, nowMs } = components;
  const app = new Hono();
  const listings = new RecentListings({ publications, swarms, nowMs });
  const webSeeds = new WebSeedList(components);

  app.get('/', async (c) => {
    const params = c.req.query();
    const query = parseListingQuery(params);
    if (!query.ok) return problemResponse(badRequest(query.refusal));
    const page = await listings.read(query.value);
    return pageResponse(
      <CataloguePage q={params['q'] ?? ''} query={query.value} page={page} />,
      200,
      { forms: true },
    );
  });

  app.get('/feed.xml', async (c) => {
    const { q = '', publisher } = c.req.query();
    const query = parseListingQuery({ q, publisher, limit: String(MAX_FEED_ITEMS) });
    if (!query.ok) return problemResponse(badRequest(query.refusal));
    const { origin } = new URL(c.req.url);
    const { torrents } = await listings.read(query.value);
    const webSeedsOf = await webSeeds.today(origin);
    const items = torrents.map(({ torrent }) => ({
      torrent,
      publication: publicationOf(torrent, origin, webSeedsOf(torrent.hashes)),
    }));
    const named = [q, publisher].filter((part) => part !== undefined && part !== '').join(', ');
    const place = { q, query: query.value };
    const feed = formatFeed({
      title: named === '' ? 'Evertorrent' : `Evertorrent: ${named}`,
      pageUrl: origin + listingUrl('/', place),
      feedUrl: origin + listingUrl('/feed.xml', place),
      items,
    });
    return c.body(feed, 200, {
      'content-type': FEED_CONTENT_TYPE,
      'cache-control': 'public, max-age=60',
    });
  });

  return app;
}
