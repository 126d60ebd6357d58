import { accept, refuse, type Result } from '../../shared/result.ts';
import { MAX_URL_LENGTH, TRACKER_URL, WEB_SEED_URL } from '../../shared/torrent-urls.ts';
import {
  MAX_ADDED_URLS,
  MAX_DESCRIPTION_CHARACTERS,
  MAX_TITLE_CHARACTERS,
} from './description-limits.ts';
import type { Description } from './published-torrent.ts';

/** What is sent to change a description, as JSON or a form has it: unproven. */
export interface DescriptionFields {
  readonly title?: unknown;
  readonly description?: unknown;
  readonly webSeeds?: unknown;
  readonly trackers?: unknown;
}

type Change = Partial<Omit<Description, 'publisher'>>;

/** Parses what a publisher says of a publication: only the keys that are there change; `null` and `''` take a text away. */
export function parseDescription(fields: DescriptionFields): Result<Change, 'bad-body'> {
  const title = parseText(fields.title, MAX_TITLE_CHARACTERS, 'title');
  if (!title.ok) return title;
  const description = parseText(fields.description, MAX_DESCRIPTION_CHARACTERS, 'description');
  if (!description.ok) return description;
  const webSeeds = parseUrls(fields.webSeeds, WEB_SEED_URL, 'webSeeds');
  if (!webSeeds.ok) return webSeeds;
  const trackers = parseUrls(fields.trackers, TRACKER_URL, 'trackers');
  if (!trackers.ok) return trackers;
  return accept({
    ...(title.value === undefined ? {} : { title: title.value }),
    ...(description.value === undefined ? {} : { description: description.value }),
    ...(webSeeds.value === undefined ? {} : { addedWebSeeds: webSeeds.value }),
    ...(trackers.value === undefined ? {} : { addedTrackers: trackers.value }),
  });
}

function parseText(
  value: unknown,
  maxCharacters: number,
  at: string,
): Result<string | null | undefined, 'bad-body'> {
  if (value === undefined || value === null) return accept(value);
  if (typeof value !== 'string' || !value.isWellFormed()) {
    return refuse('bad-body', 'it is not a text', at);
  }
  const text = value.replaceAll('\r\n', '\n').trim();
  if (Array.from(text).length > maxCharacters) {
    return refuse('bad-body', `it is longer than ${maxCharacters} characters`, at);
  }
  return accept(text === '' ? null : text);
}

function parseUrls(
  value: unknown,
  pattern: RegExp,
  at: string,
): Result<readonly string[] | undefined, 'bad-body'> {
  if (value === undefined) return accept(undefined);
  if (!Array.isArray(value) || value.length > MAX_ADDED_URLS) {
    return refuse('bad-body', `it is not a list of at most ${MAX_ADDED_URLS} URLs`, at);
  }
  const urls: string[] = [];
  for (const [index, url] of value.entries()) {
    const isUrl =
      typeof url === 'string' &&
      url.length <= MAX_URL_LENGTH &&
      pattern.test(url) &&
      URL.canParse(url);
    if (!isUrl) return refuse('bad-body', 'it is not a URL of this kind', `${at}[${index}]`);
    if (!urls.includes(url)) urls.push(url);
  }
  return accept(urls);
}
