import type { TorrentInfo } from '../../shared/torrent-info.ts';

/** A file as the web seed knows it. */
export interface WebSeedFile {
  /** Apart from that of every other file of the torrent, and fit for an entity tag. */
  readonly key: string;
  readonly name: string;
  readonly lengthBytes: number;
  /** Where it begins in the torrent; undefined for padding, which is zeros and on no disk. */
  readonly offsetBytes: number | undefined;
}

/**
 * The paths of one torrent's files, as BEP 19 clients ask for them below `/webseed/:infohash/`: `name`, or
 * `name/path…` in a folder. A request is looked up here and never joined to a path of a disk.
 */
export class TorrentPaths {
  readonly #name: string;
  readonly #files = new Map<string, WebSeedFile>();
  /** Lengths of the gaps between files. */
  readonly #gaps = new Set<number>();

  constructor({ name, files, extentBytes }: TorrentInfo) {
    this.#name = name;
    let endBytes = 0;
    for (const [index, { path, lengthBytes, offsetBytes }] of files.entries()) {
      const key = String(index);
      const file = { key, name: path.at(-1) ?? name, lengthBytes, offsetBytes };
      this.#files.set([name, ...path].join('/'), file);
      this.#gaps.add(offsetBytes - endBytes);
      endBytes = offsetBytes + lengthBytes;
    }
    this.#gaps.add(extentBytes - endBytes);
    this.#gaps.delete(0);
  }

  /** The file that a client means by what stands behind `/webseed/:infohash/` in its request, the query included. */
  find(target: string): WebSeedFile | undefined {
    for (const reading of readings(target)) {
      const path = reading.split('/').filter(isNotEmpty).join('/');
      const found = path === '' ? this.#only() : (this.#files.get(path) ?? this.#padding(path));
      if (found !== undefined) return found;
    }
    return undefined;
  }

  /** The torrent's one file answers at the bare base too: webtorrent asks there. */
  #only(): WebSeedFile | undefined {
    const [only] = this.#files.values();
    return this.#files.size === 1 ? only : undefined;
  }

  /** Clients that do not know BEP 47 ask for padding under the name that it has in the .torrent. */
  #padding(path: string): WebSeedFile | undefined {
    const prefix = `${this.#name}/.pad/`;
    const digits = path.startsWith(prefix) ? path.slice(prefix.length) : '';
    const lengthBytes = /^[1-9][0-9]*$/.test(digits) ? Number(digits) : 0;
    if (!this.#gaps.has(lengthBytes)) return undefined;
    return { key: `pad-${digits}`, name: digits, lengthBytes, offsetBytes: undefined };
  }
}

/**
 * What a client may have meant, the likeliest first: percent-encoded, as it should be, or a name as it stands.
 * webtorrent encodes nothing, so that a `?` in a name starts a query, and a `%` no escape.
 */
function* readings(target: string): Iterable<string> {
  const [path = ''] = target.split('?', 1);
  yield decodePercent(path);
  if (path !== target) yield decodePercent(target);
  yield path;
}

/** Decodes runs of escapes that are UTF-8; others stay as they are. */
function decodePercent(text: string): string {
  return text.replace(/(?:%[0-9a-f]{2})+/gi, (run) => {
    try {
      return decodeURIComponent(run);
    } catch {
      return run;
    }
  });
}

function isNotEmpty(name: string): boolean {
  return name !== '';
}
