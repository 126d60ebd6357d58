import * as v from 'valibot';
import { countParameter } from '../api/parameters.ts';
import { accept, refuse, type Result } from '../../shared/result.ts';
import { MAX_PUBLISHER_CHARACTERS } from './description-limits.ts';
import { type ListingQuery, LISTING_SORTS } from './torrent-search.ts';

const MAX_SEARCH_CHARACTERS = 200;
const MAX_SEARCH_WORDS = 8;
const MAX_TORRENTS_PER_PAGE = 100;
const DEFAULT_TORRENTS_PER_PAGE = 50;
/** Further pages cost the catalogue more than anyone reads. */
const MAX_PAGE = 10_000;

const code = 'bad-query';

/** What a listing of publications may be asked for, as pages and the API have it in a query; a message names its parameter. */
export const LISTING_PARAMETERS = {
  q: v.pipe(
    v.optional(v.pipe(v.string(), v.maxLength(MAX_SEARCH_CHARACTERS, tooLong('q'))), ''),
    v.metadata({ code }),
    v.description('words that begin words of the name, title, description or publisher'),
    v.transform(wordsOf),
  ),
  publisher: v.pipe(
    v.optional(v.pipe(v.string(), v.maxLength(MAX_PUBLISHER_CHARACTERS, tooLong('publisher'))), ''),
    v.metadata({ code }),
    v.description('only what this publisher published'),
    v.transform((text) => (text === '' ? undefined : text)),
  ),
  sort: v.pipe(
    v.optional(v.picklist(LISTING_SORTS, `sort is none of ${LISTING_SORTS.join(', ')}`), 'newest'),
    v.metadata({ code }),
    v.description(`one of ${LISTING_SORTS.join(', ')}`),
  ),
  page: countParameter('page', {
    max: MAX_PAGE,
    otherwise: 1,
    code,
    description: 'which page, from 1 on',
  }),
  limit: countParameter('limit', {
    max: MAX_TORRENTS_PER_PAGE,
    otherwise: DEFAULT_TORRENTS_PER_PAGE,
    code,
    description: `how many on a page: 1 to ${MAX_TORRENTS_PER_PAGE}`,
  }),
};

const PARAMETERS = v.object(LISTING_PARAMETERS);

/** Parses the query of a listing; the refusal names the parameter. */
export function parseListingQuery(
  params: Readonly<{ [name in keyof typeof LISTING_PARAMETERS]?: string | undefined }>,
): Result<ListingQuery, 'bad-query'> {
  const parsed = v.safeParse(PARAMETERS, params, { abortEarly: true });
  return parsed.success
    ? accept(listingQueryOf(parsed.output))
    : refuse(code, parsed.issues[0].message);
}

/** The query that proven parameters are. */
export function listingQueryOf({
  q: words,
  ...rest
}: v.InferOutput<typeof PARAMETERS>): ListingQuery {
  return { words, ...rest };
}

/** What search knows as words: runs of letters and digits, and no more of them than anyone types. */
function wordsOf(text: string): string[] {
  return (text.match(/[\p{L}\p{N}\p{M}]+/gu) ?? []).slice(0, MAX_SEARCH_WORDS);
}

function tooLong(name: string): (issue: v.MaxLengthIssue<string, number>) => string {
  return ({ requirement }) => `${name} is longer than ${requirement} characters`;
}
