import { randomBytes } from 'node:crypto';
import { lstatSync } from 'node:fs';
import { join } from 'node:path';
import { swarmsOf, type TorrentFormat } from '../../shared/info-hash.ts';
import { invariant } from '../../shared/invariant.ts';
import { accept, refuse, type Result } from '../../shared/result.ts';
import type { Library } from '../library/library.ts';
import type { Log } from '../log.ts';
import { freeBytes, isSameDisk } from './free-bytes.ts';
import type { Account, Job, JobFile, NewJob, PublishJob } from './job.ts';
import type { JobEdge } from './job-edge.ts';
import {
  KEPT_FREE_BYTES,
  MAX_OPEN_JOBS,
  MAX_OPEN_JOBS_PER_ACCOUNT,
  MAX_UNFINISHED_LARGEST_JOBS,
  UPLOAD_EXPIRES_MS,
} from './job-limits.ts';
import type { JobRunner } from './job-runner.ts';
import { isFinal } from './job-state.ts';
import type { JobStore } from './job-store.ts';
import { removePlaced, removeStaging } from './place-content.ts';
import { parseUploadId, type UploadFolder } from './upload-folder.ts';

export interface JobsInit {
  readonly store: JobStore;
  readonly uploads: UploadFolder;
  readonly runner: JobRunner;
  readonly library: Library;
  readonly contentDir: string;
  /** The seed box's name at the edge, by which the edge finds it again. */
  readonly everseedId: string;
  readonly maxUploadBytes: number;
  readonly format: TorrentFormat;
  readonly log: Log;
}

type CreateRefusal = 'unknown-torrent' | 'name-taken' | 'too-many-jobs' | 'too-much' | 'no-space';

/** An upload that its account may go on with. */
export interface FoundUpload {
  readonly job: PublishJob;
  readonly file: JobFile;
}

/**
 * The jobs of the seed box: what publishers ask of it, under limits.
 *
 * Invariants: nobody but its account and admins sees a job; an open job's name is its own, and nothing that is in the
 * content folder has it; what is not published and belongs to no open or failed job is not on the disk for long.
 */
export class Jobs {
  readonly #init: JobsInit;
  #edge: JobEdge | undefined;
  #isStopped = false;

  constructor(init: JobsInit) {
    this.#init = init;
  }

  get maxUploadBytes(): number {
    return this.#init.maxUploadBytes;
  }

  get format(): TorrentFormat {
    return this.#init.format;
  }

  /** Takes up where the program ended: finds out what of the uploads arrived, and goes on with what was under way. */
  async start(edge: JobEdge): Promise<void> {
    this.#edge = edge;
    const { store, uploads, runner } = this.#init;
    for (const { id } of store.inState('uploading')) {
      for (const { index, sizeBytes } of store.files(id)) if (sizeBytes > 0) this.#note(id, index);
      this.#finishUpload(id);
    }
    await uploads.removeOthers((id) => {
      const job = store.find(id);
      return job !== undefined && (!isFinal(job.state) || job.state === 'failed');
    });
    runner.start(edge);
  }

  /** From now on nothing is written down: uploads that break off are found as they are at the next start. */
  stop(): void {
    this.#isStopped = true;
  }

  async create(account: Account, wanted: NewJob): Promise<Result<Job, CreateRefusal>> {
    const { store, library, runner, everseedId } = this.#init;
    const isFull =
      store.openJobsOf(account.id) >= MAX_OPEN_JOBS_PER_ACCOUNT ||
      store.openWork().jobs >= MAX_OPEN_JOBS;
    if (isFull) return refuse('too-many-jobs', 'there are too many jobs that are not over yet');
    let { name } = { name: '', ...wanted };
    if (wanted.kind === 'publish') {
      const refused = this.#refuseName(name) ?? (await this.#refuseSpace(wanted.sizeBytes));
      if (refused !== undefined) return refused;
      // While the disk was asked another job may have come.
      const taken = this.#refuseName(name);
      if (taken !== undefined) return taken;
    } else {
      const torrent = library.find(wanted.infoHash);
      if (torrent === undefined)
        return refuse('unknown-torrent', 'this torrent is not seeded here');
      name = torrent.name;
    }
    const id = `${everseedId}.${randomBytes(12).toString('base64url')}`;
    store.add(id, { ...wanted, name }, account, Date.now());
    runner.wake();
    const job = store.find(id);
    invariant(job !== undefined, 'what was added is there');
    return accept(job);
  }

  find(account: Account, id: string): Job | undefined {
    const job = this.#init.store.find(id);
    return job !== undefined && mayUse(account, job) ? job : undefined;
  }

  list(account: Account, limit: number): Job[] {
    return this.#init.store.list(account.isAdmin ? undefined : account.id, limit);
  }

  files(id: string): JobFile[] {
    return this.#init.store.files(id);
  }

  uploadedBytes(job: Job): number {
    if (job.kind === 'verify') return 0;
    return job.state === 'uploading' ? this.#init.store.uploadedBytes(job.id) : job.sizeBytes;
  }

  /** How far hashing is: bytes, and bytes a second where the job is being hashed. */
  hashing(job: Job): { readonly bytes: number; readonly bytesPerSecond: number | undefined } {
    const rate = job.state === 'hashing' ? this.#init.runner.progressOf(job.id) : undefined;
    const isHashed = job.state === 'registering' || job.state === 'seeding';
    return {
      bytes: rate?.bytes ?? (isHashed ? job.sizeBytes : 0),
      bytesPerSecond: rate?.bytesPerSecond,
    };
  }

