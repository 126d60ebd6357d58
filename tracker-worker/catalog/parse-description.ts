import * as v from 'valibot';
import type { Result } from '../../shared/result.ts';
import { MAX_URL_LENGTH, TRACKER_URL, WEB_SEED_URL } from '../../shared/torrent-urls.ts';
import { checkJson } from '../api/parse-json-body.ts';
import {
  MAX_ADDED_URLS,
  MAX_DESCRIPTION_CHARACTERS,
  MAX_PUBLISHER_CHARACTERS,
  MAX_TITLE_CHARACTERS,
} from './description-limits.ts';
import type { Description } from './published-torrent.ts';

/** The body of a change: all of the texts and URLs at their longest, as JSON may write them. */
export const MAX_DESCRIPTION_BODY_BYTES: number = 512 * 1024;

const NOT_A_TEXT = 'it is not a text';
const NOT_A_LIST = `it is not a list of at most ${MAX_ADDED_URLS} URLs`;
const NOT_A_URL = 'it is not a URL of this kind';

/** What a publisher says of a publication, as JSON or a form has it: only the keys that are there change. */
export const DESCRIPTION_CHANGE = v.pipe(
  v.strictObject(
    {
      title: v.optional(text(MAX_TITLE_CHARACTERS)),
      description: v.optional(text(MAX_DESCRIPTION_CHARACTERS)),
      webSeeds: v.optional(urls(WEB_SEED_URL, 'beside those of the .torrent')),
      trackers: v.optional(urls(TRACKER_URL, 'beside those of the .torrent')),
      publisher: v.optional(text(MAX_PUBLISHER_CHARACTERS)),
    },
    ({ expected }) =>
      expected === 'never'
        ? 'the body may have no other key than title, description, webSeeds, trackers and publisher'
        : 'the body is not a JSON object in UTF-8',
  ),
  v.transform(({ title, description, webSeeds, trackers, publisher }): Partial<Description> => ({
    ...(title === undefined ? {} : { title }),
    ...(description === undefined ? {} : { description }),
    ...(webSeeds === undefined ? {} : { addedWebSeeds: webSeeds }),
    ...(trackers === undefined ? {} : { addedTrackers: trackers }),
    ...(publisher === undefined ? {} : { publisher }),
  })),
);

/** Parses what a form says of a publication; `null` and `''` take a text away. */
export function parseDescription(
  fields: Readonly<{ [key in keyof v.InferInput<typeof DESCRIPTION_CHANGE>]?: unknown }>,
): Result<Partial<Description>, 'bad-body'> {
  return checkJson(DESCRIPTION_CHANGE, fields);
}

function text(maxCharacters: number) {
  return v.pipe(
    v.nullable(
      v.pipe(
        v.string(NOT_A_TEXT),
        v.check((value) => value.isWellFormed(), NOT_A_TEXT),
        v.transform((value) => value.replaceAll('\r\n', '\n').trim()),
        v.check(
          (value) => Array.from(value).length <= maxCharacters,
          `it is longer than ${maxCharacters} characters`,
        ),
      ),
    ),
    v.description(`at most ${maxCharacters} characters; null or "" takes it away`),
    v.transform((value) => (value === '' ? null : value)),
  );
}

function urls(pattern: RegExp, description: string) {
  return v.pipe(
    v.array(
      v.pipe(
        v.string(NOT_A_URL),
        v.maxLength(MAX_URL_LENGTH, NOT_A_URL),
        v.regex(pattern, NOT_A_URL),
        v.check((url) => URL.canParse(url), NOT_A_URL),
      ),
      NOT_A_LIST,
    ),
    v.maxLength(MAX_ADDED_URLS, NOT_A_LIST),
    v.description(`${description}: at most ${MAX_ADDED_URLS}`),
    v.transform((list): readonly string[] => [...new Set(list)]),
  );
}
