import type { Swarms } from '../../../tracker-worker/swarm/swarm-shards.ts';

async function away(): Promise<never> {
  throw new Error('secret detail');
}

/** Swarms whose shards are away: every call fails. */
export const AWAY_SWARMS: Swarms = {
  announce: away,
  counts: away,
  allCounts: away,
  stats: away,
  connect: away,
  watch: away,
  refreshStanding: away,
};
