import { Hono } from 'hono';
import type { Accounts } from '../accounts/accounts.ts';
import { serveOperation } from '../api/operation-routes.ts';
import { problemResponse } from '../problem.ts';
import type { Swarms } from '../swarm/swarm-shards.ts';
import { NOT_LISTED, TRACKER_NOT_TOLD } from './api-problems.ts';
import type { Lists } from './catalog-lists.ts';
import type { Publications } from './catalog-publications.ts';
import { LIST_OPERATIONS } from './list-operations.ts';
import type { Listing, ListName } from './listing.ts';
import { tellTracker } from './tell-tracker.ts';

export interface ListComponents {
  readonly accounts: Accounts;
  readonly lists: Lists;
  readonly publications: Publications;
  readonly swarms: Swarms;
  readonly nowMs: () => number;
}

/**
 * Block and allow info-hashes, and see which are. Only for admins, reading too: a list of what may not be had is a list
 * of where to look for it. Every write may be sent again: the second time changes nothing.
 */
export function listRoutes(components: ListComponents): Hono {
  const app = new Hono();
  serveList(app, 'blocklist', components);
  serveList(app, 'allowlist', components);
  return app;
}

function serveList(app: Hono, list: ListName, components: ListComponents): void {
  const { accounts, lists, publications, swarms, nowMs } = components;
  const operations = LIST_OPERATIONS[list];

  serveOperation(app, accounts, operations.read, async ({ query: { limit, after } }, c) => {
    // One more than asked for tells whether there is a next page.
    const listings = await lists.page(list, after, limit + 1);
    const page = listings.slice(0, limit);
    const next = listings.length > page.length ? page.at(-1)?.infoHash : undefined;
    const body = { entries: page.map(describeListing), next: next ?? null };
    return c.json(body, 200, { 'cache-control': 'no-store' });
  });

  serveOperation(app, accounts, operations.put, async ({ params, body: reason }, c) => {
    const infoHash = params.infohash;
    const listedAtSeconds = Math.floor(nowMs() / 1000);
    const isNew = await lists.put(list, { infoHash, reason, listedAtSeconds });
    const isTold = await tellTracker(swarms, await publications.swarmsWith(infoHash));
    if (!isTold) return problemResponse(TRACKER_NOT_TOLD);
    return c.json({ infoHash, reason }, isNew ? 201 : 200);
  });

  serveOperation(app, accounts, operations.remove, async ({ params }, c) => {
    const infoHash = params.infohash;
    const wasListed = await lists.remove(list, infoHash);
    // Also where there was nothing to remove: an earlier attempt may have got no further than the catalogue.
    const isTold = await tellTracker(swarms, await publications.swarmsWith(infoHash));
    if (!isTold) return problemResponse(TRACKER_NOT_TOLD);
    return wasListed ? c.body(null, 204) : problemResponse(NOT_LISTED);
  });
}

function describeListing({ infoHash, reason, listedAtSeconds }: Listing) {
  return { infoHash, reason, listedAt: new Date(listedAtSeconds * 1000).toISOString() };
}
