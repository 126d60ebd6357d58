import { accept, refuse, type Result } from '../../shared/result.ts';
import { decodeUtf8 } from '../../shared/text.ts';

/** The body of a listing: 200 characters as JSON may write them, twelve bytes each at the most, and room around them. */
export const MAX_LISTING_BODY_BYTES = 4096;
export const MAX_REASON_CHARACTERS = 200;
const MAX_LISTINGS_PER_PAGE = 1000;
const DEFAULT_LISTINGS_PER_PAGE = 100;

/** Parses the optional body `{"reason": "…"}`: the reason, or null where there is none. */
export function parseListingBody(body: Uint8Array): Result<string | null, 'bad-body'> {
  if (body.length === 0) return accept(null);
  const value = parseJson(decodeUtf8(body) ?? '');
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return refuse('bad-body', 'the body is neither empty nor a JSON object in UTF-8');
  }
  const entries = Object.entries(value);
  if (entries.some(([key]) => key !== 'reason')) {
    return refuse('bad-body', 'the body may have no other key than "reason"');
  }
  const reason: unknown = entries[0]?.[1] ?? null;
  if (reason === null) return accept(null);
  if (typeof reason !== 'string' || !reason.isWellFormed()) {
    return refuse('bad-body', 'the reason is not a text', 'reason');
  }
  if (Array.from(reason).length > MAX_REASON_CHARACTERS) {
    return refuse('bad-body', 'the reason is longer than 200 characters', 'reason');
  }
  return accept(reason);
}

/** Parses the `limit` of a page of a list: 1 to `MAX_LISTINGS_PER_PAGE`, and a tenth of that where it is absent. */
export function parsePageLimit(limit: string | undefined): Result<number, 'bad-limit'> {
  if (limit === undefined) return accept(DEFAULT_LISTINGS_PER_PAGE);
  const count = /^[0-9]{1,4}$/.test(limit) ? Number(limit) : 0;
  return count >= 1 && count <= MAX_LISTINGS_PER_PAGE
    ? accept(count)
    : refuse('bad-limit', 'limit must be a whole number from 1 to 1000');
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
