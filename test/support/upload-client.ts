import { request } from 'node:http';
import { waitUntil } from './wait-until.ts';

/** A job as the API tells of it, as far as the tests look. */
export interface ToldJob {
  readonly id: string;
  readonly state: string;
  readonly name: string;
  readonly account: string;
  readonly sizeBytes: number;
  readonly uploadedBytes: number;
  readonly hashedBytes: number;
  readonly error: string | null;
  readonly publication: { readonly infoHash: string | null; readonly pageUrl: string } | null;
  readonly result?: { readonly badPieceCount: number; readonly badPieces: readonly number[] };
  readonly files?: readonly {
    readonly index: number;
    readonly path: readonly string[];
    readonly size: number;
    readonly uploadedBytes: number;
  }[];
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

function parseJob(text: string): ToldJob {
  const job: unknown = JSON.parse(text);
  if (!isJob(job)) throw new Error(`It is no job: ${text}`);
  return job;
}

function isJob(value: unknown): value is ToldJob {
  return typeof value === 'object' && value !== null && 'state' in value && 'id' in value;
}

function encode(text: string): string {
  return Buffer.from(text).toString('base64');
}

/** Speaks with the API and uploads by tus, one request at a time and every header in its own hands. */
export class UploadClient {
  readonly origin: string;
  readonly headers: Readonly<Record<string, string>>;

  constructor(origin: string, headers: Readonly<Record<string, string>>) {
    this.origin = origin;
    this.headers = headers;
  }

  /** Without `content-length` among the headers a body is sent in chunks. */
  send(
    method: string,
    path: string,
    headers: Readonly<Record<string, string>> = {},
    body?: Uint8Array | string,
  ): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const sent = request(
        `${this.origin}${path}`,
        { method, headers: { ...this.headers, ...headers }, agent: false },
        (response) => {
          const parts: Buffer[] = [];
          response.on('data', (part: Buffer) => parts.push(part));
          response.on('error', reject);
          response.on('end', () => {
            const text = Buffer.concat(parts).toString();
            resolve({ status: response.statusCode ?? 0, headers: response.headers, text });
          });
        },
      );
      sent.on('error', reject);
      if (body !== undefined) sent.write(body);
      sent.end();
    });
  }

  async json(method: string, path: string, value?: unknown): Promise<[status: number, unknown]> {
    const body = value === undefined ? undefined : JSON.stringify(value);
    const answer = await this.send(method, path, {}, body);
    return [answer.status, answer.text === '' ? undefined : JSON.parse(answer.text)];
  }

  /** Begins a job; throws where that is refused. */
  async begin(job: unknown): Promise<ToldJob> {
    const answer = await this.send('POST', '/api/jobs', {}, JSON.stringify(job));
    if (answer.status !== 201) throw new Error(`${answer.status} ${answer.text}`);
    return parseJob(answer.text);
  }

  async job(id: string): Promise<ToldJob> {
    const answer = await this.send('GET', `/api/jobs/${id}`);
    if (answer.status !== 200) throw new Error(`${answer.status} ${answer.text}`);
    return parseJob(answer.text);
  }

  /** The job once it is in that state, or over. */
  async reached(id: string, state: string): Promise<ToldJob> {
    return waitUntil(`the job to be ${state}`, async () => {
      const job = await this.job(id);
      if (job.state === state) return job;
      if (/failed|cancelled/.test(job.state)) throw new Error(`${job.state}: ${job.error}`);
      return undefined;
    });
  }

  create(job: string, index: number, length: number): Promise<Answer> {
    return this.send('POST', '/api/uploads', {
      'tus-resumable': '1.0.0',
      'upload-length': String(length),
      'upload-metadata': `job ${encode(job)},index ${encode(String(index))}`,
    });
  }

  append(location: string, offset: number, bytes: Uint8Array): Promise<Answer> {
    const headers = {
      'tus-resumable': '1.0.0',
      'upload-offset': String(offset),
      'content-type': 'application/offset+octet-stream',
      'content-length': String(bytes.length),
    };
    return this.send('PATCH', location, headers, bytes);
  }

  /** How much of an upload has arrived; undefined where there is no such upload. */
  async offset(location: string): Promise<number | undefined> {
    const { status, headers } = await this.send('HEAD', location, { 'tus-resumable': '1.0.0' });
    return status === 200 ? Number(headers['upload-offset']) : undefined;
  }

  /** Uploads a file whole. */
  async upload(job: string, index: number, bytes: Uint8Array): Promise<void> {
    const created = await this.create(job, index, bytes.length);
    if (created.status !== 201) throw new Error(`${created.status} ${created.text}`);
    if (bytes.length === 0) return;
    const appended = await this.append(String(created.headers['location']), 0, bytes);
    if (appended.status !== 204) throw new Error(`${appended.status} ${appended.text}`);
  }
}
