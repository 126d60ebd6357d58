import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { encodeBencode, encodeDictionary } from '../../../shared/bencode.ts';
import { infoHashBytes, infoHashFromBytes } from '../../../shared/info-hash.ts';
import { NO_COUNTS } from '../../../shared/scrape.ts';
import { decodeLatin1 } from '../../../shared/text.ts';
import { encodeScrapeReply } from '../../../tracker-worker/announce/encode-scrape-reply.ts';
import { infoHash, required } from '../shared/required.ts';

const FLAGS = '5:flagsd20:min_request_intervali1800ee';

describe('encodeScrapeReply()', () => {
  test('no swarms', () => {
    expect(decodeLatin1(encodeScrapeReply(new Map(), 1800))).toBe(`d5:filesde${FLAGS}e`);
  });

  test('one swarm under its raw bytes', () => {
    const hash = infoHash('ff'.repeat(20));
    const counts = { seeders: 1, leechers: 3, downloaders: 2, downloads: 4 };
    expect(decodeLatin1(encodeScrapeReply(new Map([[hash, counts]]), 1800))).toBe(
      `d5:filesd20:${'\xff'.repeat(20)}d8:completei1e10:downloadedi4e11:downloadersi2e10:incompletei3eee${FLAGS}e`,
    );
  });

  test('zeros for a swarm without peers', () => {
    const bytes = encodeScrapeReply(new Map([[infoHash('61'.repeat(20)), NO_COUNTS]]), 1800);
    expect(decodeLatin1(bytes)).toContain(
      'd8:completei0e10:downloadedi0e11:downloadersi0e10:incompletei0ee',
    );
  });

  test('writes what the encoding library writes, info-hashes in byte order', () => {
    const count = fc.nat({ max: Number.MAX_SAFE_INTEGER });
    const hash = fc
      .uint8Array({ minLength: 20, maxLength: 20 })
      .map((bytes) => required(infoHashFromBytes(bytes)));
    const counts = fc.record({
      seeders: count,
      leechers: count,
      downloaders: count,
      downloads: count,
    });
    fc.assert(
      fc.property(fc.array(fc.tuple(hash, counts)), fc.nat(), (swarms, minIntervalSeconds) => {
        const all = new Map(swarms);
        const files = encodeDictionary(
          Array.from(all, ([key, swarm]) => [
            infoHashBytes(key),
            encodeBencode({
              complete: swarm.seeders,
              downloaded: swarm.downloads,
              downloaders: swarm.downloaders,
              incomplete: swarm.leechers,
            }),
          ]),
        );
        const flags = encodeBencode({ min_request_interval: minIntervalSeconds });
        expect(encodeScrapeReply(all, minIntervalSeconds)).toEqual(
          encodeDictionary([
            ['files', files],
            ['flags', flags],
          ]),
        );
      }),
    );
  });
});
