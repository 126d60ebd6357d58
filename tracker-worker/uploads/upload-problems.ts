import type { Problem } from '../problem.ts';

export const CHUNK_TOO_LARGE: Problem = {
  status: 413,
  code: 'too-large',
  title: 'Content too large',
  detail: 'one request may bring 33,554,432 bytes: send a larger file in parts',
};

export const UNKNOWN_JOB: Problem = {
  status: 404,
  code: 'unknown-job',
  title: 'Not found',
  detail: 'no seed box that is here now has it',
};

export const NO_EVERSEED: Problem = {
  status: 503,
  code: 'no-everseed',
  title: 'Unavailable',
  detail: 'no seed box that takes uploads can be reached now: try again soon',
};

// What follows is said by seed boxes, and passed on in their words: it stands here for the document.

const bad = { status: 400, title: 'Bad request' } as const;
const unknown = { status: 404, title: 'Not found' } as const;
const conflict = { status: 409, title: 'Conflict' } as const;
const tooMany = { status: 429, title: 'Too many requests' } as const;

/** Why a seed box begins no job. */
export const JOB_PROBLEMS: readonly Problem[] = [
  { ...bad, code: 'bad-body', detail: 'the body is not as described' },
  { ...bad, code: 'unsafe-path', detail: 'a path leads elsewhere, is too long, or collides' },
  { ...unknown, code: 'unknown-torrent', detail: 'what is to be verified is not seeded there' },
  { ...conflict, code: 'name-taken', detail: 'something else is published under this name' },
  { ...tooMany, code: 'too-many-jobs', detail: 'too many jobs are under way' },
  { ...tooMany, code: 'too-much', detail: 'too much is being uploaded at this time' },
  {
    status: 507,
    title: 'Insufficient storage',
    code: 'no-space',
    detail: 'there is no room for it on the disk',
  },
];

export const UNKNOWN_UPLOAD: Problem = {
  ...unknown,
  code: 'unknown-upload',
  detail: 'there is no such upload, or it is of another account',
};

export const WRONG_LENGTH: Problem = {
  ...bad,
  code: 'wrong-length',
  detail: 'the length is not the one that the job has for this file',
};

export const NOT_UPLOADING: Problem = {
  ...conflict,
  code: 'not-uploading',
  detail: 'this file is complete, or its job is over',
};

export const NOT_SEEDED: Problem = {
  ...unknown,
  code: 'unknown-torrent',
  detail: 'no seed box seeds this torrent',
};
