export const TOTAL_NAMES = [
  'announces',
  'socketMessages',
  'scrapes',
  'downloads',
  'offersRelayed',
  'answersRelayed',
  'refusals',
  'rowsWritten',
  'alarms',
  'announceCalls',
] as const;
export type TotalName = (typeof TOTAL_NAMES)[number];

/** Counters since the shard's storage was made; they may miss what came after its last write. */
export type Totals = Readonly<Record<TotalName, number>>;

/** How a shard is doing. */
export interface ShardStats {
  /** Its name, such as `0/4`. */
  readonly shard: string;
  readonly swarms: number;
  readonly seeders: number;
  /** Peers without all of it, partial seeds included. */
  readonly leechers: number;
  readonly partialSeeds: number;
  readonly sockets: number;
  readonly parkedOffers: number;
  /** What the peers' records take in memory. */
  readonly peerBytes: number;
  readonly totals: Totals;
}

export const NO_TOTALS: Totals = {
  announces: 0,
  socketMessages: 0,
  scrapes: 0,
  downloads: 0,
  offersRelayed: 0,
  answersRelayed: 0,
  refusals: 0,
  rowsWritten: 0,
  alarms: 0,
  announceCalls: 0,
};
