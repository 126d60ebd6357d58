import { concatBytes } from '../../shared/bytes.ts';

/** A body is longer than it may be. */
export class BodyTooLong extends Error {}

/** The whole body, or `BodyTooLong` as soon as it is longer than `maxBytes`. */
export async function readBounded(
  message: Pick<Response, 'body'>,
  maxBytes: number,
): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let length = 0;
  const body: AsyncIterable<Uint8Array> | null = message.body;
  if (body === null) return concatBytes([]);
  for await (const part of body) {
    length += part.length;
    if (length > maxBytes) throw new BodyTooLong(`The answer is longer than ${maxBytes} bytes`);
    parts.push(part);
  }
  return concatBytes(parts);
}
