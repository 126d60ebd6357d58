import { Upload } from 'tus-js-client';
import type { ChosenFile } from './chosen-files.ts';
import { csrfHeaders } from './console-api.ts';
import type { Job, JobFile } from './job.ts';

/** What the edge takes in one request is 32 MiB; smaller parts lose less when a line breaks. */
const CHUNK_BYTES = 16 * 1024 * 1024;
const MAX_CONCURRENT = 3;
/** A line that is away for a minute or two costs nobody an upload. */
const RETRY_DELAYS_MS = [500, 1_000, 3_000, 10_000, 30_000, 60_000];

/**
 * Sends what a job lacks of its files, from where each broke off (tus 1.0.0). Resolves when all is there; rejects with
 * what is in the way, and then what was sent stays.
 */
export async function uploadFiles(
  job: Job,
  files: readonly JobFile[],
  chosen: readonly ChosenFile[],
  signal: AbortSignal,
): Promise<void> {
  const queue = files.filter(({ size, uploadedBytes }) => uploadedBytes < size);
  // When one cannot go on, the others stop too: whoever chooses the files again must not meet them.
  const failing = new AbortController();
  signal.addEventListener('abort', () => failing.abort(), { once: true });
  const work = async (): Promise<void> => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const file = chosen[next.index]?.file;
      if (file === undefined) throw new Error('A file of this job was not chosen');
      await uploadFile(job, next, file, failing.signal);
    }
  };
  try {
    await Promise.all(Array.from({ length: MAX_CONCURRENT }, work));
  } finally {
    failing.abort();
  }
}

async function uploadFile(
  job: Job,
  { index, uploadedBytes, uploadId }: JobFile,
  file: File,
  signal: AbortSignal,
): Promise<void> {
  let stop: (() => void) | undefined;
  try {
    await new Promise<void>((resolve, reject) => {
      const upload = new Upload(file, {
        endpoint: '/api/uploads',
        uploadUrl: uploadedBytes > 0 ? `/api/uploads/${encodeURIComponent(uploadId)}` : null,
        metadata: { job: job.id, index: String(index) },
        headers: csrfHeaders(),
        chunkSize: CHUNK_BYTES,
        retryDelays: RETRY_DELAYS_MS,
        // The job knows its uploads: nothing needs to be kept here.
        storeFingerprintForResuming: false,
        onSuccess: () => resolve(),
        onError: (error) => reject(new Error(`“${file.name}” was not sent`, { cause: error })),
      });
      stop = () => {
        void upload.abort();
        reject(new DOMException('The upload was stopped', 'AbortError'));
      };
      signal.addEventListener('abort', stop, { once: true });
      if (signal.aborted) stop();
      else upload.start();
    });
  } finally {
    if (stop !== undefined) signal.removeEventListener('abort', stop);
  }
}

/** Whether these are the files that the job began with: by place and size, which is all that a job knows of them. */
export function isSameContent(files: readonly JobFile[], chosen: readonly ChosenFile[]): boolean {
  return (
    files.length === chosen.length &&
    files.every(({ index, path, size }) => {
      const other = chosen[index];
      return other?.file.size === size && other.path.join('/') === path.join('/');
    })
  );
}
