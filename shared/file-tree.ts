import {
  type BencodeDictionary,
  type BencodeNode,
  bytesOf,
  encodeBencode,
  encodeDictionary,
  entryOf,
  textOf,
} from './bencode.ts';
import { MAX_PATH_DEPTH } from './file-path.ts';
import { invariant } from './invariant.ts';
import { SHA256_BYTES } from './merkle.ts';
import { alignedOffsets } from './pieces.ts';
import { accept, refuse, type Result, type Tolerance } from './result.ts';
import { encodeLatin1, encodeUtf8 } from './text.ts';
import {
  type FilesRefusalCode,
  MAX_FILES,
  parseLength,
  type PlacedFiles,
  type TorrentFile,
} from './torrent-files.ts';
import { checkName } from './torrent-name.ts';

/** The key under which a file's properties stand (BEP 52, `file tree`). */
const PROPERTIES = '';

type TreeFile = Omit<TorrentFile, 'offsetBytes'>;

/** The files of a v2 `file tree` in its order, each that has bytes at the start of a piece (BEP 52). */
export function parseFileTree(
  tree: BencodeNode | undefined,
  pieceLengthBytes: number,
  tolerance: Tolerance,
): Result<PlacedFiles, FilesRefusalCode> {
  if (tree?.type !== 'dictionary') {
    return refuse('not-a-torrent', 'the file tree is not a dictionary', 'info.file tree');
  }
  if (tree.entries.has(PROPERTIES)) {
    return refuse('not-a-torrent', 'the root of the file tree is a file', 'info.file tree');
  }
  const found: TreeFile[] = [];
  const walked = walk(tree, [], found, tolerance);
  if (!walked.ok) return walked;
  const lengths = found.map((file) => file.lengthBytes);
  const { offsets, extentBytes } = alignedOffsets(lengths, pieceLengthBytes);
  if (!Number.isSafeInteger(extentBytes)) {
    return refuse('not-a-torrent', 'the files are larger than 2^53 - 1 bytes', 'info.file tree');
  }
  const files = found.map((file, index) =>
    Object.assign(file, { offsetBytes: offsets[index] ?? 0 }),
  );
  return accept({ files, extentBytes });
}

function walk(
  folder: BencodeDictionary,
  path: readonly string[],
  found: TreeFile[],
  tolerance: Tolerance,
): Result<null, FilesRefusalCode> {
  const at = ['info.file tree', ...path].join('/');
  if (folder.entries.size === 0) return refuse('not-a-torrent', 'a folder is empty', at);
  if (path.length >= MAX_PATH_DEPTH) return refuse('unsafe-path', 'the path is too deep', at);
  for (const [key, node] of folder.entries) {
    const name = checkName(encodeLatin1(key), undefined, at, tolerance);
    if (!name.ok) return name;
    if (node.type !== 'dictionary') {
      return refuse('not-a-torrent', 'an entry is not a dictionary', `${at}/${name.value}`);
    }
    const inner = [...path, name.value];
    const properties = node.entries.get(PROPERTIES);
    const walked =
      properties === undefined
        ? walk(node, inner, found, tolerance)
        : addFile(node, properties, inner, found, tolerance);
    if (!walked.ok) return walked;
  }
  return accept(null);
}

function addFile(
  entry: BencodeDictionary,
  properties: BencodeNode,
  path: readonly string[],
  found: TreeFile[],
  tolerance: Tolerance,
): Result<null, FilesRefusalCode> {
  const at = ['info.file tree', ...path].join('/');
  if (entry.entries.size > 1) {
    return refuse('not-a-torrent', 'a file has entries like a folder', at);
  }
  const lengthBytes = parseLength(entryOf(properties, 'length'));
  if (lengthBytes === undefined) {
    return refuse('not-a-torrent', 'the length is missing or out of range', at);
  }
  const piecesRoot = bytesOf(entryOf(properties, 'pieces root'));
  if (lengthBytes === 0 && (textOf(entryOf(properties, 'attr')) ?? '').includes('l')) {
    const link = refuse('unsupported', 'a symbolic link is not published', at);
    return tolerance(link.refusal) ? accept(null) : link;
  }
  if ((piecesRoot?.length ?? 0) !== (lengthBytes === 0 ? 0 : SHA256_BYTES)) {
    return refuse('not-a-torrent', 'the pieces root does not fit the length', at);
  }
  if (found.length >= MAX_FILES) {
    return refuse('not-a-torrent', 'there are too many files', 'info.file tree');
  }
  found.push(piecesRoot === undefined ? { path, lengthBytes } : { path, lengthBytes, piecesRoot });
  return accept(null);
}

interface Folder {
  readonly entries: Map<string, Folder | TorrentFile>;
}

/** The bencoded `file tree` of these files; a single file stands under `name`. */
export function encodeFileTree(
  files: readonly TorrentFile[],
  name: string,
): Uint8Array<ArrayBuffer> {
  const root: Folder = { entries: new Map() };
  for (const file of files) {
    const path = file.path.length === 0 ? [name] : file.path;
    let folder = root;
    for (const part of path.slice(0, -1)) {
      const next = folder.entries.get(part) ?? { entries: new Map() };
      invariant('entries' in next, 'no file is where another needs a folder');
      folder.entries.set(part, next);
      folder = next;
    }
    folder.entries.set(path.at(-1) ?? name, file);
  }
  return encodeFolder(root);
}

function encodeFolder(folder: Folder): Uint8Array<ArrayBuffer> {
  return encodeDictionary(
    [...folder.entries].map(([name, entry]) => [
      encodeUtf8(name),
      'entries' in entry ? encodeFolder(entry) : encodeFile(entry),
    ]),
  );
}

function encodeFile({ lengthBytes, piecesRoot }: TorrentFile): Uint8Array<ArrayBuffer> {
  const properties =
    lengthBytes === 0 ? { length: 0 } : { length: lengthBytes, 'pieces root': piecesRoot };
  return encodeDictionary([[PROPERTIES, encodeBencode(properties)]]);
}
