import { readBody } from '../catalog/read-body.ts';
import { decodeUtf8 } from '../../shared/text.ts';

/** A form's body: a token, and room for a few fields besides. */
const MAX_FORM_BYTES = 16_384;

/** Whether a request says that its body is a form's, as a page without scripts sends it. */
export function isForm(request: Request): boolean {
  const type = request.headers.get('content-type') ?? '';
  return /^application\/x-www-form-urlencoded\s*(?:;|$)/i.test(type);
}

/** The fields of a form that was sent; `undefined` for any other body, and a larger one. */
export async function readForm(request: Request): Promise<URLSearchParams | undefined> {
  if (!isForm(request)) return undefined;
  const body = await readBody(request, MAX_FORM_BYTES);
  const text = body.ok ? decodeUtf8(body.value) : undefined;
  return text === undefined ? undefined : new URLSearchParams(text);
}
