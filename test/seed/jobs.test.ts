import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { EdgeRefusal } from '../../seed-node/edge/edge-client.ts';
import { JobDesk } from '../../seed-node/job-desk.ts';
import type { Account, Job, NewJob, PlacedContent } from '../../seed-node/jobs/job.ts';
import type { JobEdge } from '../../seed-node/jobs/job-edge.ts';
import {
  MAX_FINISHED_JOBS_PER_ACCOUNT,
  MAX_OPEN_JOBS_PER_ACCOUNT,
  UPLOAD_EXPIRES_MS,
} from '../../seed-node/jobs/job-limits.ts';
import { openBoxDatabase } from '../../seed-node/jobs/box-database.ts';
import { JobStore } from '../../seed-node/jobs/job-store.ts';
import { isInPlace, placeContent, removePlaced } from '../../seed-node/jobs/place-content.ts';
import { UploadFolder, uploadIdOf } from '../../seed-node/jobs/upload-folder.ts';
import { ActiveTorrents } from '../../seed-node/library/active-torrents.ts';
import { Library } from '../../seed-node/library/library.ts';
import { createLog } from '../../seed-node/log.ts';
import { addToLibrary } from '../../seed-node/publish/add-to-library.ts';
import { FilePool } from '../../seed-node/storage/file-pool.ts';
import { RunCache } from '../../seed-node/storage/run-cache.ts';
import { Turns } from '../../seed-node/storage/turns.ts';
import { type InfoHash, infoHashFromHex } from '../../shared/info-hash.ts';
import { makeBytes } from '../support/content.ts';
import { createTempDir } from '../support/temp-dir.ts';
import { waitUntil } from '../support/wait-until.ts';

const ALICE: Account = { id: 'alice', name: 'Alice', isAdmin: false };
const FOLDER = {
  a: makeBytes(100_000, 'a'),
  'in/b': makeBytes(50_000, 'b'),
  none: new Uint8Array(),
};
const SIZE = 150_000;

function publishing(name: string, files: Readonly<Record<string, Uint8Array>> = FOLDER): NewJob {
  const list = Object.entries(files);
  return {
    kind: 'publish',
    name,
    files: list.map(([path, { length }]) => ({ path: path.split('/'), sizeBytes: length })),
    sizeBytes: list.reduce((sum, [, { length }]) => sum + length, 0),
    format: 'v1',
    details: { title: 'A title' },
  };
}

/** An edge that takes everything, unless told otherwise, and remembers. */
class RecordingEdge implements JobEdge {
  readonly registered: InfoHash[] = [];
  readonly described: object[] = [];
  readonly unpublished: InfoHash[] = [];
  refusal: string | undefined;
  isAway = false;

  async register(infoHash: InfoHash, signal: AbortSignal) {
    this.registered.push(infoHash);
    if (this.refusal !== undefined) throw new EdgeRefusal(this.refusal);
    if (this.isAway) {
      await new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => reject(new Error('Aborted')));
      });
    }
    const url = 'http://edge.test/';
    const names = { name: 'n', magnet: 'm', torrentUrl: url, pageUrl: url };
    return { infoHash, infoHashV2: null, size: 1, ...names };
  }

  describe(_infoHash: InfoHash, details: object): Promise<boolean> {
    this.described.push(details);
    return Promise.resolve(true);
  }

  unpublish(infoHash: InfoHash): Promise<void> {
    this.unpublished.push(infoHash);
    return Promise.resolve();
  }
}

/** A desk on a real disk, which may be closed and opened again on the same folders. */
class Office {
  readonly root = createTempDir();
  readonly dataDir = join(this.root, 'data');
  readonly contentDir = join(this.root, 'content');
  edge = new RecordingEdge();
  desk: JobDesk | undefined;
  library: Library | undefined;
  torrents: ActiveTorrents | undefined;
  readonly #files = new FilePool();

