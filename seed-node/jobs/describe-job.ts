import type { Job, JobFile } from './job.ts';
import type { Jobs } from './jobs.ts';

/** A job as the API writes it: sizes in bytes, times in ISO 8601. `files` are told of one job, not in a list. */
export function describeJob(jobs: Jobs, job: Job, files?: readonly JobFile[]) {
  const { bytes, bytesPerSecond } = jobs.hashing(job);
  return {
    id: job.id,
    kind: job.kind,
    state: job.state,
    name: job.name,
    account: job.accountId,
    accountName: job.accountName,
    createdAt: new Date(job.createdAtMs).toISOString(),
    updatedAt: new Date(job.updatedAtMs).toISOString(),
    sizeBytes: job.sizeBytes,
    uploadedBytes: jobs.uploadedBytes(job),
    hashedBytes: bytes,
    bytesPerSecond: bytesPerSecond ?? null,
    error: job.error ?? null,
    publication: job.kind === 'publish' ? (job.publication ?? null) : null,
    ...(job.kind === 'verify' ? { infoHash: job.infoHash, result: job.result ?? null } : {}),
    ...(files === undefined ? {} : { files: files.map(describeFile) }),
  };
}

function describeFile({ index, path, sizeBytes, uploadedBytes }: JobFile) {
  return { index, path, size: sizeBytes, uploadedBytes };
}
