import * as v from 'valibot';
import { COUNT, PUBLICATION, TIMESTAMP } from '../catalog/publication-schema.ts';

/** Of a job or an upload: the edge finds its seed box by the beginning. */
export const ID_AT_EVERSEED = v.pipe(
  v.string(),
  v.description('as the job tells it; it begins with that of its seed box'),
);

const path = v.pipe(
  v.array(v.string()),
  v.description('names below the published folder; empty for a single file'),
);

const VERIFY_RESULT = v.object({
  pieces: COUNT,
  badPieceCount: COUNT,
  badPieces: v.pipe(v.array(COUNT), v.description('the first 1,000, ascending')),
  badFiles: v.array(v.object({ path: v.string(), finding: v.string() })),
});

/** A job as a seed box tells of it in a list. */
export const JOB = v.object({
  id: v.string(),
  kind: v.picklist(['publish', 'verify']),
  state: v.picklist([
    'uploading',
    'queued',
    'hashing',
    'registering',
    'seeding',
    'failed',
    'cancelled',
  ]),
  name: v.string(),
  account: v.pipe(v.string(), v.description('the id of the token that it was made with')),
  accountName: v.string(),
  createdAt: TIMESTAMP,
  updatedAt: TIMESTAMP,
  sizeBytes: COUNT,
  uploadedBytes: COUNT,
  hashedBytes: COUNT,
  bytesPerSecond: v.pipe(v.nullable(v.number()), v.description('of hashing; null when it rests')),
  error: v.nullable(v.string()),
  publication: v.pipe(v.nullable(PUBLICATION), v.description('null until it is registered')),
  infoHash: v.exactOptional(v.pipe(v.string(), v.description('of a verification'))),
  result: v.exactOptional(v.nullable(VERIFY_RESULT)),
});

/** One job with its files. */
export const JOB_WITH_FILES = v.object({
  ...JOB.entries,
  files: v.array(
    v.object({
      index: COUNT,
      path,
      size: COUNT,
      uploadedBytes: COUNT,
      uploadId: v.pipe(v.string(), v.description('of /api/uploads, once it is created')),
    }),
  ),
});

/** What a seed box takes for a job. It is the judge of it: the edge passes it on unread. */
export const NEW_JOB = v.union([
  v.object({
    kind: v.exactOptional(v.literal('publish')),
    name: v.string(),
    files: v.array(v.object({ path, size: v.pipe(COUNT, v.description('in bytes')) })),
    format: v.exactOptional(v.picklist(['v1', 'hybrid', 'v2'])),
    title: v.exactOptional(v.string()),
    description: v.exactOptional(v.string()),
    webSeeds: v.exactOptional(v.array(v.string())),
  }),
  v.object({ kind: v.literal('verify'), infoHash: v.string() }),
]);
