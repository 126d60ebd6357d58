import { InvalidArgumentError, Option } from 'commander';
import { MAX_PORT, parseIpAddress } from '../shared/endpoint.ts';
import { TORRENT_FORMATS, type TorrentFormat } from '../shared/info-hash.ts';
import { MAX_URL_LENGTH } from '../shared/torrent-urls.ts';
import { LOG_LEVELS, type LogLevel } from './log.ts';
import { parseByteRate } from './parse-byte-rate.ts';

/** Whom a browser's peer must know behind a NAT: the address that others see. Operators may name others, or nobody. */
const DEFAULT_STUN_URL = 'stun:stun.cloudflare.com:3478';
const MAX_STUN_URLS = 4;
/** Trackers that one start may name. */
const MAX_NAMED_TRACKERS = 20;
const STUN_URL = /^stun:([a-z0-9]([a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:.]+\])(:[0-9]{1,5})?$/i;

const DEFAULT_MAX_UPLOAD_BYTES = 100_000_000_000;

/** Everything that can be set about a seed box: by flag, or by environment variable of the name in `.env()`. */
export interface SeedConfig {
  /** The edge's origin; undefined: the embedded edge. */
  readonly edgeUrl?: string;
  readonly edgeHost: string;
  readonly edgePort: number;
  readonly publisherToken?: string;
  readonly dataDir: string;
  readonly contentDir: string;
  readonly maxUploadBytes: number;
  readonly peerPort: number;
  readonly webrtcPort: number;
  /** Whether the router is asked for ports; undefined: where the edge is a deployed one. */
  readonly portMapping?: 'on' | 'off';
  readonly stunUrls: readonly string[];
  readonly httpHost: string;
  readonly httpPort: number;
  readonly publicHost?: string;
  /** Without a slash at its end. */
  readonly publicHttpUrl?: string;
  /** Bytes a second; undefined: as fast as it goes. */
  readonly uploadLimit?: number;
  readonly format: TorrentFormat;
  /** The trackers of others, of what is published; undefined: those that it has already. */
  readonly tracker?: readonly string[];
  readonly logLevel: LogLevel;
}

/** The flags of `seed`, each with its variable, its default and its check. */
export function seedOptions(): Option[] {
  return [
    new Option('--edge-url <url>', 'the deployed edge; unset: the embedded edge on this machine')
      .env('EVERTORRENT_EDGE_URL')
      .argParser(parseOrigin),
    new Option('--edge-host <address>', 'where the embedded edge listens')
      .env('EVERTORRENT_EDGE_HOST')
      .default('127.0.0.1')
      .argParser(parseHost),
    new Option('--edge-port <port>', 'the embedded edge’s port; 0: any free one')
      .env('EVERTORRENT_EDGE_PORT')
      .default(8787)
      .argParser(parsePort),
    new Option('--publisher-token <token>', 'the edge’s secret (embedded: made on the first start)')
      .env('EVERTORRENT_PUBLISHER_TOKEN')
      .argParser(parseToken),
    new Option('--data-dir <folder>', 'the library, the token and the embedded edge’s state')
      .env('EVERTORRENT_DATA_DIR')
      .default('./data')
      .argParser(parseText),
    new Option('--content-dir <folder>', 'where uploaded content is kept, and seeded from')
      .env('EVERTORRENT_CONTENT_DIR')
      .default('./content')
      .argParser(parseText),
    new Option('--max-upload-bytes <bytes>', 'the most that one publication by upload may have')
      .env('EVERTORRENT_MAX_UPLOAD_BYTES')
      .default(DEFAULT_MAX_UPLOAD_BYTES)
      .argParser(parseBytes),
    new Option('--peer-port <port>', 'the port for BitTorrent peers; 0: any free one')
      .env('EVERTORRENT_PEER_PORT')
      .default(6881)
      .argParser(parsePort),
    new Option('--webrtc-port <port>', 'the UDP port for browsers; 0: any free one')
      .env('EVERTORRENT_WEBRTC_PORT')
      .default(0)
      .argParser(parsePort),
    new Option(
      '--port-mapping <on|off>',
      'ask the router for both ports; unset: on with a deployed edge',
    )
      .env('EVERTORRENT_PORT_MAPPING')
      .choices(['on', 'off']),
    new Option('--stun-urls <urls>', 'who tells our public address to browsers; empty: nobody')
      .env('EVERTORRENT_STUN_URLS')
      .default([DEFAULT_STUN_URL])
      .argParser(parseStunUrls),
    new Option('--http-host <address>', 'where the seed box’s own HTTP server listens')
      .env('EVERTORRENT_HTTP_HOST')
      .default('127.0.0.1')
      .argParser(parseHost),
    new Option('--http-port <port>', 'its port; 0: any free one')
      .env('EVERTORRENT_HTTP_PORT')
      .default(8080)
      .argParser(parsePort),
    new Option(
      '--public-host <host>',
      'what peers dial; unset: what the edge sees, or this machine’s address',
    )
      .env('EVERTORRENT_PUBLIC_HOST')
      .argParser(parseHost),
    new Option(
      '--public-http-url <url>',
      'how the edge and browsers reach the HTTP server; unset: its own address',
    )
      .env('EVERTORRENT_PUBLIC_HTTP_URL')
      .argParser(parseBaseUrl),
    new Option(
      '--upload-limit <rate>',
      'bytes a second to all together, such as 10MB; unset: no limit',
    )
      .env('EVERTORRENT_UPLOAD_LIMIT')
      .argParser(parseUploadLimit),
    new Option('--format <format>', 'of the torrents that it makes; see create --help')
      .env('EVERTORRENT_FORMAT')
      .default('v1')
      .choices(TORRENT_FORMATS),
    new Option(
      '--tracker <url>',
      'another tracker of what is published; repeat for more; empty: none any more',
    )
      .env('EVERTORRENT_TRACKERS')
      .argParser(parseTrackers),
    new Option('--log-level <level>', 'how much to say on stderr')
      .env('EVERTORRENT_LOG_LEVEL')
      .default('info')
      .choices(LOG_LEVELS),
  ];
}

