import { infoHashToBinary } from '../../shared/binary-strings.ts';
import type { InfoHash } from '../../shared/info-hash.ts';
import { NO_COUNTS, type SwarmCounts } from '../../shared/scrape.ts';
import { encodeLatin1 } from '../../shared/text.ts';

/**
 * A scrape reply (BEP 48): a dictionary under the raw 20 bytes of each info-hash, with BEP 21's `downloaders`.
 * `minIntervalSeconds` is how often to scrape at most.
 */
export function encodeScrapeReply(
  counts: ReadonlyMap<InfoHash, SwarmCounts>,
  minIntervalSeconds: number,
): Uint8Array<ArrayBuffer> {
  let files = '';
  // Hexadecimal text sorts as the bytes do.
  for (const infoHash of [...counts.keys()].toSorted()) {
    const swarm = counts.get(infoHash) ?? NO_COUNTS;
    files +=
      `20:${infoHashToBinary(infoHash)}d8:completei${swarm.seeders}e10:downloadedi${swarm.downloads}e` +
      `11:downloadersi${swarm.downloaders}e10:incompletei${swarm.leechers}ee`;
  }
  return encodeLatin1(`d5:filesd${files}e5:flagsd20:min_request_intervali${minIntervalSeconds}eee`);
}
