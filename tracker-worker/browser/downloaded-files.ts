import type { TorrentFile } from 'webtorrent-hybrid/dist/webtorrent.min.js';
import { storedFile } from './disk-file.ts';
import { namesOf } from './fit-for-web-seeds.ts';
import { mediaTypeOf } from './media-type.ts';
import type { SavableFile } from './save-files.ts';

/** Padding between files (BEP 47), under the names that makers give it. */
const PADDING = /(^|\/)(\.pad\/[0-9]+$|_____padding_file_)/;

/** The files of a download, whose paths are percent-encoded by now, and how they leave the browser's disk. */
export class DownloadedFiles {
  readonly #infoHash: string;
  readonly #files: readonly TorrentFile[];

  constructor(infoHash: string, files: readonly TorrentFile[]) {
    this.#infoHash = infoHash;
    this.#files = files.filter(({ path }) => !PADDING.test(path));
  }

  get count(): number {
    return this.#files.length;
  }

  /** Those that a page can play. */
  get media(): readonly TorrentFile[] {
    return this.#files.filter(({ name }) => mediaTypeOf(name) !== undefined);
  }

  /** The file at a place of the torrent; an empty one, which has no place of its own, by its name. */
  at(offset: number, length: number, name: string | undefined): TorrentFile | undefined {
    return this.#files.find((file) =>
      length === 0
        ? file.length === 0 && file.name === name
        : file.length === length && file.offset === offset,
    );
  }

  async savable(file: TorrentFile): Promise<SavableFile> {
    const [only] = await this.#savable([file]);
    if (only === undefined) throw new Error('there is nothing stored');
    return only;
  }

  async all(): Promise<readonly SavableFile[]> {
    return this.#savable(this.#files);
  }

  async #savable(files: readonly TorrentFile[]): Promise<SavableFile[]> {
    const stored = await storedFile(this.#infoHash);
    if (stored === undefined) throw new Error('what was stored here is gone');
    return files.map(({ path, offset, length }) => ({
      path: namesOf(path),
      blob: stored.slice(offset, offset + length),
    }));
  }
}
