import { Hono, type MiddlewareHandler } from 'hono';
import { infoHashInUrl } from '../../shared/info-hash.ts';
import type { Accounts } from '../accounts/accounts.ts';
import { problemResponse } from '../problem.ts';
import type { Swarms } from '../swarm/swarm-shards.ts';
import {
  BAD_INFO_HASH,
  badRequest,
  LISTING_TOO_LARGE,
  NOT_LISTED,
  TRACKER_NOT_TOLD,
} from './api-problems.ts';
import type { Lists } from './catalog-lists.ts';
import type { Publications } from './catalog-publications.ts';
import type { Listing, ListName } from './listing.ts';
import { MAX_LISTING_BODY_BYTES, parseListingBody, parsePageLimit } from './parse-listing.ts';
import { readBody } from './read-body.ts';
import { tellTracker } from './tell-tracker.ts';

export interface ListComponents {
  readonly accounts: Accounts;
  readonly lists: Lists;
  readonly publications: Publications;
  readonly swarms: Swarms;
  readonly nowMs: () => number;
}

/**
 * Block and allow info-hashes, and see which are. Only for admins, reading too: a list of what may not be had is
 * a list of where to look for it. Every write may be sent again: the second time changes nothing.
 */
export function listRoutes(components: ListComponents): Hono {
  return new Hono()
    .route('/api/blocklist', routesOf('blocklist', components))
    .route('/api/allowlist', routesOf('allowlist', components));
}

function routesOf(list: ListName, components: ListComponents): Hono {
  const { accounts, lists, publications, swarms, nowMs } = components;
  const app = new Hono();
  app.use(onlyAdmins(accounts));

  app.get('/', async (c) => {
    const limit = parsePageLimit(c.req.query('limit'));
    if (!limit.ok) return problemResponse(badRequest(limit.refusal));
    const afterHex = c.req.query('after');
    const after = afterHex === undefined ? undefined : infoHashInUrl(afterHex);
    if (afterHex !== undefined && after === undefined) return problemResponse(BAD_INFO_HASH);
    // One more than asked for tells whether there is a next page.
    const listings = await lists.page(list, after, limit.value + 1);
    const page = listings.slice(0, limit.value);
    const next = listings.length > page.length ? page.at(-1)?.infoHash : undefined;
    const body = { entries: page.map(describeListing), next: next ?? null };
    return c.json(body, 200, { 'cache-control': 'no-store' });
  });

  app.put('/:infohash', async (c) => {
    const infoHash = infoHashInUrl(c.req.param('infohash'));
    if (infoHash === undefined) return problemResponse(BAD_INFO_HASH);
    const body = await readBody(c.req.raw, MAX_LISTING_BODY_BYTES);
    if (!body.ok) return problemResponse(LISTING_TOO_LARGE);
    const reason = parseListingBody(body.value);
    if (!reason.ok) return problemResponse(badRequest(reason.refusal));
    const listedAtSeconds = Math.floor(nowMs() / 1000);
    const isNew = await lists.put(list, { infoHash, reason: reason.value, listedAtSeconds });
    const isTold = await tellTracker(swarms, await publications.swarmsWith(infoHash));
    if (!isTold) return problemResponse(TRACKER_NOT_TOLD);
    return c.json({ infoHash, reason: reason.value }, isNew ? 201 : 200);
  });

  app.delete('/:infohash', async (c) => {
    const infoHash = infoHashInUrl(c.req.param('infohash'));
    if (infoHash === undefined) return problemResponse(BAD_INFO_HASH);
    const wasListed = await lists.remove(list, infoHash);
    // Also where there was nothing to remove: an earlier attempt may have got no further than the catalogue.
    const isTold = await tellTracker(swarms, await publications.swarmsWith(infoHash));
    if (!isTold) return problemResponse(TRACKER_NOT_TOLD);
    return wasListed ? c.body(null, 204) : problemResponse(NOT_LISTED);
  });

  return app;
}

function onlyAdmins(accounts: Accounts): MiddlewareHandler {
  return async (c, next) => {
    const identity = await accounts.authorize(c.req.raw, 'admin');
    return identity instanceof Response ? identity : next();
  };
}

function describeListing({ infoHash, reason, listedAtSeconds }: Listing) {
  return { infoHash, reason, listedAt: new Date(listedAtSeconds * 1000).toISOString() };
}
