import { MAX_METAINFO_BYTES } from '../../shared/metainfo.ts';
import { defineOperation } from '../api/operation.ts';
import { INFO_HASH } from '../api/parameters.ts';
import {
  BLOCKED,
  METAINFO_TOO_LARGE,
  NOT_A_TORRENT,
  TRACKER_NOT_TOLD,
  UNKNOWN_TORRENT,
} from './api-problems.ts';
import { PUBLICATION, PUBLICATION_STATUS } from './publication-schema.ts';

export const REGISTER_TORRENT = defineOperation({
  method: 'POST',
  path: '/api/torrents',
  id: 'registerTorrent',
  tag: 'Torrents',
  summary: 'Publish a .torrent',
  description:
    'From then on it is tracked, and has a page. Twice is as good as once; a .torrent with the same info and other trackers or web seeds takes the place of the first.',
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
  problems: [UNKNOWN_TORRENT],
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
