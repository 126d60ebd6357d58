import type { InfoHash } from '../../shared/info-hash.ts';
import { logFault } from '../log.ts';
import type { Swarms } from '../swarm/swarm-shards.ts';

/** Whether the shard that owns an info-hash has taken over what the catalogue says of it now. */
export async function tellTracker(swarms: Swarms, infoHash: InfoHash): Promise<boolean> {
  try {
    await swarms.refreshStanding(infoHash);
    return true;
  } catch (error) {
    logFault('telling a shard of a standing', error);
    return false;
  }
}
