import { swarmsOf } from '../../shared/info-hash.ts';
import { invariant } from '../../shared/invariant.ts';
import { EdgeRefusal } from '../edge/edge-client.ts';
import type { Library } from '../library/library.ts';
import type { Log } from '../log.ts';
import { addToLibrary } from '../publish/add-to-library.ts';
import { HashingRate } from './hashing-rate.ts';
import type { PublishJob, VerifyJob } from './job.ts';
import type { JobEdge } from './job-edge.ts';
import { describeJobFailure } from './job-failure.ts';
import type { JobStore } from './job-store.ts';
import { isInPlace, placeContent } from './place-content.ts';
import type { UploadFolder } from './upload-folder.ts';
import type { VerifySeeded } from './verify-seeded.ts';

const FIRST_RETRY_MS = 1_000;
const MAX_RETRY_MS = 60_000;

export interface JobRunnerInit {
  readonly store: JobStore;
  readonly uploads: UploadFolder;
  readonly library: Library;
  readonly contentDir: string;
  readonly verifySeeded: VerifySeeded;
  readonly log: Log;
}

interface Running {
  readonly stopping: AbortController;
  readonly rate: HashingRate;
  done: Promise<void>;
}

/**
 * Works jobs off: hashes one at a time, in the order in which they became complete, and registers what was hashed.
 *
 * Invariants: each job is worked on once at a time; what a job has reached is in the store before the next step
 * begins, and each step may be done again, so that a crash costs no more than one step.
 */
export class JobRunner {
  readonly #init: JobRunnerInit;
  readonly #running = new Map<string, Running>();
  #edge: JobEdge | undefined;
  #isHashing = false;
  #isStopping = false;

  constructor(init: JobRunnerInit) {
    this.#init = init;
  }

  /** Goes on with all that was under way when the program ended. */
  start(edge: JobEdge): void {
    this.#edge = edge;
    const { store } = this.#init;
    for (const { id } of store.inState('hashing')) store.advance(id, 'restarted', {}, Date.now());
    for (const { id } of store.inState('registering')) this.#register(id);
    this.wake();
  }

  /** There may be a job to hash. */
  wake(): void {
    if (this.#edge === undefined || this.#isHashing || this.#isStopping) return;
    const job = this.#init.store.oldest('queued');
    if (job === undefined) return;
    this.#isHashing = true;
    void this.#run(job.id, (running) =>
      job.kind === 'publish' ? this.#publish(job, running) : this.#verify(job, running),
    ).finally(() => {
      this.#isHashing = false;
      this.wake();
    });
  }

  /** How far hashing is, where the job is being hashed. */
  progressOf(id: string): HashingRate | undefined {
    return this.#running.get(id)?.rate;
  }

  /** Resolves when nobody works on the job any more; it is left in the state that it has reached. */
  async interrupt(id: string): Promise<void> {
    for (let running = this.#running.get(id); running !== undefined;) {
      running.stopping.abort(new Error('The job is interrupted'));
      await running.done;
      running = this.#running.get(id);
    }
  }

