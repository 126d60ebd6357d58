import { expect, test } from 'vitest';
import {
  shardName,
  shardOf,
  shardOfByte,
  shardOfName,
} from '../../../tracker-worker/swarm/shard-of.ts';
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

test.each([1, 2, 4, 64, 256])('shardOfName() covers what shardOf() gives of %i', (shardCount) => {
  for (let byte = 0; byte < 256; byte += 1) {
    const shard = shardOf(infoHash(byte.toString(16).padStart(2, '0')), shardCount);
    const identity = shardOfName(shardName(shard, shardCount));
    expect([shardOfByte(byte, shardCount), identity?.number]).toEqual([shard, shard]);
    expect(identity?.slice.firstByte).toBeLessThanOrEqual(byte);
    expect(identity?.slice.lastByte).toBeGreaterThanOrEqual(byte);
  }
});

test.each([1, 8, 256])('shardOfName() of %i shards covers every byte once', (shardCount) => {
  const bytes = Array.from({ length: shardCount }, (_, shard) => {
    const slice = shardOfName(shardName(shard, shardCount))?.slice;
    return slice === undefined ? 0 : slice.lastByte - slice.firstByte + 1;
  });
  expect(bytes.reduce((sum, count) => sum + count, 0)).toBe(256);
});

test.each([
  '',
  'catalog',
  '4/4',
  '0/3',
  '1/0',
  '0/0',
  '0/4/',
  '-1/4',
  '0/512',
  '1/257',
  ' 0/4',
  '0/4\n',
])('shardOfName() knows no %j', (name) => {
  expect(shardOfName(name)).toBe(undefined);
});
