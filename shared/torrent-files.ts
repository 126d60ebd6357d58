import { type BencodeDictionary, type BencodeNode, entryOf, integerOf, textOf } from './bencode.ts';
import { MAX_PATH_DEPTH, nameProblem } from './file-path.ts';
import type { FileExtent } from './pieces.ts';
import { accept, refuse, type Result } from './result.ts';

export const MAX_FILES = 50_000;

/** A file of a torrent. `path` is below the torrent's folder; a single file's is empty: its name is the torrent's. */
export interface TorrentFile extends FileExtent {
  readonly path: readonly string[];
}

type FilesRefusalCode = 'not-a-torrent' | 'unsafe-path';

/** The files that an `info` dictionary lists (BEP 3): `length` for one, `files` for a folder of them. */
export function parseFiles(info: BencodeDictionary): Result<TorrentFile[], FilesRefusalCode> {
  const list = entryOf(info, 'files');
  const length = entryOf(info, 'length');
  if (list === undefined) {
    const lengthBytes = parseLength(length);
    return lengthBytes === undefined
      ? refuse('not-a-torrent', 'the length is missing or out of range', 'info.length')
      : accept([{ path: [], lengthBytes, offsetBytes: 0 }]);
  }
  if (length !== undefined)
    return refuse('not-a-torrent', 'there is both a length and files', 'info.length');
  if (list.type !== 'list' || list.items.length === 0) {
    return refuse('not-a-torrent', 'the files are not a list of files', 'info.files');
  }
  if (list.items.length > MAX_FILES)
    return refuse('not-a-torrent', 'there are too many files', 'info.files');

  const files: TorrentFile[] = [];
  let offsetBytes = 0;
  for (const [index, item] of list.items.entries()) {
    const lengthBytes = parseLength(entryOf(item, 'length'));
    const at = `info.files[${index}]`;
    if (lengthBytes === undefined) {
      return refuse('not-a-torrent', 'the length is missing or out of range', `${at}.length`);
    }
    const path = parsePath(entryOf(item, 'path'), `${at}.path`);
    if (!path.ok) return path;
    files.push({ path: path.value, lengthBytes, offsetBytes });
    offsetBytes += lengthBytes;
    if (!Number.isSafeInteger(offsetBytes)) {
      return refuse('not-a-torrent', 'the length is missing or out of range', `${at}.length`);
    }
  }
  return refuseColliding(files) ?? accept(files);
}

function parseLength(node: BencodeNode | undefined): number | undefined {
  const length = integerOf(node);
  return length === undefined || length < 0 ? undefined : length;
}

function parsePath(node: BencodeNode | undefined, at: string): Result<string[], FilesRefusalCode> {
  if (node?.type !== 'list' || node.items.length === 0) {
    return refuse('not-a-torrent', 'the path is not a list of names', at);
  }
  if (node.items.length > MAX_PATH_DEPTH) return refuse('unsafe-path', 'the path is too deep', at);
  const path: string[] = [];
  for (const item of node.items) {
    const name = textOf(item);
    if (name === undefined) return refuse('unsafe-path', 'a name is not UTF-8', at);
    const problem = nameProblem(name);
    if (problem !== undefined) return refuse('unsafe-path', problem, at);
    path.push(name);
  }
  return accept(path);
}

/**
 * Two files of one path, or a file where another needs a folder, cannot both be written. In the order of their
 * components such files are neighbours, which takes no memory for all the folders in between.
 */
function refuseColliding(
  files: readonly TorrentFile[],
): Result<never, FilesRefusalCode> | undefined {
  const sorted = [...files.entries()].toSorted(([, a], [, b]) => comparePaths(a.path, b.path));
  let previous: readonly string[] | undefined;
  for (const [index, { path }] of sorted) {
    if (previous !== undefined && previous.every((name, depth) => name === path[depth])) {
      return refuse('unsafe-path', 'two files have the same path', `info.files[${index}].path`);
    }
    previous = path;
  }
  return undefined;
}

function comparePaths(a: readonly string[], b: readonly string[]): number {
  for (const [depth, name] of a.entries()) {
    const other = b[depth];
    if (other === undefined) return 1;
    if (name !== other) return name < other ? -1 : 1;
  }
  return a.length - b.length;
}
