import { type BigIntStats, closeSync, fstatSync, openSync, read, readSync } from 'node:fs';
import type { FileFault, HashFile } from './hash-job.ts';

/** A file is not what it was when it was listed, or cannot be read. */
export class UnreadableFile extends Error {
  readonly fault: FileFault;

  constructor(fault: FileFault) {
    super(`${fault.path}: ${fault.detail}`);
    this.fault = fault;
  }
}

/**
 * Reads listed files from start to end, one open at a time.
 *
 * Invariant: a file that was listed with a time is the same size and of the same time when it is opened and when it
 * is closed; otherwise `UnreadableFile` is thrown.
 */
export class ContentReader {
  readonly #files: readonly HashFile[];
  #open: { readonly file: HashFile; readonly descriptor: number } | undefined;

  constructor(files: readonly HashFile[]) {
    this.#files = files;
  }

  /** Fills `target` from byte `offsetBytes` of a file; throws `UnreadableFile`. */
  read(fileIndex: number, target: Uint8Array, offsetBytes: number): void {
    const { file, descriptor } = this.#switchTo(fileIndex);
    let filled = 0;
    while (filled < target.length) {
      const count = attempt(file, () =>
        readSync(descriptor, target, filled, target.length - filled, offsetBytes + filled),
      );
      if (count === 0) throw changed(file, 'it ends too early');
      filled += count;
    }
  }

  /** The same without waiting: one read at a time. */
  async readAhead(fileIndex: number, target: Uint8Array, offsetBytes: number): Promise<void> {
    const { file, descriptor } = this.#switchTo(fileIndex);
    let filled = 0;
    while (filled < target.length) {
      const length = target.length - filled;
      const count = await readAsync(descriptor, target, filled, length, offsetBytes + filled).catch(
        (error: unknown) => {
          throw unreadable(file, error);
        },
      );
      if (count === 0) throw changed(file, 'it ends too early');
      filled += count;
    }
  }

  /** Closes the open file; throws `UnreadableFile` where it changed. */
  close(): void {
    const open = this.#open;
    if (open === undefined) return;
    this.#open = undefined;
    try {
      checkUnchanged(open.file, open.descriptor);
    } finally {
      closeSync(open.descriptor);
    }
  }

  /** Closes the open file, whatever became of it. */
  abandon(): void {
    if (this.#open !== undefined) closeSync(this.#open.descriptor);
    this.#open = undefined;
  }

  #switchTo(fileIndex: number): { readonly file: HashFile; readonly descriptor: number } {
    const file = this.#files[fileIndex];
    if (file === undefined) throw new RangeError(`There is no file ${fileIndex}`);
    if (this.#open?.file === file) return this.#open;
    this.close();
    const descriptor = attempt(file, () => openSync(file.path, 'r'));
    this.#open = { file, descriptor };
    checkUnchanged(file, descriptor);
    return this.#open;
  }
}

function checkUnchanged(file: HashFile, descriptor: number): void {
  if (file.modifiedNs === undefined) return;
  const stats: BigIntStats = attempt(file, () => fstatSync(descriptor, { bigint: true }));
  if (stats.size !== BigInt(file.lengthBytes) || stats.mtimeNs !== file.modifiedNs) {
    throw changed(file, 'its size or time is another than before');
  }
}

function changed(file: HashFile, detail: string): UnreadableFile {
  return new UnreadableFile({ path: file.path, kind: 'changed', detail });
}

function attempt<T>(file: HashFile, action: () => T): T {
  try {
    return action();
  } catch (error) {
    throw unreadable(file, error);
  }
}

function unreadable(file: HashFile, error: unknown): UnreadableFile {
  const detail = error instanceof Error ? error.message : String(error);
  return new UnreadableFile({ path: file.path, kind: 'unreadable', detail });
}

function readAsync(
  descriptor: number,
  target: Uint8Array,
  targetOffset: number,
  length: number,
  position: number,
): Promise<number> {
  return new Promise((resolve, reject) => {
    read(descriptor, target, targetOffset, length, position, (error, count) =>
      error === null ? resolve(count) : reject(error),
    );
  });
}
