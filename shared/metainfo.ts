import {
  type BencodeDictionary,
  type BencodeLimits,
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
import { nameProblem } from './file-path.ts';
import { SHA1_BYTES } from './pieces.ts';
import { accept, refuse, type Result } from './result.ts';
import { parseFiles, type TorrentFile } from './torrent-files.ts';
import { parseTrackers, parseWebSeeds } from './torrent-urls.ts';

/** The largest .torrent that is published; 16 MB describe 800,000 pieces. */
export const MAX_METAINFO_BYTES = 16_000_000;
/** A decoded value takes up to 200 bytes, and a Worker has 128 MB for everything. */
const LIMITS: BencodeLimits = { bytes: MAX_METAINFO_BYTES, depth: 16, nodes: 400_000 };

const MAX_PIECE_LENGTH_BYTES = 2 ** 30;
const MAX_COMMENT_CHARACTERS = 10_000;

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
