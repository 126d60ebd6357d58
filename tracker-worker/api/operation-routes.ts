import type { Context, Hono } from 'hono';
import type * as v from 'valibot';
import type { Accounts } from '../accounts/accounts.ts';
import { enter, type Entered } from './enter.ts';
import type { Access, Operation } from './operation.ts';

/** Serves an operation: the handler sees only requests that were let in, with what they carry proven. */
export function serveOperation<
  Who extends Access,
  Params extends v.ObjectEntries,
  Query extends v.ObjectEntries,
  Body extends v.GenericSchema,
>(
  app: Hono,
  accounts: Accounts,
  operation: Operation<Who, Params, Query, Body>,
  handle: (
    entered: Entered<
      Who,
      v.InferOutput<v.ObjectSchema<Params, undefined>>,
      v.InferOutput<v.ObjectSchema<Query, undefined>>,
      v.InferOutput<Body>
    >,
    c: Context,
  ) => Response | Promise<Response>,
): void {
  // The router takes HEAD for a GET; the request still says which it is.
  const method = operation.method === 'HEAD' ? 'GET' : operation.method;
  app.on(method, operation.path, async (c) => {
    const entered = await enter(operation, accounts, c.req);
    return entered instanceof Response ? entered : handle(entered, c);
  });
}
