import { randomFillSync } from 'node:crypto';
import {
  closeSync,
  fsyncSync,
  mkdtempSync,
  openSync,
  rmSync,
  statfsSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const CHUNK_BYTES = 16 * 1024 * 1024;
const MEMORY_FOLDER = '/dev/shm';

/** A file of random bytes in a folder of its own, which goes with it. */
export interface ContentFile extends Disposable {
  readonly folder: string;
  readonly path: string;
}

/** Writes the content; just written, it is in the page cache, or in memory for good. */
export function makeContentFile(sizeBytes: number, wantedFolder: string | undefined): ContentFile {
  const parent = wantedFolder ?? (hasRoom(MEMORY_FOLDER, sizeBytes) ? MEMORY_FOLDER : tmpdir());
  const folder = mkdtempSync(join(parent, 'evertorrent-bench-'));
  const path = join(folder, 'content.bin');
  const remove = (): void => rmSync(folder, { recursive: true });
  try {
    const file = openSync(path, 'wx');
    const chunk = new Uint8Array(CHUNK_BYTES);
    for (let offset = 0; offset < sizeBytes; offset += chunk.length) {
      writeSync(file, randomFillSync(chunk), 0, Math.min(chunk.length, sizeBytes - offset));
    }
    fsyncSync(file);
    closeSync(file);
  } catch (error) {
    remove();
    throw error;
  }
  return { folder, path, [Symbol.dispose]: remove };
}

function hasRoom(folder: string, bytes: number): boolean {
  try {
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize > bytes * 1.1;
  } catch {
    return false;
  }
}
