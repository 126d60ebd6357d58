import { NO_TOTALS, type ShardStats, TOTAL_NAMES, type TotalName } from '../swarm/shard-stats.ts';

/** The sums over all shards. */
export type TotalStats = Omit<ShardStats, 'shard'>;

/** Adds the shards up. */
export function totalStats(shards: readonly ShardStats[]): TotalStats {
  const sum = (read: (shard: ShardStats) => number): number =>
    shards.reduce((total, shard) => total + read(shard), 0);
  const totals: Record<TotalName, number> = { ...NO_TOTALS };
  for (const name of TOTAL_NAMES) totals[name] = sum((shard) => shard.totals[name]);
  return {
    swarms: sum((shard) => shard.swarms),
    seeders: sum((shard) => shard.seeders),
    leechers: sum((shard) => shard.leechers),
    partialSeeds: sum((shard) => shard.partialSeeds),
    sockets: sum((shard) => shard.sockets),
    parkedOffers: sum((shard) => shard.parkedOffers),
    peerBytes: sum((shard) => shard.peerBytes),
    totals,
  };
}