  constructor() {
    onTestFinished(async () => {
      await this.close();
      this.#files.closeIdle();
    });
  }

  open(): JobDesk {
    mkdirSync(this.dataDir, { recursive: true });
    this.library = new Library(join(this.dataDir, 'library.sqlite'));
    const log = createLog('silent', () => {});
    this.torrents = new ActiveTorrents(this.library, {
      files: this.#files,
      cache: new RunCache(),
      verifications: new Turns(2),
      log,
    });
    this.desk = new JobDesk({
      config: {
        dataDir: this.dataDir,
        contentDir: this.contentDir,
        maxUploadBytes: 1_000_000,
        format: 'v1',
      },
      everseedId: 'box',
      library: this.library,
      torrents: this.torrents,
      peerCounts: () => new Map(),
      announceStatesOf: () => [],
      log,
    });
    return this.desk;
  }

  async close(): Promise<void> {
    await this.desk?.stop();
    this.library?.close();
    this.desk = undefined;
    this.library = undefined;
  }

  /** The store alone, while nothing else is open: to bring about what only a crash leaves behind. */
  async withStore(work: (store: JobStore, uploads: UploadFolder) => Promise<void> | void) {
    const database = openBoxDatabase(join(this.dataDir, 'jobs.sqlite'));
    await work(new JobStore(database), new UploadFolder(join(this.dataDir, 'uploads')));
    database.close();
  }

  get uploads(): string[] {
    return readdirSync(join(this.dataDir, 'uploads'));
  }
}

async function begin(desk: JobDesk, job: NewJob, account = ALICE): Promise<Job> {
  const created = await desk.api.jobs.create(account, job);
  if (!created.ok) throw new Error(created.refusal.reason);
  return created.value;
}

/** Puts bytes where the upload protocol would have put them. */
function upload(office: Office, job: Job, files: Readonly<Record<string, Uint8Array>> = FOLDER) {
  for (const [index, bytes] of Object.values(files).entries()) {
    if (bytes.length === 0) continue;
    const id = uploadIdOf(job.id, index);
    writeFileSync(join(office.dataDir, 'uploads', id), bytes);
    office.desk?.api.jobs.noteUpload(id);
  }
}

function reached(desk: JobDesk, id: string, state: Job['state']): Promise<Job> {
  return waitUntil(`the job to be ${state}`, () => {
    const job = desk.api.jobs.find(ALICE, id);
    if (state !== 'failed' && job?.state === 'failed') throw new Error(job.error);
    return job?.state === state ? job : undefined;
  });
}

function expectContent(office: Office, name: string, files = FOLDER): void {
  for (const [path, bytes] of Object.entries(files)) {
    expect(readFileSync(join(office.contentDir, name, path)).equals(bytes)).toBe(true);
  }
}