  async stop(): Promise<void> {
    this.#isStopping = true;
    await Promise.all([...this.#running.keys()].map((id) => this.interrupt(id)));
  }

  /** Never rejects: what failed is written into the job. */
  #run(id: string, work: (running: Running) => Promise<void>): Promise<void> {
    const stopping = new AbortController();
    const running: Running = { stopping, rate: new HashingRate(), done: Promise.resolve() };
    this.#running.set(id, running);
    running.done = work(running)
      .catch((error: unknown) => this.#fail(id, error, stopping.signal))
      .finally(() => this.#running.delete(id));
    return running.done;
  }

  #fail(id: string, cause: unknown, signal: AbortSignal): void {
    if (signal.aborted) return;
    const { store, contentDir, log } = this.#init;
    log.warn(`The job ${id} failed`, cause);
    store.advance(id, 'failed', { error: describeJobFailure(cause, contentDir) }, Date.now());
    if (store.find(id)?.kind === 'verify') store.tidy(id);
  }

  async #publish(job: PublishJob, { stopping: { signal }, rate }: Running): Promise<void> {
    const { store, uploads, library, log } = this.#init;
    store.advance(job.id, 'hashing-started', {}, Date.now());
    const path = await this.#place(job);
    signal.throwIfAborted();
    const { hashes } = await addToLibrary(library, path, {
      format: job.format,
      signal,
      replacesOther: false,
      onSkipped: (skipped) => log.info(`${job.name} leaves out ${skipped.path}: ${skipped.reason}`),
      onProgress: (_content, hashedBytes) => rate.add(hashedBytes, Date.now()),
    });
    const [infoHash] = swarmsOf(hashes);
    store.advance(job.id, 'hashed', { infoHash }, Date.now());
    await uploads.remove(job.id);
    if (!signal.aborted) void setImmediate(() => this.#register(job.id));
  }

  async #place(job: PublishJob): Promise<string> {
    const { store, uploads, contentDir } = this.#init;
    if (job.placed !== undefined && isInPlace(job.placed)) return job.placed.path;
    const source = await uploads.assemble(job.id, job.name, store.files(job.id));
    let path = '';
    await placeContent({
      jobId: job.id,
      source,
      contentDir,
      name: job.name,
      onChosen: (placed) => {
        path = placed.path;
        store.learn(job.id, { placed });
      },
    });
    return path;
  }

  #register(id: string): void {
    const job = this.#init.store.find(id);
    const isDue = job?.kind === 'publish' && job.state === 'registering' && !this.#isStopping;
    if (isDue) void this.#run(id, ({ stopping }) => this.#registerNow(job, stopping.signal));
  }

  async #registerNow(job: PublishJob, signal: AbortSignal): Promise<void> {
    const { store, library } = this.#init;
    const { infoHash } = job;
    invariant(infoHash !== undefined && this.#edge !== undefined, 'what is registered was hashed');
    try {
      const publication = await this.#edge.register(infoHash, signal);
      const error = await this.#describe(job, this.#edge, signal);
      store.advance(job.id, 'registered', { publication, ...error }, Date.now());
      store.tidy(job.id);
    } catch (error) {
      // Nobody may be told of it, so that it is not kept.
      if (error instanceof EdgeRefusal) library.remove(infoHash);
      throw error;
    }
  }

  /** Tries until the edge is there. A description that it refuses is no reason to take the publication back. */
  async #describe(
    job: PublishJob,
    edge: JobEdge,
    signal: AbortSignal,
  ): Promise<{ readonly error?: string }> {
    const { log, contentDir } = this.#init;
    const { infoHash } = job;
    invariant(infoHash !== undefined, 'what is described was hashed');
    const details = { ...job.details, publisher: job.accountName };
    for (let retryMs = FIRST_RETRY_MS; ; retryMs = Math.min(retryMs * 2, MAX_RETRY_MS)) {
      try {
        const isTaken = await edge.describe(infoHash, details, signal);
        if (!isTaken) log.info(`This edge takes no title or description for ${job.name}`);
        return {};
      } catch (error) {
        if (signal.aborted) throw error;
        if (error instanceof EdgeRefusal) {
          log.warn(`${job.name} is published without its description`, error);
          return {
            error: `published without its description: ${describeJobFailure(error, contentDir)}`,
          };
        }
        log.warn(`Describing ${job.name} failed and is tried again`, error);
      }
      await wait(retryMs, signal);
    }
  }

  async #verify(job: VerifyJob, { stopping: { signal }, rate }: Running): Promise<void> {
    const { store, verifySeeded } = this.#init;
    store.advance(job.id, 'hashing-started', {}, Date.now());
    const result = await verifySeeded(job.infoHash, {
      signal,
      onProgress: (hashedBytes) => rate.add(hashedBytes, Date.now()),
    });
    store.advance(job.id, 'verified', { result }, Date.now());
    store.tidy(job.id);
  }
}

function wait(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