  /**
   * Ends a job and removes what was uploaded for it; one that is over is forgotten. What is published stays, and is
   * not touched. False where the account has no such job.
   */
  async cancel(account: Account, id: string): Promise<boolean> {
    const { store, runner } = this.#init;
    if (this.find(account, id) === undefined) return false;
    await runner.interrupt(id);
    const job = store.find(id);
    if (job === undefined) return false;
    if (isFinal(job.state)) {
      if (job.state === 'failed') await this.#removeContent(job);
      store.remove(id);
      return true;
    }
    store.advance(id, 'cancelled', {}, Date.now());
    await this.#removeContent(job);
    store.tidy(id);
    runner.wake();
    return true;
  }

  /** Gives up uploads that nothing was added to for long, and what was kept of jobs that failed. */
  async expire(nowMs: number): Promise<void> {
    const { store, log } = this.#init;
    const idle = [...store.inState('uploading'), ...store.inState('failed')];
    for (const job of idle.filter(({ updatedAtMs }) => updatedAtMs + UPLOAD_EXPIRES_MS < nowMs)) {
      log.info(`The job ${job.id} was idle for too long, and what was uploaded is removed`);
      await this.cancel({ id: job.accountId, name: '', isAdmin: false }, job.id);
    }
  }

  findUpload(account: Account, uploadId: string): FoundUpload | undefined {
    const named = parseUploadId(uploadId);
    const job = named && this.find(account, named.jobId);
    const file = named && this.#init.store.file(named.jobId, named.index);
    if (job?.kind !== 'publish' || file === undefined) return undefined;
    return { job, file };
  }

  /** The length of a file that may be uploaded now, whoever asks; undefined where it may not. */
  openUpload(uploadId: string): number | undefined {
    if (this.#isStopped) return undefined;
    const named = parseUploadId(uploadId);
    const job = named && this.#init.store.find(named.jobId);
    if (named === undefined || job?.state !== 'uploading') return undefined;
    return this.#init.store.file(named.jobId, named.index)?.sizeBytes;
  }

  /** Makes an empty upload, unless the file is complete already or the job goes on without it. */
  createUpload(uploadId: string): boolean {
    const named = parseUploadId(uploadId);
    const sizeBytes = this.openUpload(uploadId);
    if (named === undefined || sizeBytes === undefined) return false;
    const { uploads, store } = this.#init;
    if (uploads.arrivedBytes(named.jobId, named.index) >= sizeBytes) return false;
    uploads.create(named.jobId, named.index);
    store.arrived(named.jobId, named.index, 0, Date.now());
    return true;
  }

  /** Takes note of what has arrived of an upload; with the last byte of the last file the job goes on. */
  noteUpload(uploadId: string): void {
    const named = parseUploadId(uploadId);
    if (named === undefined || this.openUpload(uploadId) === undefined) return;
    this.#note(named.jobId, named.index);
    this.#finishUpload(named.jobId);
  }

  #note(jobId: string, index: number): void {
    const { store, uploads } = this.#init;
    const arrivedBytes = uploads.arrivedBytes(jobId, index);
    if (store.file(jobId, index)?.uploadedBytes === arrivedBytes) return;
    store.arrived(jobId, index, arrivedBytes, Date.now());
  }

  #finishUpload(jobId: string): void {
    const { store, runner } = this.#init;
    if (!store.isComplete(jobId)) return;
    store.advance(jobId, 'uploaded', {}, Date.now());
    runner.wake();
  }

  #refuseName(name: string): Result<never, CreateRefusal> | undefined {
    const { store, contentDir } = this.#init;
    const isThere = lstatSync(join(contentDir, name), { throwIfNoEntry: false }) !== undefined;
    return isThere || store.withName(name) !== undefined
      ? refuse('name-taken', 'there is content of this name already: choose another', 'name')
      : undefined;
  }

  async #refuseSpace(sizeBytes: number): Promise<Result<never, CreateRefusal> | undefined> {
    const { store, uploads, contentDir, maxUploadBytes } = this.#init;
    const { unfinishedBytes, arrivedBytes } = store.openWork();
    if (unfinishedBytes + sizeBytes > maxUploadBytes * MAX_UNFINISHED_LARGEST_JOBS) {
      return refuse('too-much', 'too much is being uploaded: finish or cancel some of it first');
    }
    const neededBytes = unfinishedBytes - arrivedBytes + sizeBytes + KEPT_FREE_BYTES;
    const hasSpace =
      (await freeBytes(uploads.path)) >= neededBytes &&
      ((await isSameDisk(uploads.path, contentDir)) ||
        (await freeBytes(contentDir)) >= unfinishedBytes + sizeBytes + KEPT_FREE_BYTES);
    return hasSpace ? undefined : refuse('no-space', 'the seed box has no room for so much');
  }

  async #removeContent(job: Job): Promise<void> {
    const { uploads, library, contentDir, log } = this.#init;
    if (job.kind === 'verify') return;
    await uploads.remove(job.id);
    await removeStaging(contentDir, job.id);
    if (job.placed === undefined) return;
    // It may have got into the library, and further.
    for (const { hashes } of library.findByRoot(job.placed.path)) {
      const [infoHash] = swarmsOf(hashes);
      library.remove(infoHash);
      await this.#edge?.unpublish(infoHash).catch((error: unknown) => {
        log.warn(`The edge was not told that ${job.name} is cancelled`, error);
      });
    }
    await removePlaced(job.placed);
  }
}

function mayUse(account: Account, job: Job): boolean {
  return account.isAdmin || account.id === job.accountId;
}
