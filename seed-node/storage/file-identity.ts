import { type BigIntStats, statSync } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';

/**
 * Changes whenever a file's content may have: inode, size and change time in nanoseconds. The change time moves
 * with every write, and unlike the modification time cannot be set back.
 */
export type FileIdentity = string;

function identityOf(stats: BigIntStats): FileIdentity {
  return `${stats.ino}:${stats.size}:${stats.ctimeNs}`;
}

export async function readIdentity(file: FileHandle): Promise<FileIdentity> {
  return identityOf(await file.stat({ bigint: true }));
}

/** The identity of what the path names now; `undefined` where it names no readable file. */
export function lookUpIdentity(path: string): FileIdentity | undefined {
  const stats = statSync(path, { bigint: true, throwIfNoEntry: false });
  return stats === undefined ? undefined : identityOf(stats);
}
