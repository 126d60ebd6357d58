import { callApi } from './console-api.ts';

/** A job of a seed box, as far as this page shows it. */
export interface Job {
  readonly id: string;
  readonly kind: string;
  readonly state: string;
  readonly name: string;
  readonly sizeBytes: number;
  readonly uploadedBytes: number;
  readonly hashedBytes: number;
  readonly bytesPerSecond: number | null;
  readonly error: string | null;
  readonly pageUrl: string | undefined;
  readonly updatedAtMs: number;
}

/** A file of a job: what it lacks is still to be uploaded. */
export interface JobFile {
  readonly index: number;
  readonly path: readonly string[];
  readonly size: number;
  readonly uploadedBytes: number;
  readonly uploadId: string;
}

const OVER = new Set(['seeding', 'verified', 'failed', 'cancelled']);

/** Whether anything of it is still to come. */
export function isUnderWay({ state }: Job): boolean {
  return !OVER.has(state);
}

/** The jobs of this account, the latest first. */
export async function listJobs(): Promise<Job[]> {
  const answer = await callApi('GET', '/api/jobs');
  const jobs: unknown = read(answer, 'jobs');
  return Array.isArray(jobs) ? jobs.map(parseJob) : [];
}

export async function readJob(id: string): Promise<{ job: Job; files: readonly JobFile[] }> {
  return parseWithFiles(await callApi('GET', `/api/jobs/${encodeURIComponent(id)}`));
}

export async function createJob(body: unknown): Promise<{ job: Job; files: readonly JobFile[] }> {
  return parseWithFiles(await callApi('POST', '/api/jobs', body));
}

export async function cancelJob(id: string): Promise<void> {
  await callApi('DELETE', `/api/jobs/${encodeURIComponent(id)}`);
}

function parseWithFiles(answer: unknown): { job: Job; files: readonly JobFile[] } {
  const files: unknown = read(answer, 'files');
  return { job: parseJob(answer), files: Array.isArray(files) ? files.map(parseFile) : [] };
}

function parseJob(value: unknown): Job {
  const publication: unknown = read(value, 'publication');
  const pageUrl: unknown = read(publication, 'pageUrl');
  const rate: unknown = read(value, 'bytesPerSecond');
  const error: unknown = read(value, 'error');
  return {
    id: text(value, 'id'),
    kind: text(value, 'kind'),
    state: text(value, 'state'),
    name: text(value, 'name'),
    sizeBytes: number(value, 'sizeBytes'),
    uploadedBytes: number(value, 'uploadedBytes'),
    hashedBytes: number(value, 'hashedBytes'),
    bytesPerSecond: typeof rate === 'number' ? rate : null,
    error: typeof error === 'string' ? error : null,
    pageUrl: typeof pageUrl === 'string' ? pageUrl : undefined,
    updatedAtMs: Date.parse(text(value, 'updatedAt')),
  };
}

function parseFile(value: unknown): JobFile {
  const path: unknown = read(value, 'path');
  return {
    index: number(value, 'index'),
    path: Array.isArray(path) ? path.map(String) : [],
    size: number(value, 'size'),
    uploadedBytes: number(value, 'uploadedBytes'),
    uploadId: text(value, 'uploadId'),
  };
}

function read(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;
}

function text(value: unknown, key: string): string {
  const found = read(value, key);
  return typeof found === 'string' ? found : '';
}

function number(value: unknown, key: string): number {
  const found = read(value, key);
  return typeof found === 'number' ? found : 0;
}
