import * as v from 'valibot';
import type { Scope } from '../accounts/scope.ts';
import type { Problem } from '../problem.ts';

/** Who may ask: everybody, or who has one of these scopes. */
export type Access = 'public' | readonly [Scope, ...Scope[]];

/** A JSON body that is read whole. */
interface JsonBody<Schema extends v.GenericSchema> {
  readonly schema: Schema;
  readonly maxBytes: number;
  /** What answers a larger one. */
  readonly tooLarge: Problem;
}

/** A body that the handler reads itself, or passes on; what stands here is the document's alone. */
interface RawBody {
  readonly mediaType: string;
  readonly description: string;
  readonly isOptional?: boolean;
  readonly schema?: v.GenericSchema;
}

/** A header of a request, for the document: who serves the operation looks at it. */
interface RequestHeader {
  readonly description: string;
  readonly isOptional?: boolean;
}

/** What a success looks like: JSON of this schema, or nothing. */
interface Answer {
  readonly description: string;
  readonly schema?: v.GenericSchema;
  /** Descriptions by name. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** A request of the API as it is both documented and checked: `enter` lets in exactly what stands here. */
export interface Operation<
  Who extends Access = Access,
  Params extends v.ObjectEntries = v.ObjectEntries,
  Query extends v.ObjectEntries = v.ObjectEntries,
  Body extends v.GenericSchema = v.GenericSchema,
> {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** As the router writes it: `/api/torrents/:infohash`. */
  readonly path: string;
  /** Unique; programs that are generated from the document call it so. */
  readonly id: string;
  readonly tag: string;
  /** One line, and what else there is to say. */
  readonly summary: string;
  readonly description?: string;
  readonly access: Who;
  readonly params: v.ObjectSchema<Params, undefined>;
  readonly query: v.ObjectSchema<Query, undefined>;
  readonly headers: Readonly<Record<string, RequestHeader>>;
  readonly body: JsonBody<Body> | undefined;
  readonly rawBody: RawBody | undefined;
  readonly answers: Readonly<Record<number, Answer>>;
  /** What the handler refuses with, besides what `enter` does. */
  readonly problems: readonly Problem[];
}

type OperationInit<
  Who extends Access,
  Params extends v.ObjectEntries,
  Query extends v.ObjectEntries,
  Body extends v.GenericSchema,
> = Pick<
  Operation<Who, Params, Query, Body>,
  'method' | 'path' | 'id' | 'tag' | 'summary' | 'description' | 'access' | 'answers'
> & {
  readonly params?: Params;
  readonly query?: Query;
  readonly headers?: Readonly<Record<string, RequestHeader>>;
  readonly body?: JsonBody<Body>;
  readonly rawBody?: RawBody;
  readonly problems?: readonly Problem[];
};

type NoEntries = Readonly<Record<string, never>>;

/** Describes one request of the API. What is left out is nothing: no parameters, no body. */
export function defineOperation<
  const Who extends Access,
  const Params extends v.ObjectEntries = NoEntries,
  const Query extends v.ObjectEntries = NoEntries,
  Body extends v.GenericSchema = v.UndefinedSchema<undefined>,
>(init: OperationInit<Who, Params, Query, Body>): Operation<Who, Params, Query, Body>;
export function defineOperation({
  params,
  query,
  headers,
  body,
  rawBody,
  problems,
  ...rest
}: OperationInit<Access, v.ObjectEntries, v.ObjectEntries, v.GenericSchema>): Operation {
  return {
    ...rest,
    params: v.object(params ?? {}),
    query: v.object(query ?? {}),
    headers: headers ?? {},
    body,
    rawBody,
    problems: problems ?? [],
  };
}
