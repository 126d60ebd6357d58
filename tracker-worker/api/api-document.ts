import { type JsonSchema, toJsonSchema } from '@valibot/to-json-schema';
import * as v from 'valibot';
import { ACCOUNT_PROBLEMS } from '../accounts/account-problems.ts';
import type { Problem } from '../problem.ts';
import type { Operation } from './operation.ts';
import { problemOf } from './parameters.ts';

/** What a sender writes, not what becomes of it; a check that JSON Schema cannot say stands in words. */
const AS_WRITTEN = { target: 'draft-2020-12', typeMode: 'input', errorMode: 'ignore' } as const;

/** Every refusal of the API (RFC 9457). */
export const PROBLEM = v.object({
  type: v.literal('about:blank'),
  title: v.string(),
  status: v.pipe(v.number(), v.integer()),
  code: v.pipe(v.string(), v.description('stable, for programs: one code, one cause')),
  detail: v.pipe(v.string(), v.description('for people, about this very request')),
});

export interface ParameterDescription {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly required: boolean;
  readonly description: string;
  readonly schema: JsonSchema;
}

export interface Content {
  readonly [mediaType: string]: { readonly schema?: JsonSchema };
}

export interface ResponseDescription {
  readonly description: string;
  readonly headers?: Readonly<
    Record<string, { readonly description: string; readonly schema: JsonSchema }>
  >;
  readonly content?: Content;
}

export interface OperationDescription {
  readonly operationId: string;
  readonly tags: readonly string[];
  readonly summary: string;
  readonly description?: string;
  /** Any one of them is enough; the scopes are any one of those, too. None: everybody may ask. */
  readonly security: readonly Readonly<Record<string, readonly string[]>>[];
  readonly parameters: readonly ParameterDescription[];
  readonly requestBody?: {
    readonly required: boolean;
    readonly description: string;
    readonly content: Content;
  };
  readonly responses: Readonly<Record<string, ResponseDescription>>;
}

/** The document by path and by method in lower case, as OpenAPI 3.1 has it. */
export interface ApiDocument {
  readonly openapi: '3.1.0';
  readonly info: { readonly title: string; readonly version: string; readonly description: string };
  readonly servers: readonly { readonly url: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, OperationDescription>>>>;
  readonly components: object;
}

/** Describes operations as OpenAPI 3.1 does; `origin` is where they are served. */
export function apiDocument(operations: readonly Operation[], origin: string): ApiDocument {
  const paths: Record<string, Record<string, OperationDescription>> = {};
  for (const operation of operations) {
    const path = operation.path.replaceAll(/:(\w+)/g, '{$1}');
    const item = (paths[path] ??= {});
    item[operation.method.toLowerCase()] = describeOperation(operation);
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Evertorrent',
      version: '1',
      description:
        'What an edge of Evertorrent lets programs do. Every refusal is application/problem+json (RFC 9457) with a stable code; a fault of the edge itself is 500, internal-error.',
    },
    servers: [{ url: origin }],
    paths,
    components: {
      schemas: { Problem: schemaOf(PROBLEM) },
      securitySchemes: {
        bearer: {
          type: 'http',
          scheme: 'bearer',
          description: 'An access token, or the secret PUBLISHER_TOKEN.',
        },
        session: {
          type: 'apiKey',
          in: 'cookie',
          name: '__Host-evertorrent',
          description:
            'A session of the console. Writes need the header x-csrf-token as well, and to come from a page of this edge.',
        },
      },
    },
  };
}

function describeOperation(operation: Operation): OperationDescription {
  const { id, tag, summary, description, access, params, query, headers } = operation;
  const requestBody = requestBodyOf(operation);
  return {
    operationId: id,
    tags: [tag],
    summary,
    ...(description === undefined ? {} : { description }),
    security: access === 'public' ? [] : [{ bearer: access }, { session: access }],
    parameters: [
      ...parametersOf('path', params.entries),
      ...parametersOf('query', query.entries),
      ...Object.entries(headers).map(([name, header]) => describeHeader(name, header)),
    ],
    ...(requestBody === undefined ? {} : { requestBody }),
    responses: { ...answersOf(operation), ...refusalsOf(problemsOf(operation)) },
  };
}

