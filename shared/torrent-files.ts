import {
  type BencodeDictionary,
  type BencodeNode,
  type Encodable,
  entryOf,
  integerOf,
  textOf,
} from './bencode.ts';
import { MAX_PATH_DEPTH } from './file-path.ts';
import type { FileExtent } from './pieces.ts';
import { accept, refuse, type Result, type Tolerance } from './result.ts';
import { parseName } from './torrent-name.ts';

export const MAX_FILES = 50_000;

/**
 * A file of a torrent. `path` is below the torrent's folder; a single file's is empty: its name is the torrent's.
 * Padding (BEP 47) is no file: it is where the next file's offset is beyond this one's end.
 */
export interface TorrentFile extends FileExtent {
  readonly path: readonly string[];
  /** The root of its merkle tree, 32 bytes (BEP 52); undefined in a v1 torrent, and for an empty file. */
  readonly piecesRoot?: Uint8Array;
}

/** Files and the extent of the one byte sequence that they form, padding included. */
export interface PlacedFiles {
  readonly files: readonly TorrentFile[];
  readonly extentBytes: number;
}

export type FilesRefusalCode = 'not-a-torrent' | 'unsupported' | 'unsafe-path';

/** The files that a v1 `info` dictionary lists (BEP 3): `length` for one, `files` for a folder of them. */
export function parseFiles(
  info: BencodeDictionary,
  tolerance: Tolerance,
): Result<PlacedFiles, FilesRefusalCode> {
  const list = entryOf(info, 'files');
  const length = entryOf(info, 'length');
  if (list === undefined) {
    const lengthBytes = parseLength(length);
    return lengthBytes === undefined
      ? refuse('not-a-torrent', 'the length is missing or out of range', 'info.length')
      : accept({ files: [{ path: [], lengthBytes, offsetBytes: 0 }], extentBytes: lengthBytes });
  }
  if (length !== undefined) {
    const both = refuse('not-a-torrent', 'there is both a length and files', 'info.length');
    if (!tolerance(both.refusal)) return both;
  }
  if (list.type !== 'list' || list.items.length === 0) {
    return refuse('not-a-torrent', 'the files are not a list of files', 'info.files');
  }
  // Padding may stand before each of them.
  if (list.items.length > 2 * MAX_FILES)
    return refuse('not-a-torrent', 'there are too many files', 'info.files');
  return placeFiles(list.items, tolerance);
}

function placeFiles(
  items: readonly BencodeNode[],
  tolerance: Tolerance,
): Result<PlacedFiles, FilesRefusalCode> {
  const files: TorrentFile[] = [];
  const positions: number[] = [];
  let extentBytes = 0;
  for (const [index, item] of items.entries()) {
    const at = `info.files[${index}]`;
    const lengthBytes = parseLength(entryOf(item, 'length'));
    if (lengthBytes === undefined || !Number.isSafeInteger(extentBytes + lengthBytes)) {
      return refuse('not-a-torrent', 'the length is missing or out of range', `${at}.length`);
    }
    const attributes = textOf(entryOf(item, 'attr')) ?? '';
    const isLink = attributes.includes('l') && lengthBytes === 0;
    if (isLink) {
      const link = refuse('unsupported', 'a symbolic link is not published', `${at}.attr`);
      if (!tolerance(link.refusal)) return link;
    } else if (!attributes.includes('p')) {
      const path = parsePath(item, at, tolerance);
      if (!path.ok) return path;
      files.push({ path: path.value, lengthBytes, offsetBytes: extentBytes });
      positions.push(index);
    }
    extentBytes += lengthBytes;
  }
  if (files.length === 0) return refuse('not-a-torrent', 'there is no file', 'info.files');
  if (files.length > MAX_FILES)
    return refuse('not-a-torrent', 'there are too many files', 'info.files');
  const colliding = findColliding(files);
  if (colliding !== undefined) {
    const at = `info.files[${positions[colliding]}].path`;
    const collision = refuse('unsafe-path', 'two files have the same path', at);
    if (!tolerance(collision.refusal)) return collision;
  }
  return accept({ files, extentBytes });
}

/** The `files` of a v1 `info`, with padding (BEP 47) where files do not follow each other. */
export function listFiles({ files, extentBytes }: PlacedFiles): Encodable[] {
  const list: Encodable[] = [];
  let endBytes = 0;
  const padTo = (offsetBytes: number): void => {
    const length = offsetBytes - endBytes;
    if (length > 0) list.push({ attr: 'p', length, path: ['.pad', String(length)] });
  };
  for (const file of files) {
    padTo(file.offsetBytes);
    list.push({ length: file.lengthBytes, path: file.path });
    endBytes = file.offsetBytes + file.lengthBytes;
  }
  padTo(extentBytes);
  return list;
}

/** A length of a file; `undefined` for what is none. */
export function parseLength(node: BencodeNode | undefined): number | undefined {
  const length = integerOf(node);
  return length === undefined || length < 0 ? undefined : length;
}

function parsePath(
  file: BencodeNode,
  at: string,
  tolerance: Tolerance,
): Result<string[], FilesRefusalCode> {
  const node = entryOf(file, 'path');
  if (node?.type !== 'list' || node.items.length === 0) {
    return refuse('not-a-torrent', 'the path is not a list of names', `${at}.path`);
  }
  if (node.items.length > MAX_PATH_DEPTH) {
    return refuse('unsafe-path', 'the path is too deep', `${at}.path`);
  }
  const better = entryOf(file, 'path.utf-8');
  const path: string[] = [];
  for (const [depth, item] of node.items.entries()) {
    const alternative = better?.type === 'list' ? better.items[depth] : undefined;
    const name = parseName(item, alternative, `${at}.path`, tolerance);
    if (!name.ok) return name;
    path.push(name.value);
  }
  return accept(path);
}

/**
 * Two files of one path, or a file where another needs a folder, cannot both be written: the index of such a one.
 * In the order of their components they are neighbours, which takes no memory for all the folders in between.
 */
export function findColliding(
  files: readonly { readonly path: readonly string[] }[],
): number | undefined {
  const sorted = [...files.entries()].toSorted(([, a], [, b]) => comparePaths(a.path, b.path));
  let previous: readonly string[] | undefined;
  for (const [index, { path }] of sorted) {
    if (previous !== undefined && previous.every((name, depth) => name === path[depth])) {
      return index;
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
