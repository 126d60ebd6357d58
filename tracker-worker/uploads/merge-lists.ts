import { concatBytes } from '../../shared/bytes.ts';
import { decodeUtf8 } from '../../shared/text.ts';

/** A list of one seed box: at most 200 entries, each with a few long texts. */
const MAX_LIST_BYTES = 4 * 1024 * 1024;

/** The objects that answers list under a key, without the answers that do not. */
export async function readLists(answers: readonly Response[], key: string): Promise<object[][]> {
  const lists = await Promise.all(answers.map((answer) => readList(answer, key)));
  return lists.filter((list) => list !== undefined);
}

async function readList(answer: Response, key: string): Promise<object[] | undefined> {
  const body: ReadableStream<Uint8Array> | null = answer.body;
  if (answer.status !== 200 || body === null) return undefined;
  const parts: Uint8Array[] = [];
  let lengthBytes = 0;
  for await (const part of body) {
    lengthBytes += part.length;
    if (lengthBytes > MAX_LIST_BYTES) return undefined;
    parts.push(part);
  }
  const value = parseJson(decodeUtf8(concatBytes(parts)) ?? '');
  const list: unknown = typeof value === 'object' && value !== null && Reflect.get(value, key);
  return Array.isArray(list) ? list.filter(isObject) : undefined;
}

/** Lists of several seed boxes as one, in the order of a text that each entry has. */
export function mergeLists(
  lists: readonly (readonly object[])[],
  by: { readonly key: string; readonly direction: 'ascending' | 'descending' },
): object[] {
  const sign = by.direction === 'ascending' ? 1 : -1;
  return lists.flat().toSorted((a, b) => {
    const [first, second] = [String(Reflect.get(a, by.key)), String(Reflect.get(b, by.key))];
    return first === second ? 0 : first < second ? -sign : sign;
  });
}

/** The first `limit` entries, and those behind that have the same key as the last: a next page begins behind that. */
export function firstPage(sorted: readonly object[], key: string, limit: number): object[] {
  const last = sorted[limit - 1];
  if (last === undefined) return [...sorted];
  const isPast = (entry: object): boolean => Reflect.get(entry, key) !== Reflect.get(last, key);
  const end = sorted.findIndex((entry, index) => index >= limit && isPast(entry));
  return sorted.slice(0, end === -1 ? sorted.length : end);
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