const BAD_BODY: Problem = {
  status: 400,
  code: 'bad-body',
  title: 'Bad request',
  detail: 'the body is not as described',
};

/** All that an operation may be refused with. */
function problemsOf({ access, params, query, body, problems }: Operation): readonly Problem[] {
  const entries = [...Object.values(params.entries), ...Object.values(query.entries)];
  return [
    ...(access === 'public' ? [] : Object.values(ACCOUNT_PROBLEMS)),
    ...entries.map((entry) => problemOf(entry, 'a parameter is not as described')),
    ...(body === undefined ? [] : [BAD_BODY, body.tooLarge]),
    ...problems,
  ];
}

function parametersOf(
  place: 'path' | 'query',
  entries: v.ObjectEntries,
): readonly ParameterDescription[] {
  return Object.entries(entries).map(([name, entry]) => describeParameter(name, place, entry));
}

function describeParameter(
  name: string,
  place: 'path' | 'query',
  entry: v.GenericSchema,
): ParameterDescription {
  const { description = '', ...schema } = schemaOf(entry);
  return { name, in: place, required: place === 'path', description, schema };
}

function describeHeader(
  name: string,
  { description, isOptional = false }: Operation['headers'][string],
): ParameterDescription {
  return { name, in: 'header', required: !isOptional, description, schema: { type: 'string' } };
}

function requestBodyOf({ body, rawBody }: Operation): OperationDescription['requestBody'] {
  if (rawBody !== undefined) {
    const { mediaType, description, isOptional = false, schema } = rawBody;
    const content = schema === undefined ? {} : { schema: schemaOf(schema) };
    return { required: !isOptional, description, content: { [mediaType]: content } };
  }
  if (body === undefined) return undefined;
  return {
    required: !v.is(body.schema, undefined),
    description: `At most ${body.maxBytes.toLocaleString('en')} bytes.`,
    content: { 'application/json': { schema: schemaOf(body.schema) } },
  };
}

function answersOf({ answers }: Operation): Record<string, ResponseDescription> {
  return Object.fromEntries(
    Object.entries(answers).map(([status, { description, schema, headers }]) => [
      status,
      {
        description,
        ...(headers === undefined ? {} : { headers: answerHeaders(headers) }),
        ...(schema === undefined
          ? {}
          : { content: { 'application/json': { schema: schemaOf(schema) } } }),
      },
    ]),
  );
}

function answerHeaders(
  headers: Readonly<Record<string, string>>,
): NonNullable<ResponseDescription['headers']> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, description]) => [
      name,
      { description, schema: { type: 'string' as const } },
    ]),
  );
}

function refusalsOf(problems: readonly Problem[]): Record<string, ResponseDescription> {
  const details = new Map<number, Map<string, string>>();
  for (const { status, code, detail } of problems) {
    const ofStatus = details.get(status) ?? new Map<string, string>();
    // The first that has a code is the one that describes it.
    if (!ofStatus.has(code)) ofStatus.set(code, detail);
    details.set(status, ofStatus);
  }
  const schema = { $ref: '#/components/schemas/Problem' };
  return Object.fromEntries(
    [...details].map(([status, codes]) => {
      const description = [...codes].map(([code, detail]) => `${code}: ${detail}`).join('\n');
      return [String(status), { description, content: { 'application/problem+json': { schema } } }];
    }),
  );
}

function schemaOf(schema: v.GenericSchema): JsonSchema {
  const { $schema: _dialect, ...described } = toJsonSchema(schema, AS_WRITTEN);
  // Metadata goes along, and this is ours (`problemOf`).
  Reflect.deleteProperty(described, 'code');
  return described;
}
