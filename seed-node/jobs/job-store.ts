import type { DatabaseSync, SQLInputValue } from 'node:sqlite';
import type { InfoHash } from '../../shared/info-hash.ts';
import { invariant } from '../../shared/invariant.ts';
import type { Publication } from '../../shared/publication.ts';
import { inTransaction } from './box-database.ts';
import type { Account, Job, JobFile, NewJob, PlacedContent, VerifyResult } from './job.ts';
import { MAX_FINISHED_JOBS_PER_ACCOUNT } from './job-limits.ts';
import { type JobEvent, type JobState, nextState, OPEN_STATES } from './job-state.ts';
import { readFileRow, readJobRow } from './read-job-row.ts';

const OPEN = OPEN_STATES.map((state) => `'${state}'`).join(', ');

/** What is learnt about a job on its way. */
export interface JobFindings {
  readonly error?: string;
  readonly placed?: PlacedContent;
  readonly infoHash?: InfoHash;
  readonly publication?: Publication;
  readonly result?: VerifyResult;
}

/** How much is open, of everybody. */
export interface OpenWork {
  readonly jobs: number;
  /** Of uploads that are not complete: their sizes, and what has arrived of them. */
  readonly unfinishedBytes: number;
  readonly arrivedBytes: number;
}

/**
 * Jobs and their files in SQLite.
 *
 * Invariants: a job's state changes only as `nextState` has it; a job that is over has no files, and each account
 * has at most `MAX_FINISHED_JOBS_PER_ACCOUNT` of those.
 */
