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
    return { ...base, kind: 'verify', infoHash, result: readJson<VerifyResult>(row['result']) };
  }
  const format = TORRENT_FORMATS.find((known) => known === row['format']);
  invariant(format !== undefined, 'the column holds a format');
  const path = readOptional(row['placed_path']);
  return {
    ...base,
    kind: 'publish',
    format,
    details: readJson<PublicationDetails>(row['details']) ?? {},
    placed: path === undefined ? undefined : { path, identity: readText(row['placed_identity']) },
    infoHash,
    publication: readJson<Publication>(row['publication']),
  };
}

/** A row of the table `job_files`. */
export function readFileRow(row: Record<string, unknown>): JobFile {
  return {
    index: Number(row['file_index']),
    path: readJson<string[]>(row['path']) ?? [],
    sizeBytes: Number(row['size_bytes']),
    uploadedBytes: Number(row['uploaded_bytes']),
  };
}

/** JSON that we wrote ourselves, of values of this type. */
function readJson<T>(value: unknown): T | undefined {
  const text = readOptional(value);
  if (text === undefined) return undefined;
  const parsed: T = JSON.parse(text);
  return parsed;
}

function readOptional(value: unknown): string | undefined {
  return value === null ? undefined : readText(value);
}

function readText(value: unknown): string {
  invariant(typeof value === 'string', 'the column holds text');
  return value;
}
