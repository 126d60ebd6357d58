import { type DiskAnswer, type DiskRequest, DOWNLOADS_FOLDER } from './disk-messages.ts';

/** The world's fault: the browser did not do what the disk was asked for. `name` is a DOMException's. */
class DiskError extends Error {
  constructor(name: string, message: string) {
    super(message);
    this.name = name;
  }
}

type Unnumbered<T> = T extends { readonly id: number } ? Omit<T, 'id'> : never;

interface Waiting {
  readonly resolve: (bytes: Uint8Array<ArrayBuffer> | undefined) => void;
  readonly reject: (error: DiskError) => void;
}

/** Whether this browser keeps files for pages, in this kind of page. */
export function hasDisk(): boolean {
  return (
    typeof navigator.storage?.getDirectory === 'function' &&
    typeof FileSystemFileHandle === 'function'
  );
}

/**
 * One file on the browser's own disk, opened for this page alone: a second page that opens it fails with
 * `NoModificationAllowedError`. Its bytes never are in memory all at once.
 */
export class DiskFile {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  #nextId = 0;

  private constructor(worker: Worker) {
    this.#worker = worker;
    worker.addEventListener('message', ({ data }: MessageEvent<DiskAnswer>) => this.#settle(data));
    worker.addEventListener('error', ({ message }) => this.#fail(message));
  }

  static async open(name: string): Promise<DiskFile> {
    // In these very words, by which the bundler knows a worker.
    const worker = new Worker(new URL('./worker/disk-worker.ts', import.meta.url), {
      type: 'module',
    });
    const file = new DiskFile(worker);
    try {
      await file.#ask({ type: 'open', name });
    } catch (error) {
      file.#worker.terminate();
      throw error;
    }
    return file;
  }

  async write(offsetBytes: number, bytes: Uint8Array): Promise<void> {
    await this.#ask({ type: 'write', offsetBytes, bytes });
  }

  /** Throws where less than that was ever written. */
  async read(offsetBytes: number, lengthBytes: number): Promise<Uint8Array<ArrayBuffer>> {
    return (await this.#ask({ type: 'read', offsetBytes, lengthBytes })) ?? new Uint8Array(0);
  }

  async close(): Promise<void> {
    await this.#ask({ type: 'close' });
    this.#worker.terminate();
  }

  #ask(request: Unnumbered<DiskRequest>): Promise<Uint8Array<ArrayBuffer> | undefined> {
    const id = this.#nextId;
    this.#nextId += 1;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker has no origin to name
      this.#worker.postMessage({ ...request, id });
    });
  }

  #settle(answer: DiskAnswer): void {
    const waiting = this.#waiting.get(answer.id);
    this.#waiting.delete(answer.id);
    if (answer.isOk) waiting?.resolve(answer.bytes);
    else waiting?.reject(new DiskError(answer.errorName, answer.message));
  }

  #fail(message: string): void {
    for (const { reject } of this.#waiting.values()) reject(new DiskError('WorkerError', message));
    this.#waiting.clear();
  }
}

/** What is stored under a name, as a file that is read from the disk; undefined where nothing is. */
export async function storedFile(name: string): Promise<File | undefined> {
  try {
    const folder = await (
      await navigator.storage.getDirectory()
    ).getDirectoryHandle(DOWNLOADS_FOLDER);
    return await (await folder.getFileHandle(name)).getFile();
  } catch (error) {
    if (error instanceof DOMException && error.name === 'NotFoundError') return undefined;
    throw error;
  }
}

/** Deletes what is stored under a name; nothing where there is nothing. */
export async function deleteStored(name: string): Promise<void> {
  if ((await storedFile(name)) === undefined) return;
  const folder = await (
    await navigator.storage.getDirectory()
  ).getDirectoryHandle(DOWNLOADS_FOLDER);
  await folder.removeEntry(name);
}
