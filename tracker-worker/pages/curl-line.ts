import type { TorrentFile } from '../../shared/torrent-files.ts';
import { displayName } from '../display-name.ts';

/** Files of one line: longer ones are nothing to copy. */
const MAX_FILES = 8;

const NEXT_LINE = ' \\\n  ';

/**
 * A shell command that downloads all files, and goes on where it was interrupted; undefined where there are too many.
 * Names stand between apostrophes, and without what could deceive or break a line.
 */
export function curlLine(
  name: string,
  files: readonly TorrentFile[],
  urlOf: (path: readonly string[]) => string,
): string | undefined {
  if (files.length > MAX_FILES) return undefined;
  const parts = files.map(({ path }) => {
    const target = displayName([name, ...path].join('/'));
    return `-o ${quote(target)} ${quote(urlOf(path))}`;
  });
  const isFolder = files.some(({ path }) => path.length > 0);
  return [`curl -fL -C -${isFolder ? ' --create-dirs' : ''}`, ...parts].join(NEXT_LINE);
}

function quote(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
