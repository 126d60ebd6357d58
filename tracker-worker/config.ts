import { accept, refuse, type Result } from '../shared/result.ts';

/** What the operator decides, proven: the vars of wrangler.toml and the secret. */
export interface Config {
  readonly trackerMode: 'published' | 'open';
  readonly shardCount: number;
  readonly announceIntervalSeconds: number;
  readonly defaultPeersPerReply: number;
  readonly maxPeersPerReply: number;
  readonly maxPeersPerSwarm: number;
  readonly maxPeersPerAddress: number;
  readonly maxSwarmsPerShard: number;
  /** `undefined` where the secret is not set: then every write is refused. */
  readonly publisherToken: string | undefined;
}

/** The bindings that `parseConfig` reads. Types are what wrangler.toml can hold, not what it should. */
export type ConfigVars = Readonly<Record<string, unknown>>;

/** Whole numbers with their inclusive range. */
const NUMBERS = {
  SWARM_SHARDS: [1, 256],
  ANNOUNCE_INTERVAL_SECONDS: [1, 86_400],
  DEFAULT_PEERS_PER_REPLY: [0, 1000],
  MAX_PEERS_PER_REPLY: [1, 1000],
  // A saved swarm is one SQLite row of at most 2 MB, a dual-stack peer 74 bytes of it.
  MAX_PEERS_PER_SWARM: [1, 25_000],
  MAX_PEERS_PER_ADDRESS: [1, 25_000],
  MAX_SWARMS_PER_SHARD: [1, 1_000_000],
} as const;

/** Parses the operator's values; the refusal names the variable at fault. */
export function parseConfig(vars: ConfigVars): Result<Config, 'bad-config'> {
  const mode = vars['TRACKER_MODE'];
  if (mode !== 'published' && mode !== 'open') {
    return refuse('bad-config', 'it must be "published" or "open"', 'TRACKER_MODE');
  }
  const token = vars['PUBLISHER_TOKEN'] ?? '';
  if (typeof token !== 'string') return refuse('bad-config', 'it must be text', 'PUBLISHER_TOKEN');

  const numbers = new Map<keyof typeof NUMBERS, number>();
  for (const name of Object.keys(NUMBERS).filter(isNumberName)) {
    const [min, max] = NUMBERS[name];
    const value = parseWholeNumber(vars[name]);
    if (value === undefined || value < min || value > max) {
      return refuse('bad-config', `it must be a whole number from ${min} to ${max}`, name);
    }
    numbers.set(name, value);
  }
  const number = (name: keyof typeof NUMBERS): number => numbers.get(name) ?? 0;

  const shardCount = number('SWARM_SHARDS');
  if (!Number.isInteger(Math.log2(shardCount))) {
    return refuse('bad-config', 'it must be a power of two up to 256', 'SWARM_SHARDS');
  }
  return accept({
    trackerMode: mode,
    shardCount,
    announceIntervalSeconds: number('ANNOUNCE_INTERVAL_SECONDS'),
    defaultPeersPerReply: number('DEFAULT_PEERS_PER_REPLY'),
    maxPeersPerReply: number('MAX_PEERS_PER_REPLY'),
    maxPeersPerSwarm: number('MAX_PEERS_PER_SWARM'),
    maxPeersPerAddress: number('MAX_PEERS_PER_ADDRESS'),
    maxSwarmsPerShard: number('MAX_SWARMS_PER_SHARD'),
    publisherToken: token === '' ? undefined : token,
  });
}

/** The configuration, or a throw that stops a deployment before it serves anyone. */
export function requireConfig(vars: ConfigVars): Config {
  const config = parseConfig(vars);
  if (config.ok) return config.value;
  throw new Error(`${config.refusal.at ?? 'A variable'} is wrong: ${config.refusal.reason}`);
}

function isNumberName(name: string): name is keyof typeof NUMBERS {
  return Object.hasOwn(NUMBERS, name);
}

function parseWholeNumber(value: unknown): number | undefined {
  if (typeof value === 'number') return Number.isInteger(value) ? value : undefined;
  return typeof value === 'string' && /^[0-9]{1,9}$/.test(value) ? Number(value) : undefined;
}