describe('Jobs', () => {
  test('a job goes from uploading to seeding, and its content to its place', async () => {
    const office = new Office();
    const desk = office.open();
    await desk.start(office.edge);
    const job = await begin(desk, publishing('album'));
    expect(job).toMatchObject({ state: 'uploading', name: 'album', sizeBytes: SIZE });

    upload(office, job);

    const done = await reached(desk, job.id, 'seeding');
    expectContent(office, 'album');
    expect(office.library?.count()).toBe(1);
    expect(office.edge.described).toEqual([{ title: 'A title', publisher: 'Alice' }]);
    expect(done).toMatchObject({ publication: { infoHash: office.edge.registered[0] } });
    expect(office.uploads).toEqual([]);
  });

  test.each(['before it was placed', 'while it was placed', 'after it was placed', 'at its end'])(
    'a job whose seed box died in hashing, %s, is hashed again',
    async (moment) => {
      const office = new Office();
      const desk = office.open();
      const job = await begin(desk, publishing('album'));
      upload(office, job);
      await office.close();
      await office.withStore(async (store, uploads) => {
        store.advance(job.id, 'hashing-started', {}, 1);
        if (moment === 'before it was placed') return;
        const source = await uploads.assemble(job.id, 'album', store.files(job.id));
        const stopped = new Error('the moment of the crash');
        await placeContent({
          jobId: job.id,
          source,
          contentDir: office.contentDir,
          name: 'album',
          onChosen: (placed) => {
            store.learn(job.id, { placed });
            if (moment === 'while it was placed') throw stopped;
          },
        }).catch((error: unknown) => {
          if (error !== stopped) throw error;
        });
      });
      const again = office.open();
      if (moment === 'at its end' && office.library !== undefined) {
        await addToLibrary(office.library, join(office.contentDir, 'album'), {
          format: 'v1',
          onProgress: () => {},
          onSkipped: () => {},
          signal: new AbortController().signal,
        });
      }

      await again.start(office.edge);

      await reached(again, job.id, 'seeding');
      expectContent(office, 'album');
      expect(office.library?.count()).toBe(1);
      expect(office.uploads).toEqual([]);
    },
  );

  test('a job whose seed box died in registering is registered again', async () => {
    const office = new Office();
    office.edge.isAway = true;
    const desk = office.open();
    await desk.start(office.edge);
    const job = await begin(desk, publishing('album'));
    upload(office, job);
    await reached(desk, job.id, 'registering');
    await office.close();
    office.edge.isAway = false;

    const again = office.open();
    await again.start(office.edge);

    await reached(again, job.id, 'seeding');
    expect(new Set(office.edge.registered).size).toBe(1);
    expect(office.edge.registered.length).toBeGreaterThanOrEqual(1);
  });

  test('what arrived before a crash is known after it, the last byte too', async () => {
    const office = new Office();
    const desk = office.open();
    const job = await begin(desk, publishing('album'));
    await office.close();
    const path = (index: number): string => join(office.dataDir, 'uploads', `${job.id}.${index}`);
    writeFileSync(path(0), FOLDER.a);
    writeFileSync(path(1), FOLDER['in/b'].subarray(0, 10));
    writeFileSync(join(office.dataDir, 'uploads', 'box.gone.0'), 'of no job');

    const again = office.open();
    await again.start(office.edge);
    expect(again.api.jobs.uploadedBytes(job)).toBe(100_010);
    expect(office.uploads.toSorted()).toEqual([`${job.id}.0`, `${job.id}.1`].toSorted());
    await office.close();
    writeFileSync(path(1), FOLDER['in/b']);

    const third = office.open();
    await third.start(office.edge);
    await reached(third, job.id, 'seeding');
    expectContent(office, 'album');
  });
});

test('placeContent() copies to another disk, and still puts nothing over anything', async () => {
  const office = new Office();
  const desk = office.open();
  const contentDir = mkdtempSync('/dev/shm/evertorrent-');
  onTestFinished(() => rmSync(contentDir, { recursive: true }));
  const job = await begin(desk, publishing('album'));
  upload(office, job);
  await office.close();
  await office.withStore(async (store, uploads) => {
    const source = await uploads.assemble(job.id, 'album', store.files(job.id));
    const placed: PlacedContent[] = [];
    const onChosen = (chosen: PlacedContent): void => void placed.push(chosen);
    const move = { jobId: job.id, source, contentDir, name: 'album', onChosen };
    // What a crash in the middle of copying left is copied again.
    mkdirSync(join(contentDir, '.evertorrent', job.id, 'album', 'old'), { recursive: true });
    await placeContent(move);
    for (const [path, bytes] of Object.entries(FOLDER)) {
      expect(readFileSync(join(contentDir, 'album', path)).equals(bytes)).toBe(true);
    }
    expect(placed.map(isInPlace)).toEqual([true]);
    expect(readdirSync(join(contentDir, 'album')).toSorted()).toEqual(['a', 'in', 'none']);
    expect(readdirSync(join(contentDir, '.evertorrent'))).toEqual([]);
    await expect(placeContent(move)).rejects.toThrow('album is there already');
  });
});

