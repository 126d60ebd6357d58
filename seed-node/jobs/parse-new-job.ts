import { MAX_PATH_DEPTH, nameProblem } from '../../shared/file-path.ts';
import { infoHashInUrl, TORRENT_FORMATS, type TorrentFormat } from '../../shared/info-hash.ts';
import { accept, refuse, type Result } from '../../shared/result.ts';
import { decodeUtf8, encodeUtf8 } from '../../shared/text.ts';
import { findColliding } from '../../shared/torrent-files.ts';
import { MAX_URL_LENGTH, WEB_SEED_URL } from '../../shared/torrent-urls.ts';
import type { NewFile, NewJob, PublicationDetails } from './job.ts';
import {
  MAX_DESCRIPTION_CHARACTERS,
  MAX_JOB_FILES,
  MAX_TITLE_CHARACTERS,
  MAX_WEB_SEEDS,
} from './job-limits.ts';
import { STAGING_NAME } from './place-content.ts';

/** What a system opens may have 4,096 bytes, the folders around it included. */
const MAX_PATH_BYTES = 3_000;

export interface JobRules {
  readonly maxUploadBytes: number;
  /** Of a job that names none. */
  readonly format: TorrentFormat;
}

type JobRefusalCode = 'bad-body' | 'unsafe-path' | 'too-large';

/** Parses the body of `POST /api/jobs`. What is accepted can be written below any folder, and leads nowhere else. */
export function parseNewJob(body: Uint8Array, rules: JobRules): Result<NewJob, JobRefusalCode> {
  const value = parseJson(decodeUtf8(body) ?? '');
  if (typeof value !== 'object' || value === null) {
    return refuse('bad-body', 'the body is not a JSON object in UTF-8');
  }
  const kind: unknown = Reflect.get(value, 'kind') ?? 'publish';
  if (kind === 'verify') return parseVerifyJob(value);
  if (kind !== 'publish') return refuse('bad-body', 'it is neither publish nor verify', 'kind');
  const name: unknown = Reflect.get(value, 'name');
  if (typeof name !== 'string') return refuse('bad-body', 'it is not a text', 'name');
  const problem = name === STAGING_NAME ? 'the name is reserved' : textProblem(name);
  if (problem !== undefined) return refuse('unsafe-path', problem, 'name');
  const files = parseFiles(Reflect.get(value, 'files'), name, rules.maxUploadBytes);
  if (!files.ok) return files;
  const format: unknown = Reflect.get(value, 'format') ?? rules.format;
  if (!isFormat(format)) return refuse('bad-body', 'it is not v1, hybrid or v2', 'format');
  const details = parseDetails(value);
  if (!details.ok) return details;
  return accept({ kind, name, ...files.value, format, details: details.value });
}

function parseVerifyJob(value: object): Result<NewJob, JobRefusalCode> {
  const hex: unknown = Reflect.get(value, 'infoHash');
  const infoHash = typeof hex === 'string' ? infoHashInUrl(hex) : undefined;
  if (infoHash === undefined) return refuse('bad-body', 'it is not an info-hash', 'infoHash');
  return accept({ kind: 'verify', infoHash });
}

function parseFiles(
  list: unknown,
  name: string,
  maxUploadBytes: number,
): Result<{ readonly files: NewFile[]; readonly sizeBytes: number }, JobRefusalCode> {
  if (!Array.isArray(list) || list.length === 0) {
    return refuse('bad-body', 'it is not a list of files', 'files');
  }
  if (list.length > MAX_JOB_FILES) {
    return refuse('too-large', `a job may have ${MAX_JOB_FILES} files`, 'files');
  }
  const files: NewFile[] = [];
  let sizeBytes = 0;
  for (const [index, item] of list.entries()) {
    const file = parseFile(item, list.length === 1 ? name : undefined, `files[${index}]`);
    if (!file.ok) return file;
    files.push(file.value);
    sizeBytes += file.value.sizeBytes;
    if (sizeBytes > maxUploadBytes) {
      return refuse('too-large', `a job may have ${maxUploadBytes} bytes`, 'files');
    }
  }
  if (sizeBytes === 0) return refuse('bad-body', 'all the files are empty', 'files');
  const colliding = findColliding(files);
  if (colliding !== undefined) {
    return refuse('unsafe-path', 'two files have the same path', `files[${colliding}].path`);
  }
  return accept({ files, sizeBytes });
}

