import { Hono } from 'hono';
import { type Problem, problemResponse } from '../problem.ts';
import type { Everseeds } from '../webseed/catalog-everseeds.ts';
import type { Everseed } from '../webseed/everseed.ts';
import { askEverseed, passBack } from './ask-everseed.ts';
import type { Accounts } from '../accounts/accounts.ts';
import type { Identity } from '../accounts/scope.ts';
import { boundBody } from './bounded-body.ts';
import { everseedOf, jobInMetadata, takingUploads } from './find-everseed.ts';
import { firstPage, mergeLists, readLists } from './merge-lists.ts';

/** Of one request: a part of an upload. Clients send large files in several. */
const MAX_UPLOAD_CHUNK_BYTES: number = 32 * 1024 * 1024;
const DEFAULT_LIMIT = 50;
const MAX_LIMIT = 200;
/** Seed boxes that are asked for one list. */
const MAX_ASKED = 10;

const TOO_LARGE: Problem = {
  status: 413,
  code: 'too-large',
  title: 'Content too large',
  detail: 'one request may bring 33,554,432 bytes: send a larger file in parts',
};

const UNKNOWN: Problem = {
  status: 404,
  code: 'unknown-job',
  title: 'Not found',
  detail: 'no seed box that is here now has it',
};

const NO_EVERSEED: Problem = {
  status: 503,
  code: 'no-everseed',
  title: 'Unavailable',
  detail: 'no seed box that takes uploads can be reached now: try again soon',
};

export interface UploadComponents {
  readonly accounts: Accounts;
  readonly everseeds: Pick<Everseeds, 'live'>;
  readonly nowMs: () => number;
}

/**
 * Jobs, uploads and figures of seeding, which are the seed box's: passed through by streaming, and never held. The
 * edge says who asks; what the caller says about that goes no further.
 */
export function uploadRoutes({ accounts, everseeds, nowMs }: UploadComponents): Hono {
  const app = new Hono();

  const live = async (): Promise<Everseed[]> =>
    takingUploads(await everseeds.live(Math.floor(nowMs() / 1000)));

  /** Passes the request on to the seed box that `choose` finds. */
  const pass = async (
    request: Request,
    choose: (boxes: readonly Everseed[]) => Everseed | Problem,
  ): Promise<Response> => {
    const identity = await accounts.authorize(request, 'publish');
    if (identity instanceof Response) return identity;
    const body = boundBody(request, MAX_UPLOAD_CHUNK_BYTES);
    if (body === undefined) return problemResponse(TOO_LARGE);
    const chosen = choose(await live());
    if ('status' in chosen) return problemResponse(chosen);
    const { pathname, search } = new URL(request.url);
    const { method, headers } = request;
    const question = { method, target: pathname + search, headers, body: body.stream };
    const answer = await askEverseed(chosen, identity, question);
    if (body.isTooLong()) return problemResponse(TOO_LARGE);
    return answer === undefined ? problemResponse(NO_EVERSEED) : passBack(answer);
  };

  /** Asks each seed box the same, and has the answers that come. */
  const askAll = async (request: Request, identity: Identity): Promise<Response[]> => {
    const { pathname, search } = new URL(request.url);
    const question = {
      method: 'GET',
      target: pathname + search,
      headers: request.headers,
      body: null,
    };
    const boxes = (await live()).slice(0, MAX_ASKED);
    const answers = await Promise.all(boxes.map((box) => askEverseed(box, identity, question)));
    return answers.filter((answer) => answer !== undefined);
  };

  app.get('/api/jobs', async (c) => {
    const identity = await accounts.authorize(c.req.raw, 'publish');
    if (identity instanceof Response) return identity;
    const answers = await askAll(c.req.raw, identity);
    const lists = await readLists(answers, 'jobs');
    if (lists.length === 0) return problemResponse(NO_EVERSEED);
    const jobs = mergeLists(lists, { key: 'createdAt', direction: 'descending' });
    return c.json({ jobs }, 200, { 'cache-control': 'no-store' });
  });

  app.get('/api/seeding', async (c) => {
    const identity = await accounts.authorize(c.req.raw, 'publish');
    if (identity instanceof Response) return identity;
    const answers = await askAll(c.req.raw, identity);
    const refused = answers.find(({ status }) => status === 400);
    if (refused !== undefined) return passBack(refused);
    const lists = await readLists(answers, 'torrents');
    if (lists.length === 0) return problemResponse(NO_EVERSEED);
    const sorted = mergeLists(lists, { key: 'infoHash', direction: 'ascending' });
    const limit = Math.min(Number(c.req.query('limit') ?? DEFAULT_LIMIT), MAX_LIMIT);
    const torrents = firstPage(sorted, 'infoHash', limit);
    return c.json({ torrents }, 200, { 'cache-control': 'no-store' });
  });

  app.get('/api/seeding/:infohash', async (c) => {
    const identity = await accounts.authorize(c.req.raw, 'publish');
    if (identity instanceof Response) return identity;
    const answers = await askAll(c.req.raw, identity);
    const found = answers.find(({ status }) => status === 200) ?? answers[0];
    for (const other of answers) if (other !== found) await other.body?.cancel();
    return found === undefined ? problemResponse(NO_EVERSEED) : passBack(found);
  });

  // A new job is for the seed box that `everseed` names, or else for the latest to report.
  app.post('/api/jobs', (c) => {
    const wanted = c.req.query('everseed');
    return pass(c.req.raw, (boxes) =>
      wanted === undefined
        ? (boxes[0] ?? NO_EVERSEED)
        : (boxes.find(({ id }) => id === wanted) ?? NO_EVERSEED),
    );
  });

  app.post('/api/uploads', (c) => {
    const job = jobInMetadata(c.req.header('upload-metadata') ?? null);
    return pass(c.req.raw, (boxes) => everseedOf(boxes, job ?? '') ?? UNKNOWN);
  });

  app.on(['GET', 'DELETE'], '/api/jobs/:id', (c) =>
    pass(c.req.raw, (boxes) => everseedOf(boxes, c.req.param('id')) ?? UNKNOWN),
  );

  app.on(['GET', 'PATCH', 'DELETE'], '/api/uploads/:id', (c) =>
    pass(c.req.raw, (boxes) => everseedOf(boxes, c.req.param('id')) ?? UNKNOWN),
  );

  return app;
}
