import type { InfoHash } from '../../shared/info-hash.ts';
import { invariant } from '../../shared/invariant.ts';
import { parseMetainfo } from '../../shared/metainfo.ts';
import type { PieceLayout } from '../../shared/pieces.ts';
import { encodePieces } from '../engine/bitfield.ts';
import type { ServedTorrent, ValidBlockRequest } from '../engine/session-events.ts';
import type { Log } from '../log.ts';
import type { FilePool } from '../storage/file-pool.ts';
import { TorrentStorage } from '../storage/torrent-storage.ts';
import type { Library, LibraryTorrent } from './library.ts';

/** Torrents kept in memory when nobody is connected to them. */
const MAX_IDLE_TORRENTS = 64;

/** A torrent in memory because someone asks for it. */
export class ActiveTorrent implements ServedTorrent {
  readonly infoHash: InfoHash;
  readonly name: string;
  readonly infoBytes: Uint8Array;
  readonly #storage: TorrentStorage;

  constructor(torrent: LibraryTorrent, files: FilePool, log: Log) {
    const metainfo = parseMetainfo(torrent.metainfoBytes);
    invariant(metainfo.ok, 'the library holds .torrents that parse');
    this.infoHash = torrent.infoHash;
    this.name = torrent.name;
    this.infoBytes = metainfo.value.infoBytes;
    this.#storage = new TorrentStorage({
      info: metainfo.value.info,
      paths: torrent.files.map((file) => file.path),
      files,
      onWithheld: ({ pieceIndex, reason, path }) => {
        log.warn(`Piece ${pieceIndex} of ${torrent.name} is withheld: ${reason} at ${path}`);
      },
    });
  }

  get layout(): PieceLayout {
    return this.#storage.layout;
  }

  bitfield(): Uint8Array {
    this.#storage.refreshWithheld();
    return encodePieces(this.layout, (index) => this.#storage.offers(index));
  }

  readBlock(request: ValidBlockRequest): Promise<Uint8Array> {
    return this.#storage.readBlock(request.pieceIndex, request.beginBytes, request.lengthBytes);
  }
}

/**
 * Brings torrents from the library into memory when a peer asks for them.
 *
 * Invariant: one `ActiveTorrent` an info-hash, for as long as anyone uses it.
 */
export class ActiveTorrents {
  readonly #library: Library;
  readonly #files: FilePool;
  readonly #log: Log;
  /** Least recently asked for first. */
  readonly #torrents = new Map<InfoHash, { readonly torrent: ActiveTorrent; users: number }>();

  constructor(library: Library, files: FilePool, log: Log) {
    this.#library = library;
    this.#files = files;
    this.#log = log;
  }

  find(infoHash: InfoHash): ActiveTorrent | undefined {
    const active = this.#torrents.get(infoHash);
    if (active !== undefined) return active.torrent;
    const stored = this.#library.find(infoHash);
    if (stored === undefined) return undefined;
    const torrent = new ActiveTorrent(stored, this.#files, this.#log);
    this.#torrents.set(infoHash, { torrent, users: 0 });
    this.#forgetIdle();
    return torrent;
  }

  /** A connection uses the torrent from now on. */
  retain(torrent: ActiveTorrent): void {
    const active = this.#torrents.get(torrent.infoHash) ?? { torrent, users: 0 };
    active.users += 1;
    this.#torrents.delete(torrent.infoHash);
    this.#torrents.set(torrent.infoHash, active);
  }

  release(torrent: ActiveTorrent): void {
    const active = this.#torrents.get(torrent.infoHash);
    if (active !== undefined) active.users -= 1;
    this.#forgetIdle();
  }

  #forgetIdle(): void {
    for (const [infoHash, active] of this.#torrents) {
      if (this.#torrents.size <= MAX_IDLE_TORRENTS) break;
      if (active.users === 0) this.#torrents.delete(infoHash);
    }
  }
}
