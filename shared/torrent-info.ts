import {
  type BencodeDictionary,
  bytesOf,
  type Encodable,
  encodeBencode,
  encodeDictionary,
  entryOf,
  integerOf,
  textOf,
} from './bencode.ts';
import { encodeFileTree, parseFileTree } from './file-tree.ts';
import type { TorrentFormat } from './info-hash.ts';
import { BLOCK_BYTES, SHA1_BYTES } from './pieces.ts';
import { accept, refuse, type Result, type Tolerance } from './result.ts';
import { listFiles, parseFiles, type PlacedFiles, type TorrentFile } from './torrent-files.ts';
import { parseName } from './torrent-name.ts';

const MAX_PIECE_LENGTH_BYTES = 2 ** 30;

/** What the info-hashes cover (BEP 3 and BEP 52, `info`). */
export interface TorrentInfo extends PlacedFiles {
  readonly format: TorrentFormat;
  readonly name: string;
  readonly isFolder: boolean;
  /** Bytes of all files, without padding. */
  readonly sizeBytes: number;
  readonly pieceLengthBytes: number;
  /** SHA-1 of each piece, 20 bytes each (BEP 3); undefined in a v2 torrent. */
  readonly pieceHashes: Uint8Array | undefined;
  /** BEP 27. */
  readonly isPrivate: boolean;
  /** Makes another info-hash of the same files, for trackers that want their own. */
  readonly source: string | undefined;
}

export type InfoRefusalCode = 'not-a-torrent' | 'unsupported' | 'unsafe-path';

type Parsed<T> = Result<T, InfoRefusalCode>;

/** Parses an `info` dictionary: v1 (BEP 3), v2 or hybrid (BEP 52). */
export function parseInfo(info: BencodeDictionary, tolerance: Tolerance): Parsed<TorrentInfo> {
  const format = parseFormat(info, tolerance);
  if (!format.ok) return format;
  const twin = entryOf(info, 'name.utf-8');
  const name = parseName(entryOf(info, 'name'), twin, 'info.name', tolerance);
  if (!name.ok) return name;
  const pieceLengthBytes = integerOf(entryOf(info, 'piece length'));
  const at = 'info.piece length';
  if (
    pieceLengthBytes === undefined ||
    pieceLengthBytes < 1 ||
    pieceLengthBytes > MAX_PIECE_LENGTH_BYTES
  ) {
    return refuse('not-a-torrent', 'the piece length is missing or out of range', at);
  }
  if (format.value !== 'v1' && !isV2PieceLength(pieceLengthBytes)) {
    return refuse('not-a-torrent', 'the piece length is not a power of two from 16 KiB up', at);
  }
  const content = parseContent(info, format.value, name.value, pieceLengthBytes, tolerance);
  if (!content.ok) return content;
  const sizeBytes = content.value.files.reduce((sum, file) => sum + file.lengthBytes, 0);
  if (sizeBytes === 0) {
    const key = format.value === 'v2' ? 'info.file tree' : 'info.files';
    const empty = refuse('not-a-torrent', 'the torrent has no bytes', key);
    if (!tolerance(empty.refusal)) return empty;
  }
  return accept({
    ...content.value,
    name: name.value,
    sizeBytes,
    pieceLengthBytes,
    isPrivate: integerOf(entryOf(info, 'private')) === 1,
    source: textOf(entryOf(info, 'source')),
  });
}

/** Whether a v2 torrent may have this piece length (BEP 52, `piece length`). */
export function isV2PieceLength(bytes: number): boolean {
  return (
    bytes >= BLOCK_BYTES && bytes <= MAX_PIECE_LENGTH_BYTES && Number.isInteger(Math.log2(bytes))
  );
}

function parseFormat(info: BencodeDictionary, tolerance: Tolerance): Parsed<TorrentFormat> {
  const at = 'info.meta version';
  const isListed = ['pieces', 'files', 'length'].some((key) => info.entries.has(key));
  const version = info.entries.get('meta version');
  if (version !== undefined && integerOf(version) !== 2) {
    const unknown = refuse('unsupported', 'the meta version is not 2', at);
    return isListed && tolerance(unknown.refusal) ? accept('v1') : unknown;
  }
  if (version === undefined) {
    if (!info.entries.has('file tree')) return accept('v1');
    const missing = refuse('not-a-torrent', 'there is a file tree without a meta version', at);
    return isListed && tolerance(missing.refusal) ? accept('v1') : missing;
  }
  return accept(isListed ? 'hybrid' : 'v2');
}

type Content = Pick<TorrentInfo, 'format' | 'isFolder' | 'files' | 'extentBytes' | 'pieceHashes'>;

