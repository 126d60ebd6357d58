import { type BencodeNode, bytesOf, textOf } from './bencode.ts';
import { nameProblem } from './file-path.ts';
import { accept, refuse, type Result, type Tolerance } from './result.ts';
import { decodeLatin1, decodeUtf8 } from './text.ts';

/**
 * A name in a .torrent: UTF-8, and safe to join to a path. What is let pass is shown as best it can: by the
 * `.utf-8` twin that old makers wrote beside a name in another encoding, or one character a byte.
 */
export function parseName(
  node: BencodeNode | undefined,
  twin: BencodeNode | undefined,
  at: string,
  tolerance: Tolerance,
): Result<string, 'not-a-torrent' | 'unsafe-path'> {
  const bytes = bytesOf(node);
  if (bytes === undefined) return refuse('not-a-torrent', 'a name is missing', at);
  return checkName(bytes, textOf(twin), at, tolerance);
}

/** The name that raw bytes are. */
export function checkName(
  bytes: Uint8Array,
  twin: string | undefined,
  at: string,
  tolerance: Tolerance,
): Result<string, 'unsafe-path'> {
  const text = decodeUtf8(bytes);
  if (text === undefined) {
    const encoded = refuse('unsafe-path', 'a name is not UTF-8', at);
    if (!tolerance(encoded.refusal)) return encoded;
  }
  const name = text ?? twin ?? decodeLatin1(bytes);
  const problem = nameProblem(name);
  if (problem !== undefined) {
    const unsafe = refuse('unsafe-path', problem, at);
    if (!tolerance(unsafe.refusal)) return unsafe;
  }
  return accept(name);
}