export class JobStore {
  readonly #database: DatabaseSync;

  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  add(id: string, job: NewJob & { readonly name: string }, account: Account, nowMs: number): void {
    inTransaction(this.#database, () => {
      const isPublish = job.kind === 'publish';
      this.#run(
        `INSERT INTO jobs (id, kind, state, account_id, account_name, name, size_bytes, created_at_ms,
           updated_at_ms, format, details, info_hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
        id,
        job.kind,
        isPublish ? 'uploading' : 'queued',
        account.id,
        account.name,
        job.name,
        isPublish ? job.sizeBytes : 0,
        nowMs,
        nowMs,
        isPublish ? job.format : null,
        isPublish ? JSON.stringify(job.details) : null,
        isPublish ? null : job.infoHash,
      );
      if (!isPublish) return;
      const insert = this.#database.prepare('INSERT INTO job_files VALUES (?, ?, ?, ?, 0)');
      for (const [index, file] of job.files.entries()) {
        insert.run(id, index, JSON.stringify(file.path), file.sizeBytes);
      }
    });
  }

  find(id: string): Job | undefined {
    const row = this.#database.prepare('SELECT * FROM jobs WHERE id = ?').get(id);
    return row === undefined ? undefined : readJobRow(row);
  }

  /** Those of one account, or of all: the newest first. */
  list(accountId: string | undefined, limit: number): Job[] {
    return this.#all(
      `SELECT * FROM jobs WHERE ?1 IS NULL OR account_id = ?1 ORDER BY created_at_ms DESC, id LIMIT ?2`,
      accountId ?? null,
      limit,
    );
  }

  inState(state: JobState): Job[] {
    return this.#all('SELECT * FROM jobs WHERE state = ? ORDER BY updated_at_ms, id', state);
  }

  /** The job that has waited in this state for longest. */
  oldest(state: JobState): Job | undefined {
    const query = 'SELECT * FROM jobs WHERE state = ? ORDER BY updated_at_ms, id LIMIT 1';
    return this.#all(query, state)[0];
  }

  /** A job that will, or did, put content of this name into the content folder. */
  withName(name: string): Job | undefined {
    const query = `SELECT * FROM jobs WHERE name = ? AND kind = 'publish' AND state IN (${OPEN}) LIMIT 1`;
    return this.#all(query, name)[0];
  }

  /** Jobs of an account that still work, or keep what was uploaded for one that failed. */
  openJobsOf(accountId: string): number {
    const holds = `(state IN (${OPEN}) OR (state = 'failed' AND kind = 'publish'))`;
    const query = `SELECT count(*) AS count FROM jobs WHERE account_id = ? AND ${holds}`;
    return this.#number(query, accountId);
  }

  openWork(): OpenWork {
    const unfinished = `FROM job_files JOIN jobs ON id = job_id WHERE state = 'uploading'`;
    return {
      jobs: this.#number(`SELECT count(*) AS count FROM jobs WHERE state IN (${OPEN})`),
      unfinishedBytes: this.#number(`SELECT sum(job_files.size_bytes) AS count ${unfinished}`),
      arrivedBytes: this.#number(`SELECT sum(uploaded_bytes) AS count ${unfinished}`),
    };
  }

  /** Takes the job through an event, and returns it; undefined where the event cannot happen to it. */
  advance(id: string, event: JobEvent, findings: JobFindings, nowMs: number): Job | undefined {
    const job = this.find(id);
    const state = job && nextState(job.state, event);
    if (state === undefined) return undefined;
    inTransaction(this.#database, () => {
      this.#run('UPDATE jobs SET state = ?, updated_at_ms = ? WHERE id = ?', state, nowMs, id);
      this.#learn(id, findings);
    });
    return this.find(id);
  }

  learn(id: string, findings: JobFindings): void {
    inTransaction(this.#database, () => this.#learn(id, findings));
  }

  files(id: string): JobFile[] {
    const query = 'SELECT * FROM job_files WHERE job_id = ? ORDER BY file_index';
    return this.#database.prepare(query).all(id).map(readFileRow);
  }

  file(id: string, index: number): JobFile | undefined {
    const query = 'SELECT * FROM job_files WHERE job_id = ? AND file_index = ?';
    const row = this.#database.prepare(query).get(id, index);
    return row === undefined ? undefined : readFileRow(row);
  }

  /** Writes down how much of a file has arrived. */
  arrived(id: string, index: number, uploadedBytes: number, nowMs: number): void {
    inTransaction(this.#database, () => {
      this.#run(
        'UPDATE job_files SET uploaded_bytes = ? WHERE job_id = ? AND file_index = ?',
        uploadedBytes,
        id,
        index,
      );
      this.#run('UPDATE jobs SET updated_at_ms = ? WHERE id = ?', nowMs, id);
    });
  }

  uploadedBytes(id: string): number {
    return this.#number('SELECT sum(uploaded_bytes) AS count FROM job_files WHERE job_id = ?', id);
  }

  isComplete(id: string): boolean {
    const missing = 'SELECT 1 FROM job_files WHERE job_id = ? AND uploaded_bytes <> size_bytes';
    return this.#database.prepare(`${missing} LIMIT 1`).get(id) === undefined;
  }

  /** Forgets the files of a job that needs them no more, and the oldest jobs of its account that are over. */
  tidy(id: string): void {
    inTransaction(this.#database, () => {
      this.#run('DELETE FROM job_files WHERE job_id = ?', id);
      this.#run(
        `DELETE FROM jobs WHERE id IN (
           SELECT id FROM jobs WHERE account_id = (SELECT account_id FROM jobs WHERE id = ?)
             AND (state IN ('seeding', 'cancelled') OR (state = 'failed' AND kind = 'verify'))
           ORDER BY updated_at_ms DESC LIMIT -1 OFFSET ?)`,
        id,
        MAX_FINISHED_JOBS_PER_ACCOUNT,
      );
    });
  }

  remove(id: string): void {
    this.#run('DELETE FROM jobs WHERE id = ?', id);
  }

  #learn(id: string, { error, placed, infoHash, publication, result }: JobFindings): void {
    const set = (column: string, value: SQLInputValue | undefined): void => {
      if (value !== undefined) this.#run(`UPDATE jobs SET ${column} = ? WHERE id = ?`, value, id);
    };
    set('error', error);
    set('placed_path', placed?.path);
    set('placed_identity', placed?.identity);
    set('info_hash', infoHash);
    set('publication', publication && JSON.stringify(publication));
    set('result', result && JSON.stringify(result));
  }

  #run(query: string, ...values: SQLInputValue[]): void {
    this.#database.prepare(query).run(...values);
  }

  #all(query: string, ...values: SQLInputValue[]): Job[] {
    return this.#database
      .prepare(query)
      .all(...values)
      .map(readJobRow);
  }

  #number(query: string, ...values: SQLInputValue[]): number {
    const row = this.#database.prepare(query).get(...values);
    invariant(row !== undefined, 'an aggregate has one row');
    return Number(row['count'] ?? 0);
  }
}