function parseContent(
  info: BencodeDictionary,
  format: TorrentFormat,
  name: string,
  pieceLengthBytes: number,
  tolerance: Tolerance,
): Parsed<Content> {
  if (format === 'v1') return parseV1(info, pieceLengthBytes, tolerance);
  const tree = parseFileTree(entryOf(info, 'file tree'), pieceLengthBytes, tolerance);
  if (!tree.ok) return tree;
  const v2 = asV2(tree.value, name);
  if (format === 'v2') return accept(v2);
  const v1 = parseV1(info, pieceLengthBytes, tolerance);
  if (!v1.ok) return v1;
  if (haveSameFiles(v1.value, v2)) {
    const files = v1.value.files.map((file, index) => {
      const piecesRoot = v2.files[index]?.piecesRoot;
      return piecesRoot === undefined ? file : { ...file, piecesRoot };
    });
    return accept({ ...v1.value, format, files });
  }
  const differ = refuse(
    'not-a-torrent',
    'the file tree and the v1 files of this hybrid are not the same, aligned to pieces',
    v1.value.isFolder ? 'info.files' : 'info.length',
  );
  return tolerance(differ.refusal) ? v1 : differ;
}

function parseV1(
  info: BencodeDictionary,
  pieceLengthBytes: number,
  tolerance: Tolerance,
): Parsed<Content> {
  const placed = parseFiles(info, tolerance);
  if (!placed.ok) return placed;
  const pieceHashes = bytesOf(entryOf(info, 'pieces'));
  const pieceCount = Math.ceil(placed.value.extentBytes / pieceLengthBytes);
  // Nothing is known of data that has no hash: not even for a show of it.
  if (pieceHashes?.length !== pieceCount * SHA1_BYTES) {
    return refuse('not-a-torrent', 'there is not one SHA-1 for each piece', 'info.pieces');
  }
  return accept({
    format: 'v1',
    isFolder: info.entries.has('files'),
    ...placed.value,
    pieceHashes,
  });
}

/** A tree of one file of the torrent's own name is a single file: v2 has no other word for it (BEP 52, `name`). */
function asV2({ files, extentBytes }: PlacedFiles, name: string): Content {
  const [only] = files;
  const isFile = files.length === 1 && only?.path.length === 1 && only.path[0] === name;
  return {
    format: 'v2',
    isFolder: !isFile,
    files: isFile ? [{ ...only, path: [] }] : files,
    extentBytes,
    pieceHashes: undefined,
  };
}

/** Whether both halves of a hybrid describe one tree in one order; padding behind the last file may be there or not. */
function haveSameFiles(v1: Content, v2: Content): boolean {
  return (
    v1.isFolder === v2.isFolder &&
    v1.files.length === v2.files.length &&
    v1.files.every((file, index) => {
      const other = v2.files[index];
      return (
        file.lengthBytes === other?.lengthBytes &&
        (file.lengthBytes === 0 || file.offsetBytes === other.offsetBytes) &&
        file.path.length === other.path.length &&
        file.path.every((name, depth) => name === other.path[depth])
      );
    })
  );
}

/** The bencoded `info` dictionary: the same bytes for the same content on every machine. */
export function encodeInfo(info: Omit<TorrentInfo, 'sizeBytes'>): Uint8Array<ArrayBuffer> {
  const entries: [string, Encodable][] = [
    ['name', info.name],
    ['piece length', info.pieceLengthBytes],
  ];
  if (info.pieceHashes !== undefined) {
    entries.push(['pieces', info.pieceHashes]);
    if (info.isFolder) entries.push(['files', listFiles(info)]);
    else entries.push(['length', info.extentBytes]);
  }
  if (info.format !== 'v1') entries.push(['meta version', 2]);
  if (info.isPrivate) entries.push(['private', 1]);
  if (info.source !== undefined) entries.push(['source', info.source]);
  const encoded: [string, Uint8Array][] = entries.map(([key, value]) => [
    key,
    encodeBencode(value),
  ]);
  if (info.format !== 'v1') encoded.push(['file tree', encodeFileTree(info.files, info.name)]);
  return encodeDictionary(encoded);
}

/** The files that have a layer of piece hashes of their own (BEP 52, `piece layers`): those longer than a piece. */
export function layeredFiles(
  info: Pick<TorrentInfo, 'files' | 'pieceLengthBytes'>,
): readonly (TorrentFile & { readonly piecesRoot: Uint8Array })[] {
  const { files, pieceLengthBytes } = info;
  return files.flatMap(({ piecesRoot, ...file }) =>
    piecesRoot !== undefined && file.lengthBytes > pieceLengthBytes
      ? [{ ...file, piecesRoot }]
      : [],
  );
}
