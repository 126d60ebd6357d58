import { existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { JobFile } from './job.ts';

/** How the upload of a job's file is called; without a slash, as it is a name in a folder and a part of a URL. */
export function uploadIdOf(jobId: string, index: number): string {
  return `${jobId}.${index}`;
}

/** The job and the file that an upload is for, as far as its name tells. */
export function parseUploadId(
  id: string,
): { readonly jobId: string; readonly index: number } | undefined {
  const [, jobId, index] = /^([\w.-]{1,200})\.(0|[1-9][0-9]{0,5})$/.exec(id) ?? [];
  return jobId === undefined ? undefined : { jobId, index: Number(index) };
}

/** An upload is not as long as its job says, so that it cannot be published. */
export class UploadDamaged extends Error {}

/**
 * The folder of what was uploaded and is published nowhere yet.
 *
 * Invariant: each entry is named after its job, `<job>.<index>` for a file of it and `<job>.tree` for its content when
 * all is there: names that publishers chose appear only below the latter.
 */
export class UploadFolder {
  readonly path: string;

  constructor(path: string) {
    this.path = path;
    mkdirSync(path, { recursive: true, mode: 0o700 });
  }

  /** How much of a file has arrived. At once, so that nothing comes between this and what is made of it. */
  arrivedBytes(jobId: string, index: number): number {
    const stats = statSync(this.#uploadPath(jobId, index), { throwIfNoEntry: false });
    return stats?.size ?? 0;
  }

  /** Makes an upload, or empties one that there is. At once, as above. */
  create(jobId: string, index: number): void {
    writeFileSync(this.#uploadPath(jobId, index), '');
  }

  /**
   * Puts a job's files where they stand in its content, and returns that: `name` in a folder of the job's own. What was
   * done before a crash stays done. Throws `UploadDamaged`.
   */
  async assemble(jobId: string, name: string, files: readonly JobFile[]): Promise<string> {
    const root = join(this.#treePath(jobId), name);
    const folders = new Set<string>();
    for (const { index, path, sizeBytes } of files) {
      const target = join(root, ...path);
      const folder = dirname(target);
      if (!folders.has(folder)) await mkdir(folder, { recursive: true });
      folders.add(folder);
      const upload = this.#uploadPath(jobId, index);
      if (existsSync(upload)) await rename(upload, target);
      else if (sizeBytes === 0) await writeFile(target, '');
      const stats = statSync(target, { throwIfNoEntry: false });
      if (stats?.isFile() !== true || stats.size !== sizeBytes) {
        throw new UploadDamaged('an uploaded file is not as long as it should be');
      }
    }
    return root;
  }

  /** Removes all that was uploaded for a job. */
  async remove(jobId: string): Promise<void> {
    const own = readdirSync(this.path).filter((name) => name.startsWith(`${jobId}.`));
    for (const name of own) await rm(join(this.path, name), { recursive: true, force: true });
  }

  /** Removes what belongs to no job that `isNeeded` knows. */
  async removeOthers(isNeeded: (jobId: string) => boolean): Promise<void> {
    for (const name of readdirSync(this.path)) {
      const jobId = name.slice(0, Math.max(0, name.lastIndexOf('.')));
      if (!isNeeded(jobId)) await rm(join(this.path, name), { recursive: true, force: true });
    }
  }

  #uploadPath(jobId: string, index: number): string {
    return join(this.path, uploadIdOf(jobId, index));
  }

  #treePath(jobId: string): string {
    return join(this.path, `${jobId}.tree`);
  }
}
