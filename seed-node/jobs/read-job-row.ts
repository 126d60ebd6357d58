import { infoHashFromHex, TORRENT_FORMATS } from '../../shared/info-hash.ts';
import { invariant } from '../../shared/invariant.ts';
import type { Publication } from '../../shared/publication.ts';
import type { Job, JobFile, PublicationDetails, VerifyResult } from './job.ts';
import { isJobState } from './job-state.ts';

/** A row of the table `jobs` as the job that was written into it. */
export function readJobRow(row: Record<string, unknown>): Job {
  const { state } = row;
  invariant(isJobState(state), 'the column holds a state');
  const infoHash = infoHashFromHex(readOptional(row['info_hash']) ?? '');
  const base = {
    id: readText(row['id']),
    state,
    accountId: readText(row['account_id']),
    accountName: readText(row['account_name']),
    name: readText(row['name']),
    sizeBytes: Number(row['size_bytes']),
    createdAtMs: Number(row['created_at_ms']),
    updatedAtMs: Number(row['updated_at_ms']),
    error: readOptional(row['error']),
  };
  if (row['kind'] === 'verify') {
    invariant(infoHash !== undefined, 'a verification has an info-hash');
    return { ...base, kind: 'verify', infoHash, result: readJson(row['result'], isResult) };
  }
  const format = TORRENT_FORMATS.find((known) => known === row['format']);
  invariant(format !== undefined, 'the column holds a format');
  const path = readOptional(row['placed_path']);
  return {
    ...base,
    kind: 'publish',
    format,
    details: readJson(row['details'], isDetails) ?? {},
    placed: path === undefined ? undefined : { path, identity: readText(row['placed_identity']) },
    infoHash,
    publication: readJson(row['publication'], isPublication),
  };
}

/** A row of the table `job_files`. */
export function readFileRow(row: Record<string, unknown>): JobFile {
  return {
    index: Number(row['file_index']),
    path: readJson(row['path'], isPath) ?? [],
    sizeBytes: Number(row['size_bytes']),
    uploadedBytes: Number(row['uploaded_bytes']),
  };
}

/** JSON that we wrote ourselves: a look at its kind is enough to tell what it is. */
function readJson<T>(value: unknown, isRight: (parsed: unknown) => parsed is T): T | undefined {
  const text = readOptional(value);
  if (text === undefined) return undefined;
  const parsed: unknown = JSON.parse(text);
  invariant(isRight(parsed), 'the column holds what was written into it');
  return parsed;
}

function isDetails(value: unknown): value is PublicationDetails {
  return typeof value === 'object' && value !== null;
}

function isPublication(value: unknown): value is Publication {
  return typeof value === 'object' && value !== null && 'magnet' in value;
}

function isResult(value: unknown): value is VerifyResult {
  return typeof value === 'object' && value !== null && 'badPieces' in value;
}

function isPath(value: unknown): value is string[] {
  return Array.isArray(value);
}

function readOptional(value: unknown): string | undefined {
  return value === null ? undefined : readText(value);
}

function readText(value: unknown): string {
  invariant(typeof value === 'string', 'the column holds text');
  return value;
}
