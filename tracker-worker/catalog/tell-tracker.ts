import type { InfoHash } from '../../shared/info-hash.ts';
import { logFault } from '../log.ts';
import type { Swarms } from '../swarm/swarm-shards.ts';

/** Whether the shards that own these info-hashes have taken over what the catalogue says of them now. */
export async function tellTracker(
  swarms: Swarms,
  infoHashes: readonly InfoHash[],
): Promise<boolean> {
  try {
    await Promise.all(infoHashes.map((infoHash) => swarms.refreshStanding(infoHash)));
    return true;
  } catch (error) {
    logFault('telling a shard of a standing', error);
    return false;
  }
}