function parseText(text: string): string {
  if (text === '') throw new InvalidArgumentError('It is empty.');
  return text;
}

function parsePort(text: string): number {
  const port = /^[0-9]{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (!(port <= MAX_PORT))
    throw new InvalidArgumentError('A port is a whole number from 0 to 65535.');
  return port;
}

function parseBytes(text: string): number {
  const bytes = /^[0-9]{1,16}$/.test(text) ? Number(text) : Number.NaN;
  if (!Number.isSafeInteger(bytes) || bytes === 0)
    throw new InvalidArgumentError('It is a whole number of bytes, such as 100000000000.');
  return bytes;
}

function parseStunUrls(text: string): readonly string[] {
  const urls = text.split(',').map((url) => url.trim());
  if (urls.length === 1 && urls[0] === '') return [];
  if (!urls.every((url) => STUN_URL.test(url))) {
    throw new InvalidArgumentError('They are not URLs like stun:stun.example.org:3478.');
  }
  if (urls.length > MAX_STUN_URLS) {
    throw new InvalidArgumentError(`They are more than ${MAX_STUN_URLS}.`);
  }
  return urls;
}

/** One URL, or several between commas, behind those that were named before. */
function parseTrackers(text: string, before: readonly string[] | undefined): readonly string[] {
  const named = text.split(',').map((url) => url.trim());
  const urls = named.length === 1 && named[0] === '' ? [] : named;
  for (const url of urls) {
    const isTracker = /^(https?|wss?):$/.test(URL.parse(url)?.protocol ?? '');
    if (!isTracker) {
      throw new InvalidArgumentError(`"${url}" is not a tracker's URL of http, https, ws or wss.`);
    }
    if (url.length > MAX_URL_LENGTH) {
      throw new InvalidArgumentError(`One is longer than ${MAX_URL_LENGTH} characters.`);
    }
  }
  const all = [...new Set([...(before ?? []), ...urls])];
  if (all.length > MAX_NAMED_TRACKERS) {
    throw new InvalidArgumentError(`They are more than ${MAX_NAMED_TRACKERS}.`);
  }
  return all;
}

function parseUploadLimit(text: string): number {
  const rate = parseByteRate(text);
  if (typeof rate === 'string') throw new InvalidArgumentError(rate);
  return rate;
}

/** An address or a hostname: whether it can be used shows when it is. */
function parseHost(text: string): string {
  const isHostname = /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/i.test(text);
  if (!isHostname && parseIpAddress(text) === undefined) {
    throw new InvalidArgumentError('It is neither an IP address nor a hostname.');
  }
  return text;
}

function parseToken(text: string): string {
  // It travels in an HTTP header (RFC 6750, `b64token`).
  if (!/^[A-Za-z0-9._~+/-]{16,256}=*$/.test(text)) {
    throw new InvalidArgumentError('A token is 16 to 256 letters, digits and any of - . _ ~ + /.');
  }
  return text;
}

/** An http or https URL that paths are appended to: without a slash at its end. */
function parseBaseUrl(text: string): string {
  const url = URL.parse(text);
  const isBase =
    url !== null &&
    (url.protocol === 'https:' || url.protocol === 'http:') &&
    url.search + url.hash + url.username + url.password === '';
  if (!isBase) throw new InvalidArgumentError('It is not a URL like https://seed.example.org.');
  return url.href.replace(/\/+$/, '');
}

function parseOrigin(text: string): string {
  const url = URL.parse(text);
  const isOrigin =
    url !== null &&
    (url.protocol === 'https:' || url.protocol === 'http:') &&
    url.pathname === '/' &&
    url.search + url.hash + url.username + url.password === '';
  if (!isOrigin)
    throw new InvalidArgumentError('It is not an origin like https://edge.example.org.');
  return url.origin;
}
