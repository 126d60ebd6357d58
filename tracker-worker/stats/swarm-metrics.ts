import { type ShardStats, TOTAL_NAMES, type TotalName } from '../swarm/shard-stats.ts';
import type { MetricFamily, MetricSample } from '../../shared/prometheus.ts';

/** What each counter counts, for people and for Prometheus. */
export const TOTAL_HELP: Readonly<Record<TotalName, string>> = {
  announces: 'Announces that were answered, over HTTP and sockets',
  socketMessages: 'Messages that came over sockets',
  scrapes: 'Info-hashes that were scraped',
  downloads: 'Downloads that clients said they completed',
  offersRelayed: 'WebRTC offers that were relayed',
  answersRelayed: 'WebRTC answers that were relayed',
  refusals: 'Announces that were refused',
  rowsWritten: 'Database rows that were written',
  alarms: 'Alarms that rang',
  announceCalls: 'Calls that brought announces over HTTP; one of a busy edge brings many',
};

/** The metrics of the swarms, with a label for the shard. */
export function swarmMetrics(shards: readonly ShardStats[]): MetricFamily[] {
  const gauge = (name: string, help: string, read: (shard: ShardStats) => number): MetricFamily =>
    family(name, help, 'gauge', perShard(shards, read));
  return [
    gauge('swarms', 'Swarms with peers', (shard) => shard.swarms),
    family('peers', 'Peers by what they have', 'gauge', [
      ...perShard(shards, (shard) => shard.seeders, { role: 'seeder' }),
      // A partial seed is one of the leechers, but each peer has one role here, so that a sum is the number of peers.
      ...perShard(shards, (shard) => shard.leechers - shard.partialSeeds, { role: 'leecher' }),
      ...perShard(shards, (shard) => shard.partialSeeds, { role: 'partial' }),
    ]),
    gauge('sockets', 'Open WebSockets', (shard) => shard.sockets),
    gauge('parked_offers', 'WebRTC offers that wait for a seeder', (shard) => shard.parkedOffers),
    gauge('peer_bytes', 'Memory that peers take', (shard) => shard.peerBytes),
    ...TOTAL_NAMES.map((name) =>
      family(
        `${snakeCase(name)}_total`,
        TOTAL_HELP[name],
        'counter',
        perShard(shards, (shard) => shard.totals[name]),
      ),
    ),
  ];
}

function family(
  name: string,
  help: string,
  type: MetricFamily['type'],
  samples: readonly MetricSample[],
): MetricFamily {
  return { name: `evertorrent_${name}`, help, type, samples };
}

function perShard(
  shards: readonly ShardStats[],
  read: (shard: ShardStats) => number,
  labels: Readonly<Record<string, string>> = {},
): MetricSample[] {
  return shards.map((shard) => ({
    labels: { shard: shard.shard, ...labels },
    value: read(shard),
  }));
}

function snakeCase(camelCase: string): string {
  return camelCase.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
