import type { TorrentFile } from '../../shared/torrent-files.ts';

/** A folder of a torrent, as far as it is listed. */
export interface FileFolder {
  readonly name: string;
  readonly folders: ReadonlyMap<string, FileFolder>;
  readonly files: readonly TorrentFile[];
  /** Of all that is in it, listed or not. */
  readonly fileCount: number;
  readonly sizeBytes: number;
}

interface GrowingFolder extends FileFolder {
  readonly folders: Map<string, GrowingFolder>;
  readonly files: TorrentFile[];
  fileCount: number;
  sizeBytes: number;
}

/** The folders of the files from `start` to `end` (exclusive), with the sums of all files. */
export function folderOf(files: readonly TorrentFile[], start: number, end: number): FileFolder {
  const root = newFolder('');
  for (const [index, file] of files.entries()) {
    if (index < start || index >= end) continue;
    let folder = root;
    for (const name of file.path.slice(0, -1)) {
      const inner = folder.folders.get(name) ?? newFolder(name);
      folder.folders.set(name, inner);
      folder = inner;
    }
    folder.files.push(file);
  }
  for (const { path, lengthBytes } of files) {
    let folder: GrowingFolder | undefined = root;
    for (let depth = 0; folder !== undefined; depth += 1) {
      folder.fileCount += 1;
      folder.sizeBytes += lengthBytes;
      folder = depth < path.length - 1 ? folder.folders.get(path[depth] ?? '') : undefined;
    }
  }
  return root;
}

function newFolder(name: string): GrowingFolder {
  return { name, folders: new Map(), files: [], fileCount: 0, sizeBytes: 0 };
}
