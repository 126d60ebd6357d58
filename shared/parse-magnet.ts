import { fromHex } from './bytes.ts';
import {
  type InfoHash,
  type InfoHashes,
  infoHashFromBytes,
  infoHashFromHex,
  type InfoHashV2,
  infoHashV2FromHex,
} from './info-hash.ts';
import { SHA256_MULTIHASH } from './magnet.ts';
import { accept, refuse, type Result } from './result.ts';
import { MAX_FILES } from './torrent-files.ts';
import {
  MAX_TRACKERS,
  MAX_URL_LENGTH,
  MAX_WEB_SEEDS,
  TRACKER_URL,
  WEB_SEED_URL,
} from './torrent-urls.ts';

/** A run of file indexes from 0, both ends in it (BEP 53). */
interface FileRange {
  readonly first: number;
  readonly last: number;
}

/** What a magnet link tells (BEP 9, 53). */
export interface ParsedMagnet {
  readonly hashes: InfoHashes;
  /** `dn`. */
  readonly name: string | undefined;
  /** `tr`, in their order. */
  readonly trackers: readonly string[];
  /** `ws` (BEP 19). */
  readonly webSeeds: readonly string[];
  /** `xs` and `as`: where the .torrent itself may be fetched. */
  readonly torrentUrls: readonly string[];
  /** `x.pe`: `host:port`, as written. */
  readonly peers: readonly string[];
  /** `so` (BEP 53): the files that are wanted; undefined: all of them. */
  readonly selectedFiles: readonly FileRange[] | undefined;
}

const MAX_MAGNET_LENGTH = 65_536;
const MAX_PEERS = 100;
const MAX_TORRENT_URLS = 100;
const MAX_RANGES = 1_000;
const BASE32 = 'abcdefghijklmnopqrstuvwxyz234567';

/**
 * Parses a magnet link (BEP 9): info-hashes in hex or base32, keys in any order and numbered or not (`tr.1`). URLs and
 * peers that are none are passed over, since other clients would; a wrong hash or file selection is refused.
 */
export function parseMagnet(text: string): Result<ParsedMagnet, 'not-a-magnet'> {
  if (text.length > MAX_MAGNET_LENGTH) return refuse('not-a-magnet', 'the link is too long');
  if (!/^magnet:\?/i.test(text)) {
    return refuse('not-a-magnet', 'the link does not start with magnet:?');
  }
  const values = readParameters(text.slice('magnet:?'.length));
  if (values === undefined)
    return refuse('not-a-magnet', 'a percent sign does not start two digits');
  const hashes = parseHashes(values('xt'));
  if (!hashes.ok) return hashes;
  const selectedFiles = parseSelection(values('so'));
  if (!selectedFiles.ok) return selectedFiles;
  return accept({
    hashes: hashes.value,
    name: values('dn')[0],
    trackers: urls(values('tr'), TRACKER_URL, MAX_TRACKERS),
    webSeeds: urls(values('ws'), WEB_SEED_URL, MAX_WEB_SEEDS),
    torrentUrls: urls([...values('xs'), ...values('as')], WEB_SEED_URL, MAX_TORRENT_URLS),
    peers: values('x.pe')
      .filter((peer) => /^\S{1,255}:[0-9]{1,5}$/.test(peer))
      .slice(0, MAX_PEERS),
    selectedFiles: selectedFiles.value,
  });
}

/** Gives the values of a key, numbered ones too, in their order. */
function readParameters(query: string): ((key: string) => readonly string[]) | undefined {
  const values = new Map<string, string[]>();
  for (const parameter of query.split('&')) {
    const equals = parameter.indexOf('=');
    if (equals === -1) continue;
    const key = parameter
      .slice(0, equals)
      .toLowerCase()
      .replace(/\.[0-9]+$/, '');
    const value = decode(parameter.slice(equals + 1));
    if (value === undefined) return undefined;
    const known = values.get(key);
    if (known === undefined) values.set(key, [value]);
    else known.push(value);
  }
  return (key) => values.get(key) ?? [];
}

/** Percent-decoding, and `+` for a space as forms write it. */
function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return undefined;
  }
}

function parseHashes(topics: readonly string[]): Result<InfoHashes, 'not-a-magnet'> {
  let v1: InfoHash | undefined;
  let v2: InfoHashV2 | undefined;
  for (const topic of topics) {
    const [, kind, hash = ''] = /^urn:(btih|btmh):(.*)$/i.exec(topic) ?? [];
    if (kind === undefined) continue;
    if (kind.toLowerCase() === 'btih') {
      v1 ??= infoHashFromHex(hash) ?? infoHashFromBase32(hash);
      if (v1 === undefined) {
        return refuse('not-a-magnet', 'a btih is neither 40 hex digits nor 32 of base32', 'xt');
      }
    } else {
      const isSha256 = hash.startsWith(SHA256_MULTIHASH);
      v2 ??= isSha256 ? infoHashV2FromHex(hash.slice(SHA256_MULTIHASH.length)) : undefined;
      if (v2 === undefined) {
        return refuse('not-a-magnet', 'a btmh is not 1220 and 64 hex digits', 'xt');
      }
    }
  }
  if (v1 !== undefined) return accept({ v1, v2 });
  return v2 === undefined
    ? refuse('not-a-magnet', 'the link has no info-hash', 'xt')
    : accept({ v1, v2 });
}

function infoHashFromBase32(text: string): InfoHash | undefined {
  if (text.length !== 32) return undefined;
  let bits = '';
  for (const character of text.toLowerCase()) {
    const value = BASE32.indexOf(character);
    if (value === -1) return undefined;
    bits += value.toString(2).padStart(5, '0');
  }
  const hex = (bits.match(/.{4}/g) ?? []).map((digit) => Number.parseInt(digit, 2).toString(16));
  const bytes = fromHex(hex.join(''));
  return bytes === undefined ? undefined : infoHashFromBytes(bytes);
}

/** `0,2,4-6` (BEP 53, `so`). */
function parseSelection(
  values: readonly string[],
): Result<FileRange[] | undefined, 'not-a-magnet'> {
  if (values.length === 0) return accept(undefined);
  const ranges: FileRange[] = [];
  for (const part of values.join(',').split(',')) {
    const [, from, to] = /^([0-9]{1,6})(?:-([0-9]{1,6}))?$/.exec(part) ?? [];
    const first = Number(from);
    const last = to === undefined ? first : Number(to);
    const isRange = from !== undefined && first <= last && last < MAX_FILES;
    if (!isRange || ranges.length >= MAX_RANGES) {
      return refuse('not-a-magnet', 'the files selected are not indexes like 0,2,4-6', 'so');
    }
    ranges.push({ first, last });
  }
  return accept(ranges);
}

function urls(values: readonly string[], pattern: RegExp, limit: number): string[] {
  return values.filter((url) => url.length <= MAX_URL_LENGTH && pattern.test(url)).slice(0, limit);
}
