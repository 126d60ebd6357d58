import { type BigIntStats, fstatSync, statSync } from 'node:fs';

/**
 * Changes whenever a file's content may have: inode, size and change time in nanoseconds. The change time moves
 * with every write, and unlike the modification time cannot be set back.
 */
export type FileIdentity = string;

function identityOf(stats: BigIntStats): FileIdentity {
  return `${stats.ino}:${stats.size}:${stats.ctimeNs}`;
}

/** The identity of an open file. At once: whoever has just read from it has its inode in memory. */
export function readIdentity(descriptor: number): FileIdentity {
  return identityOf(fstatSync(descriptor, { bigint: true }));
}

/** The identity of what the path names now; `undefined` where it names no readable file. */
export function lookUpIdentity(path: string): FileIdentity | undefined {
  const stats = statSync(path, { bigint: true, throwIfNoEntry: false });
  return stats === undefined ? undefined : identityOf(stats);
}
