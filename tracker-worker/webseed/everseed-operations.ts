import * as v from 'valibot';
import { defineOperation } from '../api/operation.ts';
import { TIMESTAMP } from '../catalog/publication-schema.ts';
import type { Problem } from '../problem.ts';
import { EVERSEED_ID, EVERSEED_REPORT, MAX_REPORT_BYTES } from './parse-everseed.ts';

const REPORT_TOO_LARGE: Problem = {
  status: 413,
  code: 'too-large',
  title: 'Content too large',
  detail: 'the body of a report may have 4,096 bytes',
};

export const TOO_MANY_EVERSEEDS: Problem = {
  status: 409,
  code: 'too-many-everseeds',
  title: 'Conflict',
  detail: 'this edge knows 100 seed boxes and takes another when one of them is gone',
};

const EVERSEED = v.object({
  id: v.string(),
  url: v.string(),
  transports: v.array(v.string()),
  health: v.record(v.string(), v.number()),
  seenAt: TIMESTAMP,
});

export const REPORT_EVERSEED = defineOperation({
  method: 'PUT',
  path: '/api/everseeds/:id',
  id: 'reportEverseed',
  tag: 'Seed boxes',
  summary: 'Report as a seed box',
  description: 'Again every five minutes: one that was silent for fifteen is gone.',
  access: ['seedbox'],
  params: { id: EVERSEED_ID },
  body: { schema: EVERSEED_REPORT, maxBytes: MAX_REPORT_BYTES, tooLarge: REPORT_TOO_LARGE },
  answers: {
    200: { description: 'The report takes the place of the one before.', schema: EVERSEED },
    201: { description: 'The seed box is known from now on.', schema: EVERSEED },
  },
  problems: [TOO_MANY_EVERSEEDS],
});

export const READ_EVERSEEDS = defineOperation({
  method: 'GET',
  path: '/api/everseeds',
  id: 'readEverseeds',
  tag: 'Seed boxes',
  summary: 'See which seed boxes reported of late',
  access: ['seedbox'],
  answers: {
    200: {
      description: 'The latest first.',
      schema: v.object({ everseeds: v.array(EVERSEED) }),
    },
  },
});
