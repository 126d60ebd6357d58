import { Hono } from 'hono';
import { serveOperation } from '../api/operation-routes.ts';
import { type Problem, problemResponse } from '../problem.ts';
import type { Everseeds } from '../webseed/catalog-everseeds.ts';
import type { Everseed } from '../webseed/everseed.ts';
import { askEverseed, passBack } from './ask-everseed.ts';
import type { Accounts } from '../accounts/accounts.ts';
import type { Identity } from '../accounts/scope.ts';
import { boundBody } from './bounded-body.ts';
import { everseedOf, jobInMetadata, takingUploads } from './find-everseed.ts';
import { CANCEL_JOB, CREATE_JOB, LIST_JOBS, READ_JOB } from './job-operations.ts';
import { firstPage, mergeLists, readLists } from './merge-lists.ts';
import { LIST_SEEDING, READ_SEEDING } from './seeding-operations.ts';
import { APPEND_UPLOAD, CANCEL_UPLOAD, CREATE_UPLOAD, READ_UPLOAD } from './upload-operations.ts';
import { CHUNK_TOO_LARGE, NO_EVERSEED, UNKNOWN_JOB } from './upload-problems.ts';

/** Of one request: a part of an upload. Clients send large files in several. */
const MAX_UPLOAD_CHUNK_BYTES: number = 32 * 1024 * 1024;
/** Seed boxes that are asked for one list. */
const MAX_ASKED = 10;

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
    identity: Identity,
    choose: (boxes: readonly Everseed[]) => Everseed | Problem,
  ): Promise<Response> => {
    const body = boundBody(request, MAX_UPLOAD_CHUNK_BYTES);
    if (body === undefined) return problemResponse(CHUNK_TOO_LARGE);
    const chosen = choose(await live());
    if ('status' in chosen) return problemResponse(chosen);
    const { pathname, search } = new URL(request.url);
    const { method, headers } = request;
    const question = { method, target: pathname + search, headers, body: body.stream };
    const answer = await askEverseed(chosen, identity, question);
    if (body.isTooLong()) return problemResponse(CHUNK_TOO_LARGE);
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

  serveOperation(app, accounts, LIST_JOBS, async ({ identity }, c) => {
    const answers = await askAll(c.req.raw, identity);
    const lists = await readLists(answers, 'jobs');
    if (lists.length === 0) return problemResponse(NO_EVERSEED);
    const jobs = mergeLists(lists, { key: 'createdAt', direction: 'descending' });
    return c.json({ jobs }, 200, { 'cache-control': 'no-store' });
  });

  serveOperation(app, accounts, LIST_SEEDING, async ({ identity, query: { limit, of } }, c) => {
    const answers = await askAll(c.req.raw, identity);
    const refused = answers.find(({ status }) => status === 400);
    if (refused !== undefined) return passBack(refused);
    const lists = await readLists(answers, 'torrents');
    if (lists.length === 0) return problemResponse(NO_EVERSEED);
    const sorted = mergeLists(lists, { key: 'infoHash', direction: 'ascending' });
    // What was asked for by name is no page: all of it is wanted, however much there is.
    const torrents = of === undefined ? firstPage(sorted, 'infoHash', limit) : sorted;
    return c.json({ torrents }, 200, { 'cache-control': 'no-store' });
  });

  serveOperation(app, accounts, READ_SEEDING, async ({ identity }, c) => {
    const answers = await askAll(c.req.raw, identity);
    const found = answers.find(({ status }) => status === 200) ?? answers[0];
    for (const other of answers) if (other !== found) await other.body?.cancel();
    return found === undefined ? problemResponse(NO_EVERSEED) : passBack(found);
  });

  // A new job is for the seed box that `everseed` names, or else for the latest to report.
  serveOperation(app, accounts, CREATE_JOB, ({ identity, query: { everseed } }, c) =>
    pass(c.req.raw, identity, (boxes) =>
      everseed === undefined
        ? (boxes[0] ?? NO_EVERSEED)
        : (boxes.find(({ id }) => id === everseed) ?? NO_EVERSEED),
    ),
  );

  serveOperation(app, accounts, CREATE_UPLOAD, ({ identity }, c) => {
    const job = jobInMetadata(c.req.header('upload-metadata') ?? null);
    return pass(c.req.raw, identity, (boxes) => everseedOf(boxes, job ?? '') ?? UNKNOWN_JOB);
  });

  for (const operation of [READ_JOB, CANCEL_JOB, READ_UPLOAD, APPEND_UPLOAD, CANCEL_UPLOAD]) {
    serveOperation(app, accounts, operation, ({ identity, params: { id } }, c) =>
      pass(c.req.raw, identity, (boxes) => everseedOf(boxes, id) ?? UNKNOWN_JOB),
    );
  }

  return app;
}
