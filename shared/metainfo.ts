import {
  type BencodeDictionary,
  type BencodeLimits,
  type BencodeNode,
  type BencodeRefusalCode,
  bytesOf,
  decodeBencode,
  type Encodable,
  encodeBencode,
  encodeDictionary,
  entryOf,
  integerOf,
  textOf,
} from './bencode.ts';
import { MAX_PATH_DEPTH, nameProblem } from './file-path.ts';
import { type FileExtent, SHA1_BYTES } from './pieces.ts';
import { accept, refuse, type Result } from './result.ts';

/** The largest .torrent that is published; 16 MB describe 800,000 pieces. */
export const MAX_METAINFO_BYTES = 16_000_000;
export const MAX_FILES = 50_000;
/** A decoded value takes up to 200 bytes, and a Worker has 128 MB for everything. */
const LIMITS: BencodeLimits = { bytes: MAX_METAINFO_BYTES, depth: 16, nodes: 400_000 };

const MAX_PIECE_LENGTH_BYTES = 2 ** 30;
const MAX_URL_LENGTH = 2048;
const TRACKER_URL = /^(https?|wss?|udp):\/\/./i;
/** BEP 19. */
const WEB_SEED_URL = /^(https?|ftp):\/\/./i;
const MAX_TRACKERS = 100;
const MAX_WEB_SEEDS = 100;
const MAX_COMMENT_CHARACTERS = 10_000;

/** A file of a torrent. `path` is below the torrent's folder; a single file's is empty: its name is the torrent's. */
export interface TorrentFile extends FileExtent {
  readonly path: readonly string[];
}

/** What the info-hash covers (BEP 3, `info`). */
export interface TorrentInfo {
  readonly name: string;
  readonly isFolder: boolean;
  readonly files: readonly TorrentFile[];
  readonly sizeBytes: number;
  readonly pieceLengthBytes: number;
  /** SHA-1 of each piece, 20 bytes each. */
  readonly pieceHashes: Uint8Array;
  /** BEP 27. */
  readonly isPrivate: boolean;
}

/** A .torrent that was read. */
export interface Metainfo {
  readonly info: TorrentInfo;
  /** The raw `info` slice: the info-hash is the SHA-1 of these very bytes. */
  readonly infoBytes: Uint8Array;
  /** Tiers of announce URLs (BEP 12), `announce` alone where there is no list. */
  readonly trackers: readonly (readonly string[])[];
  /** BEP 19. */
  readonly webSeeds: readonly string[];
  readonly comment: string | undefined;
}

export type MetainfoRefusalCode =
  | BencodeRefusalCode
  | 'not-a-torrent'
  | 'unsupported'
  | 'unsafe-path';

/**
 * Parses a v1 .torrent strictly (BEP 3, 12, 19, 27): canonical bytes, safe names, as many hashes as pieces.
 * Refusals name the key at fault.
 */
export function parseMetainfo(bytes: Uint8Array): Result<Metainfo, MetainfoRefusalCode> {
  const decoded = decodeBencode(bytes, LIMITS);
  if (!decoded.ok) return decoded;
  const root = decoded.value;
  if (root.type !== 'dictionary')
    return refuse('not-a-torrent', 'the .torrent is not a dictionary');
  const infoNode = entryOf(root, 'info');
  if (infoNode?.type !== 'dictionary') {
    return refuse('not-a-torrent', 'the .torrent has no info dictionary', 'info');
  }
  const info = parseInfo(infoNode);
  if (!info.ok) return info;
  const trackers = parseTrackers(root);
  if (!trackers.ok) return trackers;
  const webSeeds = parseWebSeeds(entryOf(root, 'url-list'));
  if (!webSeeds.ok) return webSeeds;
  return accept({
    info: info.value,
    infoBytes: bytes.subarray(infoNode.start, infoNode.end),
    trackers: trackers.value,
    webSeeds: webSeeds.value,
    comment: textOf(entryOf(root, 'comment'))?.slice(0, MAX_COMMENT_CHARACTERS).toWellFormed(),
  });
}

/** Parses the raw `info` dictionary alone. */
export function parseInfoBytes(bytes: Uint8Array): Result<TorrentInfo, MetainfoRefusalCode> {
  const decoded = decodeBencode(bytes, LIMITS);
  if (!decoded.ok) return decoded;
  if (decoded.value.type !== 'dictionary') {
    return refuse('not-a-torrent', 'the info is not a dictionary', 'info');
  }
  return parseInfo(decoded.value);
}

