import type { HttpBindings } from '@hono/node-server';
import { Hono } from 'hono';
import type { Account } from '../jobs/job.ts';
import type { Jobs } from '../jobs/jobs.ts';
import type { SeedingReport } from '../seeding/seeding-report.ts';
import { hasAccessKey, parseAccount } from './api-caller.ts';
import { problemResponse } from './api-problem.ts';
import { jobRoutes } from './job-routes.ts';
import { seedingRoutes } from './seeding-routes.ts';
import { uploadRoutes } from './upload-routes.ts';

/** What the routes of the API find beside a request. */
export interface ApiEnv {
  Bindings: HttpBindings;
  Variables: { account: Account };
}

export interface ApiComponents {
  /** Only the edge has it: it has asked its callers who they are. */
  readonly accessKey: string;
  readonly jobs: Jobs;
  /** Where uploads are kept. */
  readonly uploadDir: string;
  readonly seeding: SeedingReport;
}

/** What publishers ask of the seed box, through the edge: uploads, jobs, and how seeding is going. */
export function apiRoutes(components: ApiComponents): Hono<ApiEnv> {
  const app = new Hono<ApiEnv>();
  app.use('/api/*', async (c, next) => {
    if (!hasAccessKey(c.req.header('authorization'), components.accessKey)) {
      return problemResponse({
        status: 401,
        code: 'no-access-key',
        detail: 'this is for the edge, which has the access key',
      });
    }
    const account = parseAccount((name) => c.req.header(name));
    if (account === undefined) {
      const detail = 'the edge has to say which account asks';
      return problemResponse({ status: 400, code: 'no-account', detail });
    }
    c.set('account', account);
    return next();
  });
  app.route('/', jobRoutes(components));
  app.route('/', uploadRoutes(components));
  app.route('/', seedingRoutes(components));
  app.all('/api/*', () =>
    problemResponse({ status: 404, code: 'no-such-route', detail: 'there is nothing here' }),
  );
  return app;
}