test('removePlaced() removes what was placed, and nothing that has its name by now', async () => {
  const root = createTempDir();
  const contentDir = join(root, 'content');
  const path = join(contentDir, 'album');
  const place = async (): Promise<PlacedContent[]> => {
    const source = join(root, 'source');
    writeFileSync(source, 'mine');
    const placed: PlacedContent[] = [];
    const onChosen = (chosen: PlacedContent): void => void placed.push(chosen);
    await placeContent({ jobId: 'job', source, contentDir, name: 'album', onChosen });
    return placed;
  };
  for (const placed of await place()) await removePlaced(placed);
  expect(existsSync(path)).toBe(false);

  const [moved] = await place();
  renameSync(path, join(contentDir, 'elsewhere'));
  writeFileSync(path, 'other');
  if (moved !== undefined) await removePlaced(moved);
  expect(readFileSync(path, 'utf8')).toBe('other');
});

describe('Jobs.cancel()', () => {
  test.each<Job['state']>(['uploading', 'queued', 'registering', 'failed'])(
    'removes what was uploaded of a job that is %s, and nothing else',
    async (state) => {
      const office = new Office();
      const desk = office.open();
      office.edge.isAway = state === 'registering';
      office.edge.refusal = state === 'failed' ? 'no' : undefined;
      if (state !== 'queued') await desk.start(office.edge);
      mkdirSync(office.contentDir, { recursive: true });
      writeFileSync(join(office.contentDir, 'other'), 'stays');
      const job = await begin(desk, publishing('album'));
      const neighbour = await begin(desk, publishing('neighbour'));
      writeFileSync(join(office.dataDir, 'uploads', `${neighbour.id}.0`), 'stays');
      if (state === 'uploading') writeFileSync(join(office.dataDir, 'uploads', `${job.id}.0`), 'x');
      else upload(office, job);
      await reached(desk, job.id, state);

      expect(await desk.api.jobs.cancel({ ...ALICE, id: 'bob' }, job.id)).toBe(false);
      expect(await desk.api.jobs.cancel(ALICE, job.id)).toBe(true);

      const left = state === 'failed' ? undefined : 'cancelled';
      expect(desk.api.jobs.find(ALICE, job.id)?.state).toBe(left);
      expect(office.uploads).toEqual([`${neighbour.id}.0`]);
      const names = readdirSync(office.contentDir).filter((name) => !name.startsWith('.'));
      expect(names).toEqual(['other']);
      expect(office.library?.count()).toBe(0);
      expect(office.edge.unpublished.length).toBe(state === 'registering' ? 1 : 0);
      // The name is free again.
      expect((await desk.api.jobs.create(ALICE, publishing('album'))).ok).toBe(true);
    },
  );

  test('forgets a job that is seeding, and leaves what is published alone', async () => {
    const office = new Office();
    const desk = office.open();
    await desk.start(office.edge);
    const job = await begin(desk, publishing('album'));
    upload(office, job);
    await reached(desk, job.id, 'seeding');

    expect(await desk.api.jobs.cancel(ALICE, job.id)).toBe(true);

    expect(desk.api.jobs.find(ALICE, job.id)).toBeUndefined();
    expectContent(office, 'album');
    expect([office.library?.count(), office.edge.unpublished]).toEqual([1, []]);
  });
});

