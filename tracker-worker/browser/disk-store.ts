import type { ChunkStore } from 'webtorrent-hybrid/dist/webtorrent.min.js';
import type { DiskFile } from './disk-file.ts';

type Done = (error: Error | null) => void;

/** The pieces of a torrent in one file on disk, each where it lies in the torrent: what webtorrent stores into. */
export function diskStoreOn(disk: DiskFile) {
  return class DiskStore implements ChunkStore {
    readonly #pieceBytes: number;
    readonly #sizeBytes: number;

    constructor(pieceBytes: number, { length }: { readonly length: number }) {
      this.#pieceBytes = pieceBytes;
      this.#sizeBytes = length;
    }

    put(index: number, bytes: Uint8Array, done?: Done): void {
      disk.write(index * this.#pieceBytes, bytes).then(
        () => done?.(null),
        (error: unknown) => done?.(asError(error)),
      );
    }

    get(
      index: number,
      range: { readonly offset?: number; readonly length?: number } | undefined,
      done?: (error: Error | null, bytes?: Uint8Array) => void,
    ): void {
      const startBytes = index * this.#pieceBytes;
      const pieceBytes = Math.min(this.#pieceBytes, this.#sizeBytes - startBytes);
      const offsetBytes = range?.offset ?? 0;
      const lengthBytes = range?.length ?? pieceBytes - offsetBytes;
      disk.read(startBytes + offsetBytes, lengthBytes).then(
        (bytes) => done?.(null, bytes),
        (error: unknown) => done?.(asError(error)),
      );
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

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
