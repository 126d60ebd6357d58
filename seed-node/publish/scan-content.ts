import { type BigIntStats } from 'node:fs';
import { access, constants, lstat, readdir, stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { compareBytes } from '../../shared/bytes.ts';
import { MAX_PATH_DEPTH, nameProblem } from '../../shared/file-path.ts';
import { MAX_FILES } from '../../shared/torrent-files.ts';
import { encodeUtf8 } from '../../shared/text.ts';
import { PublishError } from './publish-error.ts';

/** A file to be published, as it is now. */
export interface ContentFile {
  /** Absolute. */
  readonly path: string;
  /** Below the published folder; empty for a single file. */
  readonly torrentPath: readonly string[];
  readonly sizeBytes: number;
  readonly modifiedNs: bigint;
}

/** What a path holds, in the torrent's order. */
export interface Content {
  readonly rootPath: string;
  readonly name: string;
  readonly isFolder: boolean;
  readonly files: readonly ContentFile[];
  readonly sizeBytes: number;
  /** Left out, relative to the root: symbolic links, sockets, pipes, devices. */
  readonly skipped: readonly string[];
}

/**
 * Lists what would be published from `path`: regular files in BEP 52 tree order (component by component, raw bytes).
 * Throws `PublishError` for what cannot be published: missing, unreadable, empty, or named unsafely.
 */
export async function scanContent(path: string): Promise<Content> {
  const rootPath = resolve(path);
  const name = basename(rootPath);
  const problem = nameProblem(name);
  if (problem !== undefined) {
    throw new PublishError(`Cannot publish ${rootPath}: ${problem}`);
  }
  const stats = await statContent(rootPath);
  if (stats.isFile()) {
    await checkReadable(rootPath);
    if (stats.size === 0n) throw new PublishError(`Cannot publish ${rootPath}: the file is empty`);
    const file = contentFile(rootPath, [], stats);
    return {
      rootPath,
      name,
      isFolder: false,
      files: [file],
      sizeBytes: file.sizeBytes,
      skipped: [],
    };
  }
  if (!stats.isDirectory()) {
    throw new PublishError(`Cannot publish ${rootPath}: it is neither a file nor a folder`);
  }
  const files: ContentFile[] = [];
  const skipped: string[] = [];
  await scanFolder(rootPath, [], files, skipped);
  const sizeBytes = files.reduce((sum, file) => sum + file.sizeBytes, 0);
  if (files.length === 0)
    throw new PublishError(`Cannot publish ${rootPath}: the folder has no files`);
  if (sizeBytes === 0) {
    throw new PublishError(`Cannot publish ${rootPath}: all its files are empty`);
  }
  return { rootPath, name, isFolder: true, files, sizeBytes, skipped };
}

async function scanFolder(
  folder: string,
  torrentPath: readonly string[],
  files: ContentFile[],
  skipped: string[],
): Promise<void> {
  if (torrentPath.length >= MAX_PATH_DEPTH) {
    throw new PublishError(
      `Cannot publish ${folder}: it is more than ${MAX_PATH_DEPTH} folders deep`,
    );
  }
  for (const name of await listNames(folder)) {
    const path = join(folder, name);
    const problem = nameProblem(name);
    if (problem !== undefined) throw new PublishError(`Cannot publish ${path}: ${problem}`);
    const stats = await lstat(path, { bigint: true });
    const inner = [...torrentPath, name];
    if (stats.isDirectory()) {
      await scanFolder(path, inner, files, skipped);
    } else if (stats.isFile()) {
      await checkReadable(path);
      files.push(contentFile(path, inner, stats));
      if (files.length > MAX_FILES) {
        throw new PublishError(`Cannot publish ${folder}: there are more than ${MAX_FILES} files`);
      }
    } else {
      skipped.push(inner.join('/'));
    }
  }
}

/** Names in raw byte order. A name that is not UTF-8 cannot stand in a torrent. */
async function listNames(folder: string): Promise<string[]> {
  let entries: Buffer[];
  try {
    entries = await readdir(folder, { encoding: 'buffer' });
  } catch (error) {
    throw new PublishError(`Cannot publish ${folder}: the folder cannot be read`, { cause: error });
  }
  return entries
    .toSorted((a, b) => compareBytes(a, b))
    .map((entry) => {
      const name = entry.toString('utf8');
      if (compareBytes(encodeUtf8(name), entry) !== 0) {
        throw new PublishError(`Cannot publish ${join(folder, name)}: its name is not UTF-8`);
      }
      return name;
    });
}

async function statContent(path: string): Promise<BigIntStats> {
  try {
    return await stat(path, { bigint: true });
  } catch (error) {
    const isMissing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    if (isMissing)
      throw new PublishError(`Cannot publish ${path}: there is no such file or folder`);
    throw new PublishError(`Cannot publish ${path}: it cannot be read`, { cause: error });
  }
}

async function checkReadable(path: string): Promise<void> {
  try {
    await access(path, constants.R_OK);
  } catch (error) {
    throw new PublishError(`Cannot publish ${path}: the file cannot be read (no permission)`, {
      cause: error,
    });
  }
}

function contentFile(
  path: string,
  torrentPath: readonly string[],
  stats: BigIntStats,
): ContentFile {
  return { path, torrentPath, sizeBytes: Number(stats.size), modifiedNs: stats.mtimeNs };
}
