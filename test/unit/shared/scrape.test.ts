import { describe, expect, test } from 'vitest';
import { decodeBencode, entryOf, integerOf } from '../../../shared/bencode.ts';
import { infoHashBytes } from '../../../shared/info-hash.ts';
import { encodeScrapeReply, NO_COUNTS } from '../../../shared/scrape.ts';
import { decodeLatin1 } from '../../../shared/text.ts';
import { accepted, infoHash } from './required.ts';

describe('encodeScrapeReply()', () => {
  test('no swarms', () => {
    expect(decodeLatin1(encodeScrapeReply(new Map()))).toBe('d5:filesdee');
  });

  test('one swarm under its raw bytes', () => {
    const hash = infoHash('ff'.repeat(20));
    const counts = { seeders: 1, leechers: 2, downloads: 3 };
    expect(decodeLatin1(encodeScrapeReply(new Map([[hash, counts]])))).toBe(
      `d5:filesd20:${'\xff'.repeat(20)}d8:completei1e10:downloadedi3e10:incompletei2eeee`,
    );
  });

  test('swarms in byte order, each with its own counts', () => {
    const hashes = ['ff', '00', '7f', '80'].map((byte) => infoHash(byte.repeat(20)));
    const counts = new Map(
      hashes.map((hash, index) => [hash, { ...NO_COUNTS, seeders: index }] as const),
    );
    const limits = { bytes: 1000, depth: 4, nodes: 100 };
    // Decoding takes keys in byte order only.
    const files = entryOf(accepted(decodeBencode(encodeScrapeReply(counts), limits)), 'files');
    for (const [index, hash] of hashes.entries()) {
      const swarm = entryOf(files, decodeLatin1(infoHashBytes(hash)));
      expect(integerOf(entryOf(swarm, 'complete'))).toBe(index);
    }
  });
});
