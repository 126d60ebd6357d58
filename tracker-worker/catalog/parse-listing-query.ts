import { accept, refuse, type Result } from '../../shared/result.ts';
import { type ListingQuery, LISTING_SORTS, type ListingSort } from './torrent-search.ts';

const MAX_SEARCH_CHARACTERS = 200;
const MAX_SEARCH_WORDS = 8;
const MAX_TORRENTS_PER_PAGE = 100;
const DEFAULT_TORRENTS_PER_PAGE = 50;
/** Further pages cost the catalogue more than anyone reads. */
const MAX_PAGE = 10_000;
const MAX_PUBLISHER_CHARACTERS = 64;

/** What a listing of publications may be asked for, as it stands in a query; what is absent has a default. */
export interface ListingParams {
  readonly q?: string | undefined;
  readonly publisher?: string | undefined;
  readonly sort?: string | undefined;
  readonly page?: string | undefined;
  readonly limit?: string | undefined;
}

/** Parses the query of a listing; the refusal names the parameter. */
export function parseListingQuery(params: ListingParams): Result<ListingQuery, 'bad-query'> {
  const { q = '', publisher, sort = 'newest' } = params;
  if (q.length > MAX_SEARCH_CHARACTERS) {
    return refuse('bad-query', 'it is longer than 200 characters', 'q');
  }
  if (!isSort(sort))
    return refuse('bad-query', `it is none of ${LISTING_SORTS.join(', ')}`, 'sort');
  if (publisher !== undefined && publisher.length > MAX_PUBLISHER_CHARACTERS) {
    return refuse('bad-query', 'it is longer than 64 characters', 'publisher');
  }
  const page = parseCount(params.page, 1, MAX_PAGE);
  if (page === undefined) {
    return refuse('bad-query', 'it is not a whole number from 1 to 10,000', 'page');
  }
  const limit = parseCount(params.limit, DEFAULT_TORRENTS_PER_PAGE, MAX_TORRENTS_PER_PAGE);
  if (limit === undefined) {
    return refuse('bad-query', 'it is not a whole number from 1 to 100', 'limit');
  }
  return accept({
    words: wordsOf(q),
    publisher: publisher === '' ? undefined : publisher,
    sort,
    page,
    limit,
  });
}

/** What search knows as words: runs of letters and digits, and no more of them than anyone types. */
function wordsOf(text: string): string[] {
  return (text.match(/[\p{L}\p{N}\p{M}]+/gu) ?? []).slice(0, MAX_SEARCH_WORDS);
}

function isSort(text: string): text is ListingSort {
  return LISTING_SORTS.some((sort) => sort === text);
}

function parseCount(text: string | undefined, absent: number, max: number): number | undefined {
  if (text === undefined) return absent;
  const count = /^[0-9]{1,5}$/.test(text) ? Number(text) : 0;
  return count >= 1 && count <= max ? count : undefined;
}
