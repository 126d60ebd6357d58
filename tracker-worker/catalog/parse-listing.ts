import * as v from 'valibot';
import type { Result } from '../../shared/result.ts';
import { parseJsonBody } from '../api/parse-json-body.ts';

/** The body of a listing: 200 characters as JSON may write them, twelve bytes each at the most, and room around them. */
export const MAX_LISTING_BODY_BYTES = 4096;
export const MAX_REASON_CHARACTERS = 200;
export const MAX_LISTINGS_PER_PAGE = 1000;
export const DEFAULT_LISTINGS_PER_PAGE = 100;

const NOT_A_TEXT = 'the reason is not a text';

/** The optional body `{"reason": "…"}`: the reason, or null where there is none. */
export const NEW_LISTING = v.pipe(
  v.optional(
    v.strictObject(
      {
        reason: v.nullish(
          v.pipe(
            v.string(NOT_A_TEXT),
            v.check((reason) => reason.isWellFormed(), NOT_A_TEXT),
            v.check(
              (reason) => Array.from(reason).length <= MAX_REASON_CHARACTERS,
              'the reason is longer than 200 characters',
            ),
            v.description('why, for anyone to read: at most 200 characters'),
          ),
        ),
      },
      ({ expected }) =>
        expected === 'never'
          ? 'the body may have no other key than "reason"'
          : 'the body is neither empty nor a JSON object in UTF-8',
    ),
  ),
  v.transform((body) => body?.reason ?? null),
);

export function parseListingBody(body: Uint8Array): Result<string | null, 'bad-body'> {
  return parseJsonBody(NEW_LISTING, body);
}
