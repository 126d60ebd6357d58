import { concatBytes } from '../../shared/bytes.ts';

/** The whole body, or an error as soon as it is longer than `maxBytes`. */
export async function readBounded(response: Response, maxBytes: number): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let length = 0;
  const body: AsyncIterable<Uint8Array> | null = response.body;
  if (body === null) return concatBytes([]);
  for await (const part of body) {
    length += part.length;
    if (length > maxBytes) throw new Error(`The answer is longer than ${maxBytes} bytes`);
    parts.push(part);
  }
  return concatBytes(parts);
}