describe('what jobs refuse', () => {
  test.each(['a file', 'a folder', 'a link to nothing'])(
    'content is never put over %s that came meanwhile',
    async (kind) => {
      for (const files of [FOLDER, { '': FOLDER.a }]) {
        const office = new Office();
        const desk = office.open();
        await desk.start(office.edge);
        const single = publishing('album', files);
        const job = await begin(
          desk,
          files === FOLDER || single.kind !== 'publish'
            ? single
            : { ...single, files: [{ path: [], sizeBytes: FOLDER.a.length }] },
        );
        const path = join(office.contentDir, 'album');
        mkdirSync(office.contentDir);
        if (kind === 'a file') writeFileSync(path, 'mine');
        else if (kind === 'a folder') {
          mkdirSync(path);
          writeFileSync(join(path, 'mine'), 'mine');
        } else symlinkSync('nowhere', path);
        upload(office, job, files);

        const failed = await reached(desk, job.id, 'failed');
        expect(failed.error).toBe('album is there already');
        await desk.api.jobs.cancel(ALICE, job.id);

        expect(readdirSync(office.contentDir)).toEqual(['album']);
        const mine = { 'a file': path, 'a folder': join(path, 'mine') }[kind];
        expect(mine === undefined ? 'mine' : readFileSync(mine, 'utf8')).toBe('mine');
        expect(office.uploads).toEqual([]);
      }
    },
  );

  test('names of open jobs and of content that is there, and content that is published', async () => {
    const office = new Office();
    const desk = office.open();
    await desk.start(office.edge);
    const job = await begin(desk, publishing('album'));
    const { jobs } = desk.api;
    const refused = { ok: false, refusal: { code: 'name-taken' } };
    expect(await jobs.create(ALICE, publishing('album'))).toMatchObject(refused);
    upload(office, job);
    await reached(desk, job.id, 'seeding');
    expect(await jobs.create(ALICE, publishing('album'))).toMatchObject(refused);

    // The same torrent from another place: its folder was moved away, and is served from there.
    const moved = join(office.root, 'moved');
    mkdirSync(moved);
    renameSync(join(office.contentDir, 'album'), join(moved, 'album'));
    const twin = await begin(desk, publishing('album'));
    const [torrent] = office.library?.findByRoot(join(office.contentDir, 'album')) ?? [];
    if (torrent !== undefined) {
      office.library?.add({ ...torrent, rootPath: join(moved, 'album') });
    }
    upload(office, twin);
    const failed = await reached(desk, twin.id, 'failed');
    expect(failed.error).toBe('album is published already, with the same content');
    await jobs.cancel(ALICE, twin.id);
    expect(office.library?.count()).toBe(1);
  });

  test('as many open jobs of an account as may be, and one more', async () => {
    const office = new Office();
    const desk = office.open();
    for (let n = 0; n < MAX_OPEN_JOBS_PER_ACCOUNT; n += 1) {
      await begin(desk, publishing(`album ${n}`, { a: new Uint8Array(10) }));
    }
    const { jobs } = desk.api;
    expect(await jobs.create(ALICE, publishing('one more'))).toMatchObject({
      refusal: { code: 'too-many-jobs' },
    });
    expect((await jobs.create({ ...ALICE, id: 'bob' }, publishing('one more'))).ok).toBe(true);
  });

  test('as much that is unfinished as may be, and more', async () => {
    const office = new Office();
    const desk = office.open();
    for (let n = 0; n < 4; n += 1) {
      await begin(desk, publishing(`album ${n}`, { a: new Uint8Array(n === 3 ? 999_999 : 1e6) }));
    }
    const { jobs } = desk.api;
    expect(await jobs.create(ALICE, publishing('x', { a: new Uint8Array(2) }))).toMatchObject({
      refusal: { code: 'too-much' },
    });
    expect((await jobs.create(ALICE, publishing('x', { a: new Uint8Array(1) }))).ok).toBe(true);
  });

  test('what an edge refuses is not kept in the library', async () => {
    const office = new Office();
    office.edge.refusal = 'The edge refused with HTTP 403';
    const desk = office.open();
    await desk.start(office.edge);
    const job = await begin(desk, publishing('album'));
    upload(office, job);
    const { error } = await reached(desk, job.id, 'failed');
    expect(error).toBe(office.edge.refusal);
    expect(office.library?.count()).toBe(0);
  });
});

