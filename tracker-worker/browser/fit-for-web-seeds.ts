import type { Torrent } from 'webtorrent-hybrid/dist/webtorrent.min.js';

/**
 * Makes webtorrent (3.0.21, `webconn.js`) ask web seeds (BEP 19) for what they can answer. It appends paths as they
 * stand, so that a `%`, `#` or `?` in a name would name another file; and it asks for a part of an empty file that lies
 * within what it wants, is answered 416, and never gets that piece.
 */
export function fitForWebSeeds({ files, length }: Torrent): void {
  for (const file of files) {
    file.path = file.path.split('/').map(encodeURIComponent).join('/');
    // Behind the last byte, where nothing is ever wanted.
    if (file.length === 0) file.offset = length;
  }
}

/** The names of a path that was made fit. */
export function namesOf(path: string): string[] {
  return path.split('/').map(decodeURIComponent);
}
