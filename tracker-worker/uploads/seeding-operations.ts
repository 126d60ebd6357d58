import * as v from 'valibot';
import { infoHashInUrl } from '../../shared/info-hash.ts';
import { defineOperation } from '../api/operation.ts';
import { INFO_HASH } from '../api/parameters.ts';
import { COUNT, TIMESTAMP } from '../catalog/publication-schema.ts';
import { NO_EVERSEED, NOT_SEEDED } from './upload-problems.ts';

const tag = 'Seeding';
const code = 'bad-query';

const MAX_SEEDING_PER_PAGE = 200;
const DEFAULT_SEEDING_PER_PAGE = 50;

const BAD_LIMIT = 'a limit is a whole number from 1 on';
const BAD_AFTER = 'after is an info-hash of 40 digits, or the beginning of one';
const BAD_OF = `of is at most ${MAX_SEEDING_PER_PAGE} info-hashes with commas between them`;

/** How a seed box is doing with one torrent (`shared/seeding.ts`). */
const SEEDING_REPORT = v.object({
  infoHash: v.pipe(v.string(), v.description('of the swarm that it is filed under')),
  infoHashV2: v.nullable(v.string()),
  name: v.string(),
  sizeBytes: COUNT,
  pieces: COUNT,
  withheldPieces: v.pipe(COUNT, v.description('damaged or missing, and so not served')),
  verifiedAt: v.pipe(
    v.nullable(TIMESTAMP),
    v.description('when all of it was last compared with its hashes'),
  ),
  peers: COUNT,
  uploadedBytes: v.object({ tcp: COUNT, webrtc: COUNT, http: COUNT }),
  announces: v.array(
    v.object({
      tracker: v.string(),
      lastAt: v.nullable(TIMESTAMP),
      state: v.picklist(['announced', 'refused', 'waiting', 'away']),
      error: v.nullable(v.string()),
    }),
  ),
});

export const LIST_SEEDING = defineOperation({
  method: 'GET',
  path: '/api/seeding',
  id: 'listSeeding',
  tag,
  summary: 'See what is seeded, and how it is doing',
  description: 'A torrent that several seed boxes have stands in the list once for each.',
  access: ['publish'],
  query: {
    limit: v.pipe(
      v.optional(
        v.pipe(
          v.string(),
          v.regex(/^0*[1-9][0-9]{0,8}$/, BAD_LIMIT),
          v.transform((text) => Math.min(Number(text), MAX_SEEDING_PER_PAGE)),
        ),
        String(DEFAULT_SEEDING_PER_PAGE),
      ),
      v.metadata({ code }),
      v.description(`how many: at most ${MAX_SEEDING_PER_PAGE}`),
    ),
    after: v.pipe(
      v.optional(v.pipe(v.string(), v.regex(/^[0-9a-f]{0,40}$/i, BAD_AFTER))),
      v.metadata({ code }),
      v.description('where the page begins: behind this info-hash'),
    ),
    of: v.pipe(
      v.optional(v.pipe(v.string(), v.check(isHashList, BAD_OF))),
      v.metadata({ code }),
      v.description(
        `in place of a page, these torrents: at most ${MAX_SEEDING_PER_PAGE} info-hashes with commas between them`,
      ),
    ),
  },
  answers: {
    200: {
      description: 'Of all seed boxes that can be reached, ascending by info-hash.',
      schema: v.object({ torrents: v.array(SEEDING_REPORT) }),
    },
  },
  problems: [NO_EVERSEED],
});

export const READ_SEEDING = defineOperation({
  method: 'GET',
  path: '/api/seeding/:infohash',
  id: 'readSeeding',
  tag,
  summary: 'See how a seed box is doing with a torrent',
  access: ['publish'],
  params: { infohash: INFO_HASH },
  answers: { 200: { description: 'Of the first seed box that has it.', schema: SEEDING_REPORT } },
  problems: [NOT_SEEDED, NO_EVERSEED],
});

function isHashList(text: string): boolean {
  const parts = text.split(',');
  return (
    parts.length <= MAX_SEEDING_PER_PAGE && parts.every((part) => infoHashInUrl(part) !== undefined)
  );
}
