import * as v from 'valibot';
import { type InfoHash, infoHashInUrl } from '../../shared/info-hash.ts';
import { BAD_INFO_HASH } from '../catalog/api-problems.ts';
import type { Problem } from '../problem.ts';

/** What answers a parameter that was refused for this reason: its schema may have a `code` in its metadata. */
export function problemOf(schema: v.GenericSchema | undefined, reason: string): Problem {
  const code: unknown = schema === undefined ? undefined : v.getMetadata(schema)['code'];
  return {
    status: 400,
    code: typeof code === 'string' ? code : 'bad-parameter',
    title: 'Bad request',
    detail: reason,
  };
}

/** An info-hash as paths and queries hold it, made the one that swarms go by. */
export const INFO_HASH = v.pipe(
  v.string(BAD_INFO_HASH.detail),
  v.regex(/^(?:[0-9A-Fa-f]{40}|[0-9A-Fa-f]{64})$/, BAD_INFO_HASH.detail),
  v.metadata({ code: BAD_INFO_HASH.code }),
  v.description('40 hexadecimal digits, or the 64 of a v2 torrent'),
  v.transform((text): InfoHash | undefined => infoHashInUrl(text)),
  v.custom<InfoHash>((infoHash) => infoHash !== undefined, BAD_INFO_HASH.detail),
);

export interface CountInit {
  readonly max: number;
  /** Where the parameter is absent. */
  readonly otherwise: number;
  readonly code: string;
  readonly description: string;
}

/** A whole number from 1 to `max` in decimal digits. */
export function countParameter(name: string, { max, otherwise, code, description }: CountInit) {
  const reason = `${name} must be a whole number from 1 to ${max}`;
  return v.pipe(
    v.optional(
      v.pipe(
        v.string(reason),
        v.regex(/^[0-9]{1,5}$/, reason),
        v.transform(Number),
        v.minValue(1, reason),
        v.maxValue(max, reason),
      ),
      String(otherwise),
    ),
    v.metadata({ code }),
    v.description(description),
  );
}

/** How many entries of a list are wanted. */
export function pageLimit(max: number, otherwise: number) {
  const description = `how many at the most: 1 to ${max}`;
  return countParameter('limit', { max, otherwise, code: 'bad-limit', description });
}
