import { join, resolve } from 'node:path';
import type { InfoHash } from '../shared/info-hash.ts';
import type { AnnounceState } from '../shared/seeding.ts';
import type { SeedConfig } from './config.ts';
import type { ApiComponents } from './http/api-routes.ts';
import { openBoxDatabase } from './jobs/box-database.ts';
import type { JobEdge } from './jobs/job-edge.ts';
import { JobRunner } from './jobs/job-runner.ts';
import { JobStore } from './jobs/job-store.ts';
import { Jobs } from './jobs/jobs.ts';
import { UploadFolder } from './jobs/upload-folder.ts';
import { createVerifySeeded } from './jobs/verify-seeded.ts';
import type { ActiveTorrents } from './library/active-torrents.ts';
import type { Library } from './library/library.ts';
import type { Log } from './log.ts';
import { loadSecret } from './secret-file.ts';
import { SeedingReport } from './seeding/seeding-report.ts';
import { TransferTotals } from './seeding/transfer-totals.ts';
import { Verifications } from './seeding/verifications.ts';

const EXPIRE_INTERVAL_MS = 60 * 60 * 1000;

export interface JobDeskInit {
  readonly config: Pick<SeedConfig, 'dataDir' | 'contentDir' | 'maxUploadBytes' | 'format'>;
  readonly everseedId: string;
  readonly library: Library;
  readonly torrents: ActiveTorrents;
  /** Peers connected now, by the swarm that their torrent is filed under. */
  readonly peerCounts: () => ReadonlyMap<InfoHash, number>;
  readonly announceStatesOf: (infoHash: InfoHash) => readonly AnnounceState[];
  readonly log: Log;
}

/**
 * All that the seed box does for publishers who upload, wired together: jobs, uploads, and figures about seeding.
 *
 * Invariant: jobs can be asked for from the beginning; they are worked on from `start` to `stop`.
 */
export class JobDesk {
  readonly totals: TransferTotals;
  readonly api: ApiComponents;
  readonly #database: ReturnType<typeof openBoxDatabase>;
  readonly #runner: JobRunner;
  readonly #verifications: Verifications;
  readonly #log: Log;
  #timer: NodeJS.Timeout | undefined;

  constructor(init: JobDeskInit) {
    const { config, everseedId, library, torrents, log } = init;
    const { maxUploadBytes, format } = config;
    const contentDir = resolve(config.contentDir);
    this.#log = log;
    this.#database = openBoxDatabase(join(config.dataDir, 'jobs.sqlite'));
    this.totals = new TransferTotals(this.#database);
    const store = new JobStore(this.#database);
    const verifications = new Verifications(this.#database);
    this.#verifications = verifications;
    const uploads = new UploadFolder(join(config.dataDir, 'uploads'));
    const verifySeeded = createVerifySeeded({ library, torrents, verifications });
    const parts = { store, uploads, library, contentDir, log };
    this.#runner = new JobRunner({
      ...parts,
      verifySeeded,
      onMade: (infoHash) => this.noteMade(infoHash),
    });
    this.api = {
      accessKey: loadSecret(config.dataDir, 'access-key'),
      jobs: new Jobs({ ...parts, runner: this.#runner, everseedId, maxUploadBytes, format }),
      uploadDir: uploads.path,
      seeding: new SeedingReport({ ...init, totals: this.totals, verifications }),
    };
  }

  /** Begins to work jobs off, and goes on with those of the last run. */
  async start(edge: JobEdge): Promise<void> {
    const { jobs } = this.api;
    await jobs.start(edge);
    const expire = async (): Promise<void> => {
      await jobs.expire(Date.now()).catch((error: unknown) => {
        this.#log.error('Idle uploads were not removed', error);
      });
    };
    this.#timer = setInterval(() => void expire(), EXPIRE_INTERVAL_MS);
    await expire();
  }

  /** A torrent was just made out of what is on the disk, which compares all of it as a verification does. */
  noteMade(infoHash: InfoHash): void {
    this.#verifications.put(infoHash, Date.now(), 0);
  }

  /** When all of a torrent was last compared with its hashes, if that was ever done. */
  verifiedAtMs(infoHash: InfoHash): number | undefined {
    return this.#verifications.of(infoHash)?.atMs;
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    this.api.jobs.stop();
    await this.#runner.stop();
    this.totals.stop();
    this.#database.close();
  }
}
