import { invariant } from '../shared/invariant.ts';
import { accept, refuse, type Result } from '../shared/result.ts';

/** Whole numbers: the variable that holds each, and its inclusive range. */
const NUMBERS = {
  shardCount: ['SWARM_SHARDS', 1, 256],
  // newTrackon, which keeps the lists of public trackers, takes up to three hours.
  announceIntervalSeconds: ['ANNOUNCE_INTERVAL_SECONDS', 1, 10_800],
  webSocketIntervalSeconds: ['WEBSOCKET_INTERVAL_SECONDS', 1, 10_800],
  defaultPeersPerReply: ['DEFAULT_PEERS_PER_REPLY', 0, 1000],
  maxPeersPerReply: ['MAX_PEERS_PER_REPLY', 1, 1000],
  maxPeersPerSwarm: ['MAX_PEERS_PER_SWARM', 1, 1_000_000],
  maxPeersPerAddress: ['MAX_PEERS_PER_ADDRESS', 1, 1000],
  maxSwarmsPerShard: ['MAX_SWARMS_PER_SHARD', 1, 1_000_000],
  maxRequestsPerMinutePerAddress: ['MAX_REQUESTS_PER_MINUTE_PER_ADDRESS', 1, 1_000_000],
  // So many answers, of a thousand peers with their ids each, fit the 32 MiB that a call may carry.
  maxAnnouncesPerCall: ['MAX_ANNOUNCES_PER_CALL', 1, 256],
  maxTrackedAddresses: ['MAX_TRACKED_ADDRESSES', 2, 1_000_000],
  // One Durable Object holds at most 32,768 hibernatable sockets.
  maxSocketsPerAddress: ['MAX_SOCKETS_PER_ADDRESS', 1, 32_768],
  maxSocketsPerShard: ['MAX_SOCKETS_PER_SHARD', 1, 32_768],
  maxSocketMessageBytes: ['MAX_SOCKET_MESSAGE_BYTES', 1024, 1_000_000],
  maxSocketMessagesPerSecond: ['MAX_SOCKET_MESSAGES_PER_SECOND', 1, 10_000],
  // A socket's info-hashes stand in its attachment, which holds 16 KiB.
  maxTorrentsPerSocket: ['MAX_TORRENTS_PER_SOCKET', 1, 400],
  maxOffersPerAnnounce: ['MAX_OFFERS_PER_ANNOUNCE', 0, 100],
  maxSdpBytes: ['MAX_SDP_BYTES', 256, 65_536],
  // What fits into the longest query.
  maxScrapeInfoHashes: ['MAX_SCRAPE_INFO_HASHES', 1, 64],
  maxFullScrapeSwarms: ['MAX_FULL_SCRAPE_SWARMS', 1, 50_000],
} as const;

type NumberName = keyof typeof NUMBERS;

/** What the operator decides, proven: the vars of wrangler.toml, which says what each is for, and the secret. */
export interface Config extends Readonly<Record<NumberName, number>> {
  readonly trackerMode: 'published' | 'open';
  readonly fullScrape: boolean;
  readonly webSeedProxy: boolean;
  /** The share of requests that are logged, 0 to 1. */
  readonly logSampleRate: number;
  /** `undefined` where the secret is not set: then every write is refused. */
  readonly publisherToken: string | undefined;
}

/** The bindings that `parseConfig` reads. Types are what wrangler.toml can hold, not what it should. */
export type ConfigVars = Readonly<Record<string, unknown>>;

/** Parses the operator's values; the refusal names the variable at fault. */
export function parseConfig(vars: ConfigVars): Result<Config, 'bad-config'> {
  const trackerMode = vars['TRACKER_MODE'];
  if (trackerMode !== 'published' && trackerMode !== 'open') {
    return refuse('bad-config', 'it must be "published" or "open"', 'TRACKER_MODE');
  }
  const fullScrape = vars['FULL_SCRAPE'];
  if (fullScrape !== 'on' && fullScrape !== 'off') {
    return refuse('bad-config', 'it must be "on" or "off"', 'FULL_SCRAPE');
  }
  const webSeedProxy = vars['WEBSEED_PROXY'];
  if (webSeedProxy !== 'on' && webSeedProxy !== 'off') {
    return refuse('bad-config', 'it must be "on" or "off"', 'WEBSEED_PROXY');
  }
  const logSampleRate = parseShare(vars['LOG_SAMPLE_RATE']);
  if (logSampleRate === undefined) {
    return refuse('bad-config', 'it must be a number from 0 to 1', 'LOG_SAMPLE_RATE');
  }
  const token = vars['PUBLISHER_TOKEN'] ?? '';
  if (typeof token !== 'string') return refuse('bad-config', 'it must be text', 'PUBLISHER_TOKEN');
  const numbers = parseNumbers(vars);
  if (!numbers.ok) return numbers;
  if (!Number.isInteger(Math.log2(numbers.value.shardCount))) {
    return refuse('bad-config', 'it must be a power of two up to 256', 'SWARM_SHARDS');
  }
  return accept({
    ...numbers.value,
    trackerMode,
    fullScrape: fullScrape === 'on',
    webSeedProxy: webSeedProxy === 'on',
    logSampleRate,
    publisherToken: token === '' ? undefined : token,
  });
}

/** The configuration, or a throw that stops a deployment before it serves anyone. */
export function requireConfig(vars: ConfigVars): Config {
  const config = parseConfig(vars);
  if (config.ok) return config.value;
  throw new Error(`${config.refusal.at ?? 'A variable'} is wrong: ${config.refusal.reason}`);
}

function parseNumbers(vars: ConfigVars): Result<Record<NumberName, number>, 'bad-config'> {
  const numbers: Partial<Record<NumberName, number>> = {};
  for (const name of Object.keys(NUMBERS).filter(isNumberName)) {
    const [variable, min, max] = NUMBERS[name];
    const value = parseWholeNumber(vars[variable]);
    if (value === undefined || value < min || value > max) {
      return refuse('bad-config', `it must be a whole number from ${min} to ${max}`, variable);
    }
    numbers[name] = value;
  }
  invariant(isComplete(numbers), 'every number is parsed or refused');
  return accept(numbers);
}

function isComplete(
  numbers: Partial<Record<NumberName, number>>,
): numbers is Record<NumberName, number> {
  return Object.keys(NUMBERS).every((name) => Object.hasOwn(numbers, name));
}

function isNumberName(name: string): name is NumberName {
  return Object.hasOwn(NUMBERS, name);
}

function parseWholeNumber(value: unknown): number | undefined {
  if (typeof value === 'number') return Number.isInteger(value) ? value : undefined;
  return typeof value === 'string' && /^[0-9]{1,9}$/.test(value) ? Number(value) : undefined;
}

function parseShare(value: unknown): number | undefined {
  const isDecimal = typeof value === 'string' && /^[0-9](?:\.[0-9]{1,9})?$/.test(value);
  const share = isDecimal ? Number(value) : value;
  return typeof share === 'number' && share >= 0 && share <= 1 ? share : undefined;
}
