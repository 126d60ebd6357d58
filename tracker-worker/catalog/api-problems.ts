import type { MetainfoRefusalCode } from '../../shared/metainfo.ts';
import { describeRefusal, type Refusal } from '../../shared/result.ts';
import type { Problem } from '../problem.ts';
import type { Takedown } from './listing.ts';

export const BAD_INFO_HASH: Problem = {
  status: 400,
  code: 'bad-info-hash',
  title: 'Bad request',
  detail: 'an info-hash is 40 hexadecimal digits, or 64 of a v2 torrent',
};

export const UNKNOWN_TORRENT: Problem = {
  status: 404,
  code: 'unknown-torrent',
  title: 'Not found',
  detail: 'no torrent with this info-hash is published here',
};

/** The same where its operator took it down; who asks is told the reason (`takenDown`). */
export const TAKEN_DOWN: Problem = {
  status: 451,
  code: 'taken-down',
  title: 'Unavailable for legal reasons',
  detail: 'this torrent was taken down',
};

export function takenDown({ reason }: Takedown): Problem {
  return { ...TAKEN_DOWN, detail: `${TAKEN_DOWN.detail}: ${reason ?? 'no reason was given'}` };
}

export const PUBLISHER_NOT_YOURS: Problem = {
  status: 403,
  code: 'publisher-not-yours',
  title: 'Forbidden',
  detail: 'who published is said by a seed box or an admin: this token is neither',
};

export const DESCRIPTION_TOO_LARGE: Problem = {
  status: 413,
  code: 'too-large',
  title: 'Content too large',
  detail: 'the body of a description may have 524,288 bytes',
};

export const BLOCKED: Problem = {
  status: 403,
  code: 'blocked',
  title: 'Forbidden',
  detail: 'this info-hash is on the block list, and nothing is published under it',
};

export const NOT_LISTED: Problem = {
  status: 404,
  code: 'not-listed',
  title: 'Not found',
  detail: 'this info-hash is not on the list',
};

export const LISTING_TOO_LARGE: Problem = {
  status: 413,
  code: 'too-large',
  title: 'Content too large',
  detail: 'the body of a listing may have 4,096 bytes',
};

export const TRACKER_NOT_TOLD: Problem = {
  status: 503,
  code: 'tracker-not-told',
  title: 'Unavailable',
  detail:
    'the catalogue has the change, but the tracker was not reached: send the same request again',
};

/** What most of the refusals of a .torrent come to; each has the code of what was found first. */
export const NOT_A_TORRENT: Problem = {
  status: 400,
  code: 'not-a-torrent',
  title: 'Bad request',
  detail: 'it is no .torrent that may be published; other codes say why, such as unsafe-path',
};

export const METAINFO_TOO_LARGE: Problem = {
  status: 413,
  code: 'too-large',
  title: 'Content too large',
  detail: 'a .torrent may have 16,000,000 bytes',
};

/** Why a .torrent is not published. */
export function metainfoProblem(refusal: Refusal<MetainfoRefusalCode>): Problem {
  return refusal.code === 'too-large' ? METAINFO_TOO_LARGE : badRequest(refusal);
}

/** What a parser refused. */
export function badRequest(refusal: Refusal): Problem {
  return {
    status: 400,
    code: refusal.code,
    title: 'Bad request',
    detail: describeRefusal(refusal),
  };
}
