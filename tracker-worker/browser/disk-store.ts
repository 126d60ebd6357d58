import type { ChunkStore } from 'webtorrent-hybrid/dist/webtorrent.min.js';
import type { DiskFile } from './disk-file.ts';

type Done<T = void> = (error: Error | null, value?: T) => void;

/** The pieces of a torrent in one file on disk, each where it lies in the torrent: what webtorrent stores into. */
export function diskStoreOn(disk: DiskFile) {
  return class DiskStore implements ChunkStore {
    readonly #pieceBytes: number;
    readonly #sizeBytes: number;

    constructor(pieceBytes: number, { length }: { readonly length: number }) {
      this.#pieceBytes = pieceBytes;
      this.#sizeBytes = length;
    }

    put(index: number, bytes: Uint8Array, done: Done = ignore): void {
      void settle(disk.write(index * this.#pieceBytes, bytes), done);
    }

    get(
      index: number,
      range: { readonly offset?: number; readonly length?: number } | undefined,
      done: Done<Uint8Array> = ignore,
    ): void {
      const startBytes = index * this.#pieceBytes;
      const pieceBytes = Math.min(this.#pieceBytes, this.#sizeBytes - startBytes);
      const offsetBytes = range?.offset ?? 0;
      const lengthBytes = range?.length ?? pieceBytes - offsetBytes;
      void settle(disk.read(startBytes + offsetBytes, lengthBytes), done);
    }

    /** The file is closed by who opened it. */
    close(done?: Done): void {
      queueMicrotask(() => done?.(null));
    }

    destroy(done?: Done): void {
      this.close(done);
    }
  };
}

/** As webtorrent wants to be told: by a callback, whose own throws are not the disk's. */
async function settle<T>(work: Promise<T>, done: Done<T>): Promise<void> {
  let outcome: Parameters<Done<T>>;
  try {
    outcome = [null, await work];
  } catch (error) {
    outcome = [error instanceof Error ? error : new Error(String(error))];
  }
  done(...outcome);
}

function ignore(): void {}
