import { type BigIntStats, lstatSync } from 'node:fs';
import { constants, copyFile, link, mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { PlacedContent } from './job.ts';

/** Where content is copied to before it appears in the content folder, and a name that no content may have. */
export const STAGING_NAME = '.evertorrent';

/** There is something of this name in the content folder already. */
export class NameTaken extends Error {}

export interface ContentMove {
  readonly jobId: string;
  /** Uploaded content: a file or a folder. */
  readonly source: string;
  readonly contentDir: string;
  readonly name: string;
  /** Told where the content will be, before it is: that survives a crash from then on. */
  readonly onChosen: (placed: PlacedContent) => void;
}

/**
 * Moves content into the content folder: in one step, and never over anything. Throws `NameTaken`.
 *
 * A folder is renamed, which fails over a folder that is not empty and over a file. A file is linked, which fails over
 * anything. Both keep the inode, by which the job knows its content again after a crash.
 */
export async function placeContent(move: ContentMove): Promise<void> {
  const { jobId, contentDir, name, onChosen } = move;
  const target = join(contentDir, name);
  if (lookUp(target) !== undefined) throw new NameTaken(`${name} is there already`);
  await mkdir(contentDir, { recursive: true });
  const stagingDir = join(contentDir, STAGING_NAME, jobId);
  const isNear = lookUp(move.source)?.dev === lookUp(contentDir)?.dev;
  const source = isNear ? move.source : join(stagingDir, name);
  if (!isNear) {
    await rm(stagingDir, { recursive: true, force: true });
    await mkdir(stagingDir, { recursive: true });
    await copyTree(move.source, source);
  }
  const stats = lookUp(source);
  if (stats === undefined) throw new Error(`${source} is gone`);
  onChosen({ path: target, identity: identityOf(stats) });
  try {
    if (stats.isDirectory()) {
      await rename(source, target);
    } else {
      await link(source, target);
      await rm(source);
    }
  } catch (error) {
    const isTaken =
      error instanceof Error &&
      'code' in error &&
      /^(EEXIST|ENOTEMPTY|ENOTDIR)$/.test(String(error.code));
    if (isTaken) throw new NameTaken(`${name} is there already`, { cause: error });
    throw error;
  }
  await syncFolder(contentDir);
  await removeStaging(contentDir, jobId);
}

/** Removes what was copied for a job and did not get to its place. */
export async function removeStaging(contentDir: string, jobId: string): Promise<void> {
  await rm(join(contentDir, STAGING_NAME, jobId), { recursive: true, force: true });
}

/** Whether the content is where it should be, and the same that was put there. */
export function isInPlace({ path, identity }: PlacedContent): boolean {
  const stats = lookUp(path);
  return stats !== undefined && identityOf(stats) === identity;
}

/** Removes content that was put there, and nothing else that may have its name by now. */
export async function removePlaced(placed: PlacedContent): Promise<void> {
  if (isInPlace(placed)) await rm(placed.path, { recursive: true, force: true });
}

function lookUp(path: string): BigIntStats | undefined {
  return lstatSync(path, { bigint: true, throwIfNoEntry: false });
}

function identityOf({ dev, ino }: BigIntStats): string {
  return `${dev}:${ino}`;
}

/** Copies files to another disk, and has that written down: the uploads are removed afterwards. */
async function copyTree(source: string, target: string): Promise<void> {
  if (lookUp(source)?.isDirectory() === true) {
    await mkdir(target);
    for (const name of await readdir(source)) {
      await copyTree(join(source, name), join(target, name));
    }
    await syncFolder(target);
    return;
  }
  await copyFile(source, target, constants.COPYFILE_EXCL);
  const file = await open(target, 'r+');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
  await syncFolder(dirname(target));
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