function parseInfo(info: BencodeDictionary): Result<TorrentInfo, MetainfoRefusalCode> {
  if (info.entries.has('meta version') || info.entries.has('file tree')) {
    return refuse(
      'unsupported',
      'v2 and hybrid torrents cannot be published yet',
      'info.meta version',
    );
  }
  const name = textOf(entryOf(info, 'name'));
  if (name === undefined)
    return refuse('not-a-torrent', 'the name is missing or not UTF-8', 'info.name');
  const problem = nameProblem(name);
  if (problem !== undefined) return refuse('unsafe-path', problem, 'info.name');

  const pieceLengthBytes = integerOf(entryOf(info, 'piece length'));
  if (
    pieceLengthBytes === undefined ||
    pieceLengthBytes < 1 ||
    pieceLengthBytes > MAX_PIECE_LENGTH_BYTES
  ) {
    return refuse(
      'not-a-torrent',
      'the piece length is missing or out of range',
      'info.piece length',
    );
  }
  const files = parseFiles(info);
  if (!files.ok) return files;
  const last = files.value.at(-1);
  const sizeBytes = last === undefined ? 0 : last.offsetBytes + last.lengthBytes;
  if (sizeBytes === 0) return refuse('not-a-torrent', 'the torrent has no bytes', 'info.files');

  const pieceHashes = bytesOf(entryOf(info, 'pieces'));
  if (pieceHashes?.length !== Math.ceil(sizeBytes / pieceLengthBytes) * SHA1_BYTES) {
    return refuse('not-a-torrent', 'there is not one SHA-1 for each piece', 'info.pieces');
  }
  return accept({
    name,
    isFolder: info.entries.has('files'),
    files: files.value,
    sizeBytes,
    pieceLengthBytes,
    pieceHashes,
    isPrivate: integerOf(entryOf(info, 'private')) === 1,
  });
}

function parseFiles(info: BencodeDictionary): Result<TorrentFile[], MetainfoRefusalCode> {
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

function parsePath(
  node: BencodeNode | undefined,
  at: string,
): Result<string[], MetainfoRefusalCode> {
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
): Result<never, MetainfoRefusalCode> | undefined {
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

/** Empty tiers and empty URLs, which some makers write for none, are as if absent. */
function parseTrackers(root: BencodeNode): Result<string[][], MetainfoRefusalCode> {
  const announceNode = entryOf(root, 'announce');
  if (announceNode?.type === 'list') {
    return refuse('not-a-torrent', 'the announce is not a URL', 'announce');
  }
  const announce = parseUrls(announceNode, TRACKER_URL, 'announce');
  if (!announce.ok) return announce;
  const list = entryOf(root, 'announce-list');
  if (list !== undefined && list.type !== 'list') {
    return refuse('not-a-torrent', 'the announce-list is not a list', 'announce-list');
  }
  const tiers: string[][] = [];
  let count = 0;
  for (const [index, node] of (list?.items ?? []).entries()) {
    const at = `announce-list[${index}]`;
    if (node.type !== 'list') return refuse('not-a-torrent', 'a tracker tier is not a list', at);
    const tier = parseUrls(node, TRACKER_URL, at);
    if (!tier.ok) return tier;
    count += tier.value.length;
    if (count > MAX_TRACKERS) return refuse('not-a-torrent', 'there are too many trackers', at);
    if (tier.value.length > 0) tiers.push(tier.value);
  }
  // BEP 12: a list makes `announce` moot.
  return accept(tiers.length > 0 || announce.value.length === 0 ? tiers : [announce.value]);
}

function parseWebSeeds(node: BencodeNode | undefined): Result<string[], MetainfoRefusalCode> {
  const urls = parseUrls(node, WEB_SEED_URL, 'url-list');
  return urls.ok && urls.value.length > MAX_WEB_SEEDS
    ? refuse('not-a-torrent', 'there are too many web seeds', 'url-list')
    : urls;
}

/** A list of URLs, or one in place of a list (BEP 19). */
function parseUrls(
  node: BencodeNode | undefined,
  pattern: RegExp,
  at: string,
): Result<string[], MetainfoRefusalCode> {
  const items = node === undefined ? [] : node.type === 'list' ? node.items : [node];
  const urls: string[] = [];
  for (const item of items) {
    const url = textOf(item);
    if (url === '') continue;
    if (url === undefined || url.length > MAX_URL_LENGTH || !pattern.test(url)) {
      return refuse('not-a-torrent', 'a URL is not one of this kind, or is too long', at);
    }
    urls.push(url);
  }
  return accept(urls);
}

/** The bencoded `info` dictionary of a v1 torrent, the same bytes for the same content on every machine. */
export function encodeInfo(info: Omit<TorrentInfo, 'sizeBytes'>): Uint8Array<ArrayBuffer> {
  const content: { [key: string]: Encodable } = info.isFolder
    ? { files: info.files.map((file) => ({ length: file.lengthBytes, path: file.path })) }
    : { length: info.files[0]?.lengthBytes ?? 0 };
  return encodeBencode({
    ...content,
    name: info.name,
    'piece length': info.pieceLengthBytes,
    pieces: info.pieceHashes,
    ...(info.isPrivate ? { private: 1 } : {}),
  });
}

/** What stands around `info`, and may change without changing the info-hash. */
export interface MetainfoOuter {
  readonly trackers: readonly (readonly string[])[];
  readonly webSeeds: readonly string[];
  readonly comment?: string | undefined;
}

/** A whole .torrent around the raw `info` bytes: `announce` is the first tracker (BEP 3), the list follows BEP 12. */
export function encodeMetainfo(
  infoBytes: Uint8Array,
  outer: MetainfoOuter,
): Uint8Array<ArrayBuffer> {
  const announce = outer.trackers[0]?.[0];
  const entries: [string, Uint8Array][] = [['info', infoBytes]];
  if (announce !== undefined) {
    entries.push(
      ['announce', encodeBencode(announce)],
      ['announce-list', encodeBencode(outer.trackers)],
    );
  }
  if (outer.comment !== undefined) entries.push(['comment', encodeBencode(outer.comment)]);
  if (outer.webSeeds.length > 0) entries.push(['url-list', encodeBencode(outer.webSeeds)]);
  return encodeDictionary(entries);
}
