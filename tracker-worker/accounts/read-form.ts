import { readBody } from '../catalog/read-body.ts';
import { decodeUtf8 } from '../../shared/text.ts';

/** A stranger's form: a token, and room for a few fields besides. */
export const MAX_FORM_BYTES = 16_384;
/**
 * A form of the console: a description of as many characters as there may be takes 12 bytes for each in the encoding
 * of forms, beside forty URLs.
 */
export const MAX_CONSOLE_FORM_BYTES = 262_144;

/** Whether a request says that its body is a form's, as a page without scripts sends it. */
export function isForm(request: Request): boolean {
  const type = request.headers.get('content-type') ?? '';
  return /^application\/x-www-form-urlencoded\s*(?:;|$)/i.test(type);
}

/** The fields of a form that was sent; `undefined` for any other body, and a larger one. */
export async function readForm(
  request: Request,
  maxBytes: number,
): Promise<URLSearchParams | undefined> {
  if (!isForm(request)) return undefined;
  const body = await readBody(request, maxBytes);
  const text = body.ok ? decodeUtf8(body.value) : undefined;
  return text === undefined ? undefined : new URLSearchParams(text);
}
