import * as v from 'valibot';
import { defineOperation } from '../api/operation.ts';
import { INFO_HASH, pageLimit } from '../api/parameters.ts';
import { BAD_INFO_HASH, LISTING_TOO_LARGE, NOT_LISTED, TRACKER_NOT_TOLD } from './api-problems.ts';
import type { ListName } from './listing.ts';
import {
  DEFAULT_LISTINGS_PER_PAGE,
  MAX_LISTING_BODY_BYTES,
  MAX_LISTINGS_PER_PAGE,
  NEW_LISTING,
} from './parse-listing.ts';
import { TIMESTAMP } from './publication-schema.ts';

const REASON = v.pipe(v.nullable(v.string()), v.description('for anyone to read'));
const LISTED = v.object({ infoHash: v.string(), reason: REASON });
const LISTING = v.object({ ...LISTED.entries, listedAt: TIMESTAMP });
const PAGE = v.object({
  entries: v.array(LISTING),
  next: v.pipe(
    v.nullable(v.string()),
    v.description('`after` of the next page; null on the last one'),
  ),
});

const NAMES: Readonly<Record<ListName, { readonly tag: string; readonly effect: string }>> = {
  blocklist: { tag: 'Block list', effect: 'never served, whatever else is said of it' },
  allowlist: { tag: 'Allow list', effect: 'served without a .torrent' },
};

/** What can be done with one of the two lists, for admins alone. */
function listOperations(list: ListName) {
  const { tag, effect } = NAMES[list];
  return {
    read: defineOperation({
      method: 'GET',
      path: `/api/${list}`,
      id: `read_${list}`,
      tag,
      summary: `See which info-hashes are ${effect}`,
      access: ['admin'],
      query: {
        limit: pageLimit(MAX_LISTINGS_PER_PAGE, DEFAULT_LISTINGS_PER_PAGE),
        after: v.pipe(
          v.optional(INFO_HASH),
          v.metadata({ code: BAD_INFO_HASH.code }),
          v.description('where the page begins: behind this info-hash'),
        ),
      },
      answers: { 200: { description: 'A page, ascending by info-hash.', schema: PAGE } },
    }),
    put: defineOperation({
      method: 'PUT',
      path: `/api/${list}/:infohash`,
      id: `put_${list}`,
      tag,
      summary: `Have an info-hash ${effect}`,
      access: ['admin'],
      params: { infohash: INFO_HASH },
      body: {
        schema: NEW_LISTING,
        maxBytes: MAX_LISTING_BODY_BYTES,
        tooLarge: LISTING_TOO_LARGE,
      },
      answers: {
        200: { description: 'It was on the list, and has this reason now.', schema: LISTED },
        201: { description: 'It is on the list.', schema: LISTED },
      },
      problems: [TRACKER_NOT_TOLD],
    }),
    remove: defineOperation({
      method: 'DELETE',
      path: `/api/${list}/:infohash`,
      id: `remove_${list}`,
      tag,
      summary: 'Take an info-hash off the list',
      access: ['admin'],
      params: { infohash: INFO_HASH },
      answers: { 204: { description: 'It is off the list.' } },
      problems: [NOT_LISTED, TRACKER_NOT_TOLD],
    }),
  };
}

export const LIST_OPERATIONS = {
  blocklist: listOperations('blocklist'),
  allowlist: listOperations('allowlist'),
};
