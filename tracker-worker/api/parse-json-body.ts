import * as v from 'valibot';
import { accept, refuse, type Result } from '../../shared/result.ts';
import { decodeUtf8 } from '../../shared/text.ts';

/** Parses a JSON body by its schema, whose messages are the reasons that a sender is told. An empty one is `undefined`. */
export function parseJsonBody<Schema extends v.GenericSchema>(
  schema: Schema,
  body: Uint8Array,
): Result<v.InferOutput<Schema>, 'bad-body'> {
  return checkJson(schema, parseJson(body));
}

/** The same of a value that came in another way, such as a form. */
export function checkJson<Schema extends v.GenericSchema>(
  schema: Schema,
  value: unknown,
): Result<v.InferOutput<Schema>, 'bad-body'> {
  const parsed = v.safeParse(schema, value, { abortEarly: true });
  if (parsed.success) return accept(parsed.output);
  const [issue] = parsed.issues;
  return refuse('bad-body', issue.message, placeOf(issue));
}

/** Where in the body it is, as other parsers say it: `files[3].path`. */
function placeOf({ path }: v.BaseIssue<unknown>): string | undefined {
  const keys = path?.map(({ key }) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`));
  return keys?.join('').replace(/^\./, '');
}

/** Null, which is no body's value, where it is not JSON in UTF-8, or a list: to a schema one of those is an object. */
function parseJson(body: Uint8Array): unknown {
  if (body.length === 0) return undefined;
  try {
    const value: unknown = JSON.parse(decodeUtf8(body) ?? '');
    return Array.isArray(value) ? null : value;
  } catch {
    return null;
  }
}
