import { existsSync } from 'node:fs';
import { stat, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Bytes that may be written to the disk of an absolute path, which need not be there yet. */
export async function freeBytes(path: string): Promise<number> {
  const { bavail, bsize } = await statfs(nearest(path));
  return bavail * bsize;
}

/** Whether two absolute paths are, or will be, on one disk. */
export async function isSameDisk(a: string, b: string): Promise<boolean> {
  const [first, second] = await Promise.all([stat(nearest(a)), stat(nearest(b))]);
  return first.dev === second.dev;
}

/** The path, or the folder above it that is there. */
function nearest(path: string): string {
  return existsSync(path) || path === dirname(path) ? path : nearest(dirname(path));
}
