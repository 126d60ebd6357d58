import * as v from 'valibot';
import { defineOperation } from '../api/operation.ts';
import { HISTORY_RANGE_NAMES } from './history-range.ts';
import { COUNT, TIMESTAMP } from './publication-schema.ts';

const SAMPLE = v.object({
  at: v.pipe(TIMESTAMP, v.description('when the stretch began')),
  seeders: v.pipe(COUNT, v.description('the most at one moment of it, all torrents together')),
  leechers: COUNT,
  uploadedBytes: v.pipe(COUNT, v.description('what all seed boxes sent to peers in it')),
  webSeedBytes: v.pipe(COUNT, v.description('and over HTTP')),
});

export const READ_HISTORY = defineOperation({
  method: 'GET',
  path: '/api/history',
  id: 'readHistory',
  tag: 'History',
  summary: 'See how swarms and seed boxes have been doing',
  access: ['publish'],
  query: {
    range: v.pipe(
      v.optional(
        v.picklist(HISTORY_RANGE_NAMES, `range is none of ${HISTORY_RANGE_NAMES.join(', ')}`),
        '24h',
      ),
      v.metadata({ code: 'bad-query' }),
      v.description('how far back: 24h in steps of 15 minutes, 30d in steps of 6 hours'),
    ),
  },
  answers: {
    200: {
      description: 'The oldest first; a stretch in which nothing was seen is left out.',
      schema: v.object({
        range: v.picklist(HISTORY_RANGE_NAMES),
        stepSeconds: v.pipe(COUNT, v.description('how long a stretch is')),
        samples: v.array(SAMPLE),
      }),
    },
  },
});
