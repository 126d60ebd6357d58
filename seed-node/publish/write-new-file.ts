import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { link, open, rename, rm } from 'node:fs/promises';
import { PublishError } from './publish-error.ts';

/** Throws `PublishError` where there is something at the path already. */
export function checkFree(path: string): void {
  if (existsSync(path)) throw taken(path);
}

/**
 * Writes a file whole or not at all: beside its place first, and then there in one step. Throws `PublishError` where
 * something is at the path and may not be overwritten, or the file cannot be written.
 */
export async function writeNewFile(
  path: string,
  bytes: Uint8Array,
  { overwrites }: { readonly overwrites: boolean },
): Promise<void> {
  const draft = `${path}.${randomBytes(6).toString('hex')}.part`;
  try {
    const file = await open(draft, 'wx');
    try {
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
    // A link fails where the name is taken by now; a rename would not.
    if (overwrites) await rename(draft, path);
    else await link(draft, path);
  } catch (error) {
    const isTaken = error instanceof Error && 'code' in error && error.code === 'EEXIST';
    if (isTaken) throw taken(path);
    throw new PublishError(`Cannot write ${path}`, { cause: error });
  } finally {
    await rm(draft, { force: true });
  }
}

function taken(path: string): PublishError {
  return new PublishError(`${path} exists already; overwrite it with --force`);
}
