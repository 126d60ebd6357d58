import { concatBytes } from '../../shared/bytes.ts';
import { accept, refuse, type Result } from '../../shared/result.ts';

/** Reads a request body of at most `maxBytes`, and stops at the first byte past them. */
export async function readBody(
  request: Request,
  maxBytes: number,
): Promise<Result<Uint8Array, 'too-large'>> {
  const tooLarge = refuse('too-large', 'the body is larger than allowed');
  if (Number(request.headers.get('content-length') ?? 0) > maxBytes) return tooLarge;
  const body: ReadableStream<Uint8Array> | null = request.body;
  if (body === null) return accept(new Uint8Array());
  const parts: Uint8Array[] = [];
  let lengthBytes = 0;
  for await (const part of body) {
    lengthBytes += part.length;
    if (lengthBytes > maxBytes) return tooLarge;
    parts.push(part);
  }
  return accept(concatBytes(parts));
}
