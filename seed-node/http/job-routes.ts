import { Hono } from 'hono';
import { describeRefusal } from '../../shared/result.ts';
import { describeJob } from '../jobs/describe-job.ts';
import { MAX_JOB_BODY_BYTES } from '../jobs/job-limits.ts';
import type { Jobs } from '../jobs/jobs.ts';
import { parseNewJob } from '../jobs/parse-new-job.ts';
import { type ApiProblem, problemResponse, UNKNOWN_JOB } from './api-problem.ts';
import type { ApiEnv } from './api-routes.ts';
import { BodyTooLong, readBounded } from './read-bounded.ts';

const MAX_LISTED_JOBS = 200;
const NO_STORE = { 'cache-control': 'no-store' };

/** The status of each refusal. */
const STATUS = {
  'bad-body': 400,
  'unsafe-path': 400,
  'too-large': 413,
  'unknown-torrent': 404,
  'name-taken': 409,
  'too-many-jobs': 429,
  'too-much': 429,
  'no-space': 507,
} satisfies Record<string, ApiProblem['status']>;

/** Begin, look at and cancel jobs. */
export function jobRoutes({ jobs }: { readonly jobs: Jobs }): Hono<ApiEnv> {
  const app = new Hono<ApiEnv>();

  app.post('/api/jobs', async (c) => {
    let body: Uint8Array;
    try {
      body = await readBounded(c.req.raw, MAX_JOB_BODY_BYTES);
    } catch (error) {
      if (!(error instanceof BodyTooLong)) throw error;
      const detail = `a job is described in at most ${MAX_JOB_BODY_BYTES} bytes`;
      return problemResponse({ status: 413, code: 'too-large', detail });
    }
    const wanted = parseNewJob(body, jobs);
    const created = wanted.ok ? await jobs.create(c.var.account, wanted.value) : wanted;
    if (!created.ok) {
      const { code } = created.refusal;
      const detail = describeRefusal(created.refusal);
      return problemResponse({ status: STATUS[code], code, detail });
    }
    const job = created.value;
    return c.json(describeJob(jobs, job, jobs.files(job.id)), 201, {
      ...NO_STORE,
      location: `/api/jobs/${job.id}`,
    });
  });

  app.get('/api/jobs', (c) => {
    const listed = jobs.list(c.var.account, MAX_LISTED_JOBS);
    return c.json({ jobs: listed.map((job) => describeJob(jobs, job)) }, 200, NO_STORE);
  });

  app.get('/api/jobs/:id', (c) => {
    const job = jobs.find(c.var.account, c.req.param('id'));
    if (job === undefined) return problemResponse(UNKNOWN_JOB);
    return c.json(describeJob(jobs, job, jobs.files(job.id)), 200, NO_STORE);
  });

  app.delete('/api/jobs/:id', async (c) => {
    const isThere = await jobs.cancel(c.var.account, c.req.param('id'));
    return isThere ? c.body(null, 204, NO_STORE) : problemResponse(UNKNOWN_JOB);
  });

  return app;
}
