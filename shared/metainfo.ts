import {
  type BencodeLimits,
  type BencodeRefusalCode,
  decodeBencode,
  encodeBencode,
  encodeDictionary,
  entryOf,
  integerOf,
  textOf,
} from './bencode.ts';
import { MAX_PATH_DEPTH } from './file-path.ts';
import { encodePieceLayers, parsePieceLayers, type PieceLayers } from './piece-layers.ts';
import { accept, refuse, type Refusal, type Result, STRICT, type Tolerance } from './result.ts';
import { type InfoRefusalCode, parseInfo, type TorrentInfo } from './torrent-info.ts';
import { parseTrackers, parseWebSeeds } from './torrent-urls.ts';

/** The largest .torrent that is published; 16 MB describe 800,000 pieces. */
export const MAX_METAINFO_BYTES = 16_000_000;
const LIMITS: BencodeLimits = {
  bytes: MAX_METAINFO_BYTES,
  /** A file tree is as deep as its paths, with a few dictionaries around it. */
  depth: MAX_PATH_DEPTH + 8,
  /** A decoded value takes up to 200 bytes, and a Worker has 128 MB for everything. */
  nodes: 400_000,
};

const MAX_TEXT_CHARACTERS = 10_000;

/** A .torrent that was read. */
export interface Metainfo {
  readonly info: TorrentInfo;
  /** The raw `info` slice: the info-hashes are the SHA-1 and SHA-256 of these very bytes. */
  readonly infoBytes: Uint8Array;
  /** Tiers of announce URLs (BEP 12), `announce` alone where there is no list. */
  readonly trackers: readonly (readonly string[])[];
  /** BEP 19. */
  readonly webSeeds: readonly string[];
  readonly comment: string | undefined;
  readonly createdBy: string | undefined;
  /** Seconds since 1970. */
  readonly createdAtSeconds: number | undefined;
  /** BEP 52; undefined in a v1 torrent. */
  readonly pieceLayers: PieceLayers | undefined;
}

export type MetainfoRefusalCode = BencodeRefusalCode | InfoRefusalCode;

/**
 * Parses a .torrent strictly (BEP 3, 12, 19, 27, 47, 52): canonical bytes, safe names, as many hashes as pieces. What
 * is accepted may be published. Refusals name the key at fault.
 */
export function parseMetainfo(bytes: Uint8Array): Result<Metainfo, MetainfoRefusalCode> {
  return parseWith(bytes, STRICT);
}

/**
 * Parses a stranger's .torrent as far as sense can be made of it, and tells of each defect that keeps it from being
 * published. Its info-hash is the hash of the raw `info` slice, canonical or not.
 */
export function inspectMetainfo(
  bytes: Uint8Array,
  onDefect: (defect: Refusal) => void,
): Result<Metainfo, MetainfoRefusalCode> {
  return parseWith(bytes, (defect) => {
    onDefect(defect);
    return true;
  });
}

function parseWith(bytes: Uint8Array, tolerance: Tolerance): Result<Metainfo, MetainfoRefusalCode> {
  const decoded = decodeBencode(bytes, LIMITS, tolerance);
  if (!decoded.ok) return decoded;
  const root = decoded.value;
  if (root.type !== 'dictionary')
    return refuse('not-a-torrent', 'the .torrent is not a dictionary');
  const infoNode = entryOf(root, 'info');
  if (infoNode?.type !== 'dictionary') {
    return refuse('not-a-torrent', 'the .torrent has no info dictionary', 'info');
  }
  const info = parseInfo(infoNode, tolerance);
  if (!info.ok) return info;
  const pieceLayers =
    info.value.format === 'v1'
      ? accept(undefined)
      : parsePieceLayers(entryOf(root, 'piece layers'), info.value, tolerance);
  if (!pieceLayers.ok) return pieceLayers;
  const trackers = parseTrackers(root, tolerance);
  if (!trackers.ok) return trackers;
  const webSeeds = parseWebSeeds(entryOf(root, 'url-list'), tolerance);
  if (!webSeeds.ok) return webSeeds;
  const text = (key: string): string | undefined =>
    textOf(entryOf(root, key))?.slice(0, MAX_TEXT_CHARACTERS).toWellFormed();
  return accept({
    info: info.value,
    infoBytes: bytes.subarray(infoNode.start, infoNode.end),
    trackers: trackers.value,
    webSeeds: webSeeds.value,
    comment: text('comment'),
    createdBy: text('created by'),
    createdAtSeconds: integerOf(entryOf(root, 'creation date')),
    pieceLayers: pieceLayers.value,
  });
}

/** Parses the raw `info` dictionary alone. */
export function parseInfoBytes(bytes: Uint8Array): Result<TorrentInfo, MetainfoRefusalCode> {
  const decoded = decodeBencode(bytes, LIMITS);
  if (!decoded.ok) return decoded;
  if (decoded.value.type !== 'dictionary') {
    return refuse('not-a-torrent', 'the info is not a dictionary', 'info');
  }
  return parseInfo(decoded.value, STRICT);
}

/** What stands around `info`, and may change without changing the info-hashes. */
export interface MetainfoOuter {
  readonly trackers: readonly (readonly string[])[];
  readonly webSeeds: readonly string[];
  readonly comment?: string | undefined;
  readonly createdBy?: string | undefined;
  /** Seconds since 1970. */
  readonly createdAtSeconds?: number | undefined;
  /** Of a v2 or hybrid torrent, where the key is written though it be empty (BEP 52); undefined in a v1 torrent. */
  readonly pieceLayers?: PieceLayers | undefined;
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
  if (outer.createdBy !== undefined) entries.push(['created by', encodeBencode(outer.createdBy)]);
  if (outer.createdAtSeconds !== undefined) {
    entries.push(['creation date', encodeBencode(outer.createdAtSeconds)]);
  }
  if (outer.pieceLayers !== undefined) {
    entries.push(['piece layers', encodePieceLayers(outer.pieceLayers)]);
  }
  if (outer.webSeeds.length > 0) entries.push(['url-list', encodeBencode(outer.webSeeds)]);
  return encodeDictionary(entries);
}
