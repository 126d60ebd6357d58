import * as v from 'valibot';
import type { Accounts } from '../accounts/accounts.ts';
import type { Identity } from '../accounts/scope.ts';
import { badRequest } from '../catalog/api-problems.ts';
import { readBody } from '../catalog/read-body.ts';
import { type Problem, problemResponse } from '../problem.ts';
import type { Access, Operation } from './operation.ts';
import { problemOf } from './parameters.ts';
import { parseJsonBody } from './parse-json-body.ts';

/** What is read of a request: the router's own, which this file need not know. */
export interface RoutedRequest {
  readonly raw: Request;
  param(): Record<string, string>;
  query(): Record<string, string>;
}

/** A request that was let in, with what it carries proven. */
export interface Entered<Who extends Access, Params, Query, Body> {
  readonly identity: Who extends 'public' ? undefined : Identity;
  readonly params: Params;
  readonly query: Query;
  readonly body: Body;
}

/**
 * Lets a request in, or answers it: first who asks, then the path, the query and the body. Nothing but the operation
 * says what is allowed, and it is what the document is made of.
 */
export function enter<
  Who extends Access,
  Params extends v.ObjectEntries,
  Query extends v.ObjectEntries,
  Body extends v.GenericSchema,
>(
  operation: Operation<Who, Params, Query, Body>,
  accounts: Accounts,
  request: RoutedRequest,
): Promise<
  | Entered<
      Who,
      v.InferOutput<v.ObjectSchema<Params, undefined>>,
      v.InferOutput<v.ObjectSchema<Query, undefined>>,
      v.InferOutput<Body>
    >
  | Response
>;
export async function enter(
  operation: Operation,
  accounts: Accounts,
  request: RoutedRequest,
): Promise<Entered<Access, unknown, unknown, unknown> | Response> {
  const { access } = operation;
  const identity =
    access === 'public' ? undefined : await accounts.authorize(request.raw, ...access);
  if (identity instanceof Response) return identity;
  const params = v.safeParse(operation.params, request.param(), { abortEarly: true });
  if (!params.success) return problemResponse(problemIn(operation.params.entries, params.issues));
  const query = v.safeParse(operation.query, request.query(), { abortEarly: true });
  if (!query.success) return problemResponse(problemIn(operation.query.entries, query.issues));
  const body = await readJson(operation, request.raw);
  if (body instanceof Response) return body;
  return { identity, params: params.output, query: query.output, body: body.value };
}

async function readJson(
  { body: expected }: Operation,
  request: Request,
): Promise<{ readonly value: unknown } | Response> {
  if (expected === undefined) return { value: undefined };
  const bytes = await readBody(request, expected.maxBytes);
  if (!bytes.ok) return problemResponse(expected.tooLarge);
  const parsed = parseJsonBody(expected.schema, bytes.value);
  return parsed.ok ? parsed : problemResponse(badRequest(parsed.refusal));
}

function problemIn(
  entries: v.ObjectEntries,
  [issue]: readonly [v.BaseIssue<unknown>, ...v.BaseIssue<unknown>[]],
): Problem {
  return problemOf(entries[v.getDotPath(issue) ?? ''], issue.message);
}
