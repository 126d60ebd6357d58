import { formatBytes } from '../../shared/format-bytes.ts';
import type { TorrentFile } from '../../shared/torrent-files.ts';
import { displayName } from '../display-name.ts';
import { type FileFolder, folderOf } from './file-folder.ts';

/** Files that a page lists; a folder may have 50,000, which no browser shows gladly. */
const MAX_LISTED_FILES = 500;
/** Where there are more, folders are closed at first. */
const MAX_FILES_OPENED = 40;

export interface FileTreeProps {
  /** The torrent's name, which is a single file's. */
  readonly name: string;
  readonly files: readonly TorrentFile[];
  /** Which `MAX_LISTED_FILES` of them are listed, from 1. */
  readonly page: number;
  /** Where a file can be downloaded; undefined where nobody serves files over HTTP. */
  readonly linkOf: ((path: readonly string[]) => string) | undefined;
}

/** The files of a torrent, in folders that open and close. */
export function FileTree({ name, files, page, linkOf }: FileTreeProps) {
  const pages = Math.ceil(files.length / MAX_LISTED_FILES);
  const start = (Math.min(page, pages) - 1) * MAX_LISTED_FILES;
  const end = Math.min(start + MAX_LISTED_FILES, files.length);
  const root = folderOf(files, start, end);
  return (
    <section aria-labelledby="files">
      <h2 id="files">{plural(files.length)}</h2>
      {linkOf !== undefined && (
        <p class="quiet small">Each name is a plain link, which needs nothing but a browser.</p>
      )}
      <FolderContent
        folder={root}
        name={name}
        linkOf={linkOf}
        isOpen={files.length <= MAX_FILES_OPENED}
      />
      {pages > 1 && (
        <nav class="row" aria-label="Pages of files">
          <p class="quiet">
            Files {(start + 1).toLocaleString('en')} to {end.toLocaleString('en')} of{' '}
            {files.length.toLocaleString('en')}.
          </p>
          {start > 0 && (
            <a class="button small" rel="prev" href={`?files=${page - 1}#files`}>
              Previous {MAX_LISTED_FILES}
            </a>
          )}
          {end < files.length && (
            <a class="button small" rel="next" href={`?files=${page + 1}#files`}>
              Next {Math.min(MAX_LISTED_FILES, files.length - end)}
            </a>
          )}
        </nav>
      )}
    </section>
  );
}

interface FolderProps extends Pick<FileTreeProps, 'name' | 'linkOf'> {
  readonly folder: FileFolder;
  readonly isOpen: boolean;
}

function FolderContent({ folder, name, linkOf, isOpen }: FolderProps) {
  return (
    <ul class={folder.name === '' ? 'tree' : undefined}>
      {Array.from(folder.folders.values(), (inner) => (
        <li>
          <details open={isOpen}>
            <summary>
              <span class="name">
                <bdi dir="auto">{displayName(inner.name)}</bdi>
              </span>
              <span class="size">
                {plural(inner.fileCount)}, {formatBytes(inner.sizeBytes)}
              </span>
            </summary>
            <FolderContent folder={inner} name={name} linkOf={linkOf} isOpen={isOpen} />
          </details>
        </li>
      ))}
      {folder.files.map((file) => (
        <FileRow file={file} name={name} linkOf={linkOf} />
      ))}
    </ul>
  );
}

function FileRow({
  file,
  name,
  linkOf,
}: Pick<FileTreeProps, 'name' | 'linkOf'> & { readonly file: TorrentFile }) {
  const shown = <bdi dir="auto">{displayName(file.path.at(-1) ?? name)}</bdi>;
  return (
    <li>
      <div
        data-offset={file.offsetBytes}
        data-bytes={file.lengthBytes}
        // What has no bytes is found by its name.
        data-name={file.lengthBytes === 0 ? (file.path.at(-1) ?? name) : undefined}
      >
        <span class="name">
          {linkOf === undefined ? (
            shown
          ) : (
            <a href={linkOf(file.path)} download="">
              {shown}
            </a>
          )}
        </span>
        <span class="size">{formatBytes(file.lengthBytes)}</span>
      </div>
    </li>
  );
}

function plural(files: number): string {
  return files === 1 ? '1 file' : `${files.toLocaleString('en')} files`;
}