describe('Jobs.expire()', () => {
  test('gives up an upload that was idle for seven days, and not a moment sooner', async () => {
    const office = new Office();
    const desk = office.open();
    const job = await begin(desk, publishing('album'));
    writeFileSync(join(office.dataDir, 'uploads', `${job.id}.0`), 'x');
    await desk.api.jobs.expire(job.updatedAtMs + UPLOAD_EXPIRES_MS);
    expect(desk.api.jobs.find(ALICE, job.id)?.state).toBe('uploading');
    await desk.api.jobs.expire(job.updatedAtMs + UPLOAD_EXPIRES_MS + 1);
    expect(desk.api.jobs.find(ALICE, job.id)?.state).toBe('cancelled');
    expect(office.uploads).toEqual([]);
  });
});

describe('JobStore.tidy()', () => {
  test('keeps so many jobs of an account that are over, the newest', async () => {
    const office = new Office();
    const desk = office.open();
    const ids: string[] = [];
    for (let n = 0; n <= MAX_FINISHED_JOBS_PER_ACCOUNT; n += 1) {
      const { id } = await begin(desk, publishing('album'));
      ids.push(id);
      await desk.api.jobs.cancel(ALICE, id);
    }
    const kept = desk.api.jobs.list(ALICE, 1_000);
    expect(kept.length).toBe(MAX_FINISHED_JOBS_PER_ACCOUNT);
  });
});

describe('a verification', () => {
  test('finds what is damaged, withholds it, and offers it again when it is restored', async () => {
    const office = new Office();
    const desk = office.open();
    await desk.start(office.edge);
    const job = await begin(desk, publishing('album'));
    upload(office, job);
    await reached(desk, job.id, 'seeding');
    const [infoHash] = office.edge.registered;
    if (infoHash === undefined) throw new Error('It was registered');
    const path = join(office.contentDir, 'album', 'a');
    const damaged = Uint8Array.from(FOLDER.a);
    damaged[40_000] = 1 + (damaged[40_000] ?? 0);

    const verify = async (): Promise<Job> => {
      const { id } = await begin(desk, { kind: 'verify', infoHash });
      return reached(desk, id, 'seeding');
    };
    writeFileSync(path, damaged);
    const bad = await verify();
    expect(bad).toMatchObject({
      name: 'album',
      result: { pieces: 10, badPieceCount: 1, badPieces: [2] },
    });
    expect(desk.api.seeding.of(infoHash)).toMatchObject({ pieces: 10, withheldPieces: 1 });
    const offered = (): number => office.torrents?.find(infoHash)?.bitfield()[0] ?? 0;
    expect(offered().toString(2)).toBe('11011111');

    writeFileSync(path, FOLDER.a);
    expect(await verify()).toMatchObject({ result: { badPieceCount: 0, badFiles: [] } });
    expect(desk.api.seeding.of(infoHash)).toMatchObject({ withheldPieces: 0 });
    expect(offered().toString(2)).toBe('11111111');
    const { verifiedAt } = desk.api.seeding.of(infoHash) ?? {};
    expect(verifiedAt).toMatch(/^20/);
    desk.totals.count(infoHash, 'tcp', 5);
    desk.totals.write();
    desk.totals.count(infoHash, 'webrtc', 7);
    await office.close();

    const again = office.open();
    expect(again.api.seeding.page('', 10)).toEqual([
      expect.objectContaining({
        infoHash,
        verifiedAt,
        withheldPieces: 0,
        uploadedBytes: { tcp: 5, webrtc: 7, http: 0 },
      }),
    ]);
    expect(again.api.seeding.page(infoHash, 10)).toEqual([]);
  });

  test('of what is not seeded is refused', async () => {
    const office = new Office();
    const desk = office.open();
    const infoHash = infoHashFromHex('a'.repeat(40));
    if (infoHash === undefined) throw new Error('It is an info-hash');
    expect(await desk.api.jobs.create(ALICE, { kind: 'verify', infoHash })).toMatchObject({
      refusal: { code: 'unknown-torrent' },
    });
    expect(existsSync(office.contentDir)).toBe(false);
  });
});
