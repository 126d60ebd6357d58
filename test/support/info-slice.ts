import { decodeLatin1 } from '../../shared/text.ts';

/** The raw `info` value of a .torrent, found by walking the bytes and nothing else; undefined where there is none. */
export function infoSlice(bytes: Uint8Array): Uint8Array | undefined {
  const text = decodeLatin1(bytes);
  if (text[0] !== 'd') return undefined;
  for (let at = 1; text[at] !== 'e';) {
    const valueStart = endOfValue(text, at);
    const key = text.slice(text.indexOf(':', at) + 1, valueStart);
    at = endOfValue(text, valueStart);
    if (key === 'info') return bytes.subarray(valueStart, at);
  }
  return undefined;
}

function endOfValue(text: string, start: number): number {
  const first = text[start];
  if (first === 'i') return text.indexOf('e', start) + 1;
  if (first === 'd' || first === 'l') {
    let at = start + 1;
    while (text[at] !== 'e') at = endOfValue(text, at);
    return at + 1;
  }
  const colon = text.indexOf(':', start);
  return colon + 1 + Number(text.slice(start, colon));
}
