import * as v from 'valibot';
import { MAX_METAINFO_BYTES } from '../../shared/metainfo.ts';
import { defineOperation } from '../api/operation.ts';
import { INFO_HASH } from '../api/parameters.ts';
import {
  BLOCKED,
  DESCRIPTION_TOO_LARGE,
  METAINFO_TOO_LARGE,
  NOT_A_TORRENT,
  PUBLISHER_NOT_YOURS,
  TAKEN_DOWN,
  TRACKER_NOT_TOLD,
  UNKNOWN_TORRENT,
} from './api-problems.ts';
import { DESCRIPTION_CHANGE, MAX_DESCRIPTION_BODY_BYTES } from './parse-description.ts';
import { LISTING_PARAMETERS } from './parse-listing-query.ts';
import {
  COUNT,
  DESCRIBED_PUBLICATION,
  LISTED_PUBLICATION,
  PUBLICATION,
  PUBLICATION_STATUS,
} from './publication-schema.ts';

export const LIST_TORRENTS = defineOperation({
  method: 'GET',
  path: '/api/torrents',
  id: 'listTorrents',
  tag: 'Torrents',
  summary: 'Search what is published',
  access: 'public',
  query: LISTING_PARAMETERS,
  answers: {
    200: {
      description: 'One page; of the counts, as of the last two seconds.',
      schema: v.object({
        torrents: v.array(LISTED_PUBLICATION),
        total: v.pipe(COUNT, v.description('on all pages')),
        page: COUNT,
        pages: COUNT,
      }),
    },
  },
});

export const REGISTER_TORRENT = defineOperation({
  method: 'POST',
  path: '/api/torrents',
  id: 'registerTorrent',
  tag: 'Torrents',
  summary: 'Publish a .torrent',
  description:
    'From then on it is tracked, and has a page; it bears the name of a token with the scope publish. Twice is as good as once; a .torrent with the same info and other trackers or web seeds takes the place of the first.',
  access: ['publish', 'seedbox'],
  rawBody: {
    mediaType: 'application/x-bittorrent',
    description: `The .torrent, at most ${MAX_METAINFO_BYTES} bytes.`,
  },
  answers: {
    200: { description: 'It was published already.', schema: PUBLICATION },
    201: { description: 'It is published.', schema: PUBLICATION },
  },
  problems: [NOT_A_TORRENT, METAINFO_TOO_LARGE, BLOCKED, TRACKER_NOT_TOLD],
});

export const READ_TORRENT = defineOperation({
  method: 'GET',
  path: '/api/torrents/:infohash',
  id: 'readTorrent',
  tag: 'Torrents',
  summary: 'See a published torrent, and how it is doing',
  access: 'public',
  params: { infohash: INFO_HASH },
  answers: { 200: { description: 'The torrent.', schema: PUBLICATION_STATUS } },
  problems: [UNKNOWN_TORRENT, TAKEN_DOWN],
});

export const DESCRIBE_TORRENT = defineOperation({
  method: 'PATCH',
  path: '/api/torrents/:infohash',
  id: 'describeTorrent',
  tag: 'Torrents',
  summary: 'Say what a torrent is, and where else it is to be had',
  description:
    'Only the keys that are sent change. Who published is said with the scope seedbox or admin alone.',
  access: ['publish', 'seedbox'],
  params: { infohash: INFO_HASH },
  body: {
    schema: DESCRIPTION_CHANGE,
    maxBytes: MAX_DESCRIPTION_BODY_BYTES,
    tooLarge: DESCRIPTION_TOO_LARGE,
  },
  answers: { 200: { description: 'What it is now.', schema: DESCRIBED_PUBLICATION } },
  problems: [PUBLISHER_NOT_YOURS, UNKNOWN_TORRENT, TAKEN_DOWN],
});

export const UNPUBLISH_TORRENT = defineOperation({
  method: 'DELETE',
  path: '/api/torrents/:infohash',
  id: 'unpublishTorrent',
  tag: 'Torrents',
  summary: 'Unpublish a torrent',
  access: ['publish'],
  params: { infohash: INFO_HASH },
  answers: { 204: { description: 'It is gone.' } },
  problems: [UNKNOWN_TORRENT, TRACKER_NOT_TOLD],
});
