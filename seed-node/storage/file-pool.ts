import { type FileHandle, open } from 'node:fs/promises';

/** Open files of all torrents together; the usual soft limit of a process is 1,024. */
const MAX_OPEN_FILES = 256;

interface PooledFile {
  readonly opening: Promise<FileHandle>;
  users: number;
}

/**
 * Opens files late, shares them between readers, and closes the least recently used.
 *
 * Invariants: a file in use is never closed; one that nobody uses is open only while it is in the pool.
 */
export class FilePool {
  readonly #maxOpenFiles: number;
  /** By path, least recently used first. */
  readonly #files = new Map<string, PooledFile>();

  constructor(maxOpenFiles: number = MAX_OPEN_FILES) {
    this.#maxOpenFiles = maxOpenFiles;
  }

  /** Runs `use` on the open file. Errors of opening and of `use` reach the caller. */
  async withFile<T>(path: string, use: (file: FileHandle) => Promise<T>): Promise<T> {
    const pooled = this.#files.get(path) ?? { opening: open(path, 'r'), users: 0 };
    this.#files.delete(path);
    this.#files.set(path, pooled);
    pooled.users += 1;
    try {
      return await use(await pooled.opening);
    } catch (error) {
      // The next reader opens anew: the file may have come back, or been replaced.
      if (this.#files.get(path) === pooled) this.#files.delete(path);
      throw error;
    } finally {
      pooled.users -= 1;
      if (pooled.users === 0 && this.#files.get(path) !== pooled) void closeQuietly(pooled);
      this.#closeSurplus(this.#maxOpenFiles);
    }
  }

  /** Closes what nobody uses now, so that deleted files free their space. Call it every minute or so. */
  closeIdle(): void {
    this.#closeSurplus(0);
  }

  #closeSurplus(filesToKeep: number): void {
    for (const [path, pooled] of this.#files) {
      if (this.#files.size <= filesToKeep) break;
      if (pooled.users > 0) continue;
      this.#files.delete(path);
      void closeQuietly(pooled);
    }
  }
}

async function closeQuietly(pooled: PooledFile): Promise<void> {
  try {
    const file = await pooled.opening;
    await file.close();
  } catch {
    // It never opened, or is closed: either way nothing stays open.
  }
}
