import type { InfoHash } from '../../shared/info-hash.ts';

/** The info-hashes that one shard owns, by their first byte: both ends are in it. */
export interface ShardSlice {
  readonly firstByte: number;
  readonly lastByte: number;
}

/** The shard that owns an info-hash: its first byte scaled to `shardCount`, a power of two up to 256. */
export function shardOf(infoHash: InfoHash, shardCount: number): number {
  return Math.floor((Number.parseInt(infoHash.slice(0, 2), 16) * shardCount) / 256);
}

/** The object name of a shard. The count is in it, so that a shard of another cut never answers for this one. */
export function shardName(shard: number, shardCount: number): string {
  return `${shard}/${shardCount}`;
}

/** The slice that the shard of this name owns; `undefined` where `shardName` made no such name. */
export function sliceOfShardName(name: string): ShardSlice | undefined {
  const match = /^([0-9]{1,3})\/([0-9]{1,3})$/.exec(name);
  if (match === null) return undefined;
  const shard = Number(match[1]);
  const shardCount = Number(match[2]);
  if (shard >= shardCount || !Number.isInteger(256 / shardCount)) return undefined;
  const width = 256 / shardCount;
  return { firstByte: shard * width, lastByte: (shard + 1) * width - 1 };
}
