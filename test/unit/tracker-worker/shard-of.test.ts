import { expect, test } from 'vitest';
import { shardName, shardOf, sliceOfShardName } from '../../../tracker-worker/swarm/shard-of.ts';
import { infoHash } from './swarm-builders.ts';

test.each([
  ['00', 1, 0],
  ['ff', 1, 0],
  ['3f', 4, 0],
  ['40', 4, 1],
  ['bf', 4, 2],
  ['c0', 4, 3],
  ['ff', 4, 3],
  ['00', 256, 0],
  ['a5', 256, 165],
  ['ff', 256, 255],
])('shardOf() puts the first byte %s of %i shards into %i', (byte, shardCount, shard) => {
  expect(shardOf(infoHash(byte), shardCount)).toBe(shard);
});

test.each([1, 2, 4, 64, 256])(
  'sliceOfShardName() covers what shardOf() gives of %i',
  (shardCount) => {
    for (let byte = 0; byte < 256; byte += 1) {
      const shard = shardOf(infoHash(byte.toString(16).padStart(2, '0')), shardCount);
      const slice = sliceOfShardName(shardName(shard, shardCount));
      expect(slice?.firstByte).toBeLessThanOrEqual(byte);
      expect(slice?.lastByte).toBeGreaterThanOrEqual(byte);
    }
  },
);

test.each(['', 'catalog', '4/4', '0/3', '1/0', '0/4/', '-1/4'])(
  'sliceOfShardName() knows no %j',
  (name) => {
    expect(sliceOfShardName(name)).toBe(undefined);
  },
);
