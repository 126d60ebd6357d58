import { encodeBencode, encodeDictionary } from './bencode.ts';
import { type InfoHash, infoHashBytes } from './info-hash.ts';

/** One swarm's counts. `downloads` are the `completed` events that it ever saw. */
export interface SwarmCounts {
  readonly seeders: number;
  readonly leechers: number;
  readonly downloads: number;
}

export const NO_COUNTS: SwarmCounts = { seeders: 0, leechers: 0, downloads: 0 };

/** A scrape reply (BEP 48): a dictionary under the raw 20 bytes of each info-hash. */
export function encodeScrapeReply(
  counts: ReadonlyMap<InfoHash, SwarmCounts>,
): Uint8Array<ArrayBuffer> {
  const files = [...counts].map(
    ([infoHash, swarm]) =>
      [
        infoHashBytes(infoHash),
        encodeBencode({
          complete: swarm.seeders,
          downloaded: swarm.downloads,
          incomplete: swarm.leechers,
        }),
      ] as const,
  );
  return encodeDictionary([['files', encodeDictionary(files)]]);
}
