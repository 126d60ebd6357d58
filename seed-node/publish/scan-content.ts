import { type BigIntStats } from 'node:fs';
import { access, constants, lstat, readdir, realpath, stat } from 'node:fs/promises';
import { basename, join, resolve, sep } from 'node:path';
import { compareBytes } from '../../shared/bytes.ts';
import { MAX_PATH_DEPTH, nameProblem } from '../../shared/file-path.ts';
import { MAX_FILES } from '../../shared/torrent-files.ts';
import { encodeUtf8 } from '../../shared/text.ts';
import { type FilterOptions, reasonToLeaveOut } from './content-filter.ts';
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

type SkipReason =
  | 'excluded'
  | 'junk'
  | 'a symbolic link'
  | 'a symbolic link out of the folder'
  | 'a symbolic link to a folder around it'
  | 'a symbolic link to nothing'
  | 'neither a file nor a folder';

/** What was left out, and why. `path` is relative to the root, with slashes. */
export interface SkippedPath {
  readonly path: string;
  readonly reason: SkipReason;
}

/** What a path holds, in the torrent's order. */
export interface Content {
  readonly rootPath: string;
  readonly name: string;
  readonly isFolder: boolean;
  readonly files: readonly ContentFile[];
  readonly sizeBytes: number;
  readonly skipped: readonly SkippedPath[];
}

interface ScanOptions extends FilterOptions {
  /** Whether a symbolic link below the root stands for what it leads to. */
  readonly followsLinks: boolean;
  /** Absolute path of a file that is left out without a word: the .torrent that is being made. */
  readonly ignoredPath: string | undefined;
}

const DEFAULTS: ScanOptions = {
  excluded: [],
  includesJunk: false,
  followsLinks: false,
  ignoredPath: undefined,
};

/**
 * Lists what would be published from `path`: regular files in BEP 52 tree order (component by component, raw bytes).
 * Throws `PublishError` for what cannot be published: missing, unreadable, empty, or named unsafely.
 */
export async function scanContent(path: string, options = DEFAULTS): Promise<Content> {
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
  const scan = new FolderScan(await realpath(rootPath), options);
  await scan.addFolder(rootPath, [], []);
  const { files, skipped } = scan;
  const sizeBytes = files.reduce((sum, file) => sum + file.sizeBytes, 0);
  if (files.length === 0) {
    const left = skipped.length === 0 ? '' : `: all that it holds was left out`;
    throw new PublishError(`Cannot publish ${rootPath}: the folder has no files${left}`);
  }
  if (sizeBytes === 0) {
    throw new PublishError(`Cannot publish ${rootPath}: all its files are empty`);
  }
  return { rootPath, name, isFolder: true, files, sizeBytes, skipped };
}

/** One walk through a folder. */
class FolderScan {
  readonly files: ContentFile[] = [];
  readonly skipped: SkippedPath[] = [];
  readonly #realRoot: string;
  readonly #options: ScanOptions;

  constructor(realRoot: string, options: ScanOptions) {
    this.#realRoot = realRoot;
    this.#options = options;
  }

  /** `around`: the real paths of the folders that this one is in, by whatever way. */
  async addFolder(
    folder: string,
    torrentPath: readonly string[],
    around: readonly string[],
  ): Promise<void> {
    if (torrentPath.length >= MAX_PATH_DEPTH) {
      throw new PublishError(
        `Cannot publish ${folder}: it is more than ${MAX_PATH_DEPTH} folders deep`,
      );
    }
    const inner = this.#options.followsLinks ? [...around, await realpath(folder)] : around;
    for (const name of await listNames(folder)) {
      await this.#addEntry(join(folder, name), [...torrentPath, name], inner);
    }
  }

  async #addEntry(
    path: string,
    torrentPath: readonly string[],
    around: readonly string[],
  ): Promise<void> {
    if (path === this.#options.ignoredPath) return;
    const left = reasonToLeaveOut(torrentPath, this.#options);
    if (left !== undefined) return this.#skip(torrentPath, left);
    const problem = nameProblem(torrentPath.at(-1) ?? '');
    if (problem !== undefined) throw new PublishError(`Cannot publish ${path}: ${problem}`);
    let stats = await statLink(path);
    if (stats.isSymbolicLink()) {
      const reason = await this.#reasonNotToFollow(path, around);
      if (reason !== undefined) return this.#skip(torrentPath, reason);
      stats = await statContent(path);
    }
    if (stats.isDirectory()) return this.addFolder(path, torrentPath, around);
    if (!stats.isFile()) return this.#skip(torrentPath, 'neither a file nor a folder');
    await checkReadable(path);
    this.files.push(contentFile(path, torrentPath, stats));
    if (this.files.length > MAX_FILES) {
      throw new PublishError(
        `Cannot publish ${this.#realRoot}: there are more than ${MAX_FILES} files`,
      );
    }
  }

  async #reasonNotToFollow(
    path: string,
    around: readonly string[],
  ): Promise<SkipReason | undefined> {
    if (!this.#options.followsLinks) return 'a symbolic link';
    let target: string;
    try {
      target = await realpath(path);
    } catch {
      return 'a symbolic link to nothing';
    }
    if (around.includes(target)) return 'a symbolic link to a folder around it';
    const isInside = target.startsWith(this.#realRoot + sep);
    return isInside ? undefined : 'a symbolic link out of the folder';
  }

  #skip(torrentPath: readonly string[], reason: SkipReason): void {
    this.skipped.push({ path: torrentPath.join('/'), reason });
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
  return stat(path, { bigint: true }).catch(explain(path));
}

async function statLink(path: string): Promise<BigIntStats> {
  return lstat(path, { bigint: true }).catch(explain(path));
}

function explain(path: string): (error: unknown) => never {
  return (error) => {
    const isMissing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    if (isMissing)
      throw new PublishError(`Cannot publish ${path}: there is no such file or folder`);
    throw new PublishError(`Cannot publish ${path}: it cannot be read`, { cause: error });
  };
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
