import * as v from 'valibot';
import { defineOperation } from '../api/operation.ts';
import { ID_AT_EVERSEED, JOB, JOB_WITH_FILES, NEW_JOB } from './job-schema.ts';
import { CHUNK_TOO_LARGE, JOB_PROBLEMS, NO_EVERSEED, UNKNOWN_JOB } from './upload-problems.ts';

const tag = 'Publishing by upload';

export const CREATE_JOB = defineOperation({
  method: 'POST',
  path: '/api/jobs',
  id: 'createJob',
  tag,
  summary: 'Begin to publish by upload, or verify what is seeded',
  description:
    'With the last byte of the last file a publication goes on by itself: it is hashed, registered and seeded. Empty files need no upload.',
  access: ['publish'],
  query: {
    everseed: v.pipe(
      v.optional(v.string()),
      v.description('on which seed box, by its id; otherwise on the latest to report'),
    ),
  },
  rawBody: {
    mediaType: 'application/json',
    description: 'What is to be published, or what is to be compared with its hashes.',
    schema: NEW_JOB,
  },
  answers: {
    201: {
      description: 'The job, with an upload for each file.',
      schema: JOB_WITH_FILES,
      headers: { Location: 'of the job' },
    },
  },
  problems: [CHUNK_TOO_LARGE, ...JOB_PROBLEMS, NO_EVERSEED],
});

export const LIST_JOBS = defineOperation({
  method: 'GET',
  path: '/api/jobs',
  id: 'listJobs',
  tag,
  summary: 'See your jobs, or everybody’s as an admin',
  access: ['publish'],
  answers: {
    200: {
      description: 'Of all seed boxes that can be reached, the latest first.',
      schema: v.object({ jobs: v.array(JOB) }),
    },
  },
  problems: [NO_EVERSEED],
});

export const READ_JOB = defineOperation({
  method: 'GET',
  path: '/api/jobs/:id',
  id: 'readJob',
  tag,
  summary: 'See how far a job is',
  access: ['publish'],
  params: { id: ID_AT_EVERSEED },
  answers: { 200: { description: 'The job and its files.', schema: JOB_WITH_FILES } },
  problems: [UNKNOWN_JOB, NO_EVERSEED],
});

export const CANCEL_JOB = defineOperation({
  method: 'DELETE',
  path: '/api/jobs/:id',
  id: 'cancelJob',
  tag,
  summary: 'Cancel a job, and remove what was uploaded for it',
  description: 'What is seeded already stays; it is unpublished as a torrent.',
  access: ['publish'],
  params: { id: ID_AT_EVERSEED },
  answers: { 204: { description: 'It is over.' } },
  problems: [UNKNOWN_JOB, NO_EVERSEED],
});