/** `onlyName`: the job's name where this is its only file, which then may be what is published, without a folder. */
function parseFile(
  item: unknown,
  onlyName: string | undefined,
  at: string,
): Result<NewFile, JobRefusalCode> {
  if (typeof item !== 'object' || item === null) return refuse('bad-body', 'it is no object', at);
  const path: unknown = Reflect.get(item, 'path');
  if (!isTexts(path)) return refuse('bad-body', 'it is not a list of names', `${at}.path`);
  const isAlone = onlyName !== undefined && (path.length === 0 || path.join('/') === onlyName);
  if (path.length === 0 && !isAlone) {
    return refuse('unsafe-path', 'a path without names', `${at}.path`);
  }
  if (path.length > MAX_PATH_DEPTH) {
    return refuse('unsafe-path', 'the path is too deep', `${at}.path`);
  }
  if (encodeUtf8(path.join('/')).length > MAX_PATH_BYTES) {
    return refuse('unsafe-path', 'the path is too long', `${at}.path`);
  }
  for (const name of path) {
    const problem = textProblem(name);
    if (problem !== undefined) return refuse('unsafe-path', problem, `${at}.path`);
  }
  const sizeBytes: unknown = Reflect.get(item, 'size');
  if (typeof sizeBytes !== 'number' || !Number.isSafeInteger(sizeBytes) || sizeBytes < 0) {
    return refuse('bad-body', 'it is not a number of bytes', `${at}.size`);
  }
  return accept({ path: isAlone ? [] : path, sizeBytes });
}

function parseDetails(value: object): Result<PublicationDetails, JobRefusalCode> {
  const title = parseText(value, 'title', MAX_TITLE_CHARACTERS);
  if (!title.ok) return title;
  const description = parseText(value, 'description', MAX_DESCRIPTION_CHARACTERS);
  if (!description.ok) return description;
  const webSeeds: unknown = Reflect.get(value, 'webSeeds') ?? undefined;
  if (webSeeds === undefined) return accept({ ...title.value, ...description.value });
  const areWebSeeds =
    isTexts(webSeeds) && webSeeds.length <= MAX_WEB_SEEDS && webSeeds.every(isWebSeedUrl);
  if (!areWebSeeds) {
    return refuse('bad-body', `they are not at most ${MAX_WEB_SEEDS} http URLs`, 'webSeeds');
  }
  return accept({ ...title.value, ...description.value, webSeeds });
}

function parseText<Key extends 'title' | 'description'>(
  value: object,
  key: Key,
  maxCharacters: number,
): Result<{ readonly [key in Key]?: string }, JobRefusalCode> {
  const text: unknown = Reflect.get(value, key) ?? undefined;
  const nothing: { readonly [key in Key]?: string } = {};
  if (text === undefined) return accept(nothing);
  if (typeof text !== 'string' || text.length > maxCharacters || !text.isWellFormed()) {
    return refuse('bad-body', `it is not a text of at most ${maxCharacters} characters`, key);
  }
  return accept({ ...nothing, [key]: text });
}

/** A lone surrogate has no UTF-8, and would be another name on the disk. */
function textProblem(name: string): string | undefined {
  return name.isWellFormed() ? nameProblem(name) : 'a name is not Unicode';
}

function isWebSeedUrl(url: string): boolean {
  return url.length <= MAX_URL_LENGTH && WEB_SEED_URL.test(url) && URL.canParse(url);
}

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}

function isFormat(value: unknown): value is TorrentFormat {
  return TORRENT_FORMATS.some((format) => format === value);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
