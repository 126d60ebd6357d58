import { hexByteAt } from '../../shared/bytes.ts';
import type { InfoHash } from '../../shared/info-hash.ts';

/** The info-hashes that one shard owns, by their first byte: both ends are in it. */
export interface ShardSlice {
  readonly firstByte: number;
  readonly lastByte: number;
}

/** The shard that owns an info-hash: its first byte scaled to `shardCount`, a power of two up to 256. */
export function shardOf(infoHash: InfoHash, shardCount: number): number {
  return shardOfByte(hexByteAt(infoHash, 0), shardCount);
}

/** The shard that owns the info-hashes with this first byte. */
export function shardOfByte(firstByte: number, shardCount: number): number {
  return Math.floor((firstByte * shardCount) / 256);
}

/** The object name of a shard. The count is in it, so that a shard of another cut never answers for this one. */
export function shardName(shard: number, shardCount: number): string {
  return `${shard}/${shardCount}`;
}

/** A shard's number and what it owns. */
export interface ShardIdentity {
  readonly number: number;
  readonly slice: ShardSlice;
}

/** The shard of a name; `undefined` where `shardName` made no such name. */
export function shardOfName(name: string): ShardIdentity | undefined {
  const match = /^([0-9]{1,3})\/([0-9]{1,3})$/.exec(name);
  if (match === null) return undefined;
  const number = Number(match[1]);
  const shardCount = Number(match[2]);
  if (number >= shardCount || !Number.isInteger(256 / shardCount)) return undefined;
  if (shardName(number, shardCount) !== name) return undefined;
  const width = 256 / shardCount;
  return { number, slice: { firstByte: number * width, lastByte: (number + 1) * width - 1 } };
}
