import { getMimeType } from 'hono/utils/mime';

const BYTES = 'application/octet-stream';
/** What a browser would run, or would let run what is inside. */
const ACTIVE = /html|xml|script|json|css|svg|wasm|manifest|flash/;

/** The media type of a file of this name; of what a browser could run, that of mere bytes: strangers wrote it. */
export function contentTypeOf(name: string): string {
  const type = getMimeType(name.toLowerCase()) ?? BYTES;
  return ACTIVE.test(type) ? BYTES : type;
}
