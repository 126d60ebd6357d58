/** One swarm's counts, as a scrape (BEP 48) and the pages show them. */
export interface SwarmCounts {
  readonly seeders: number;
  /** Every peer without all of it, partial seeds too: `incomplete` on the wire. */
  readonly leechers: number;
  /** Of `leechers`, those that still download: all but the partial seeds (BEP 21). */
  readonly downloaders: number;
  /** The `completed` events that it ever saw. */
  readonly downloads: number;
}

export const NO_COUNTS: SwarmCounts = { seeders: 0, leechers: 0, downloaders: 0, downloads: 0 };
