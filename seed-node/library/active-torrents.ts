import { type InfoHash, swarmsOf } from '../../shared/info-hash.ts';
import { invariant } from '../../shared/invariant.ts';
import { parseMetainfo } from '../../shared/metainfo.ts';
import type { PieceLayout } from '../../shared/pieces.ts';
import type { TorrentInfo } from '../../shared/torrent-info.ts';
import { HashTrees } from '../engine/hash-trees.ts';
import { sha256 } from '../hashing/sha256.ts';
import type { HashRequest } from '../wire/hash-message.ts';
import { encodePieces } from '../engine/bitfield.ts';
import type { ServedTorrent, ValidBlockRequest } from '../engine/session-events.ts';
import type { Log } from '../log.ts';
import type { FilePool } from '../storage/file-pool.ts';
import type { RunCache } from '../storage/run-cache.ts';
import type { Turns } from '../storage/turns.ts';
import { TorrentStorage } from '../storage/torrent-storage.ts';
import type { Library, LibraryTorrent } from './library.ts';

/** Torrents kept in memory when nobody is connected to them. */
const MAX_IDLE_TORRENTS = 64;

/** What all torrents in memory share. */
export interface Surroundings {
  readonly files: FilePool;
  readonly cache: RunCache;
  readonly verifications: Turns;
  readonly log: Log;
}

/** A torrent in memory because someone asks for it. */
export class ActiveTorrent implements ServedTorrent {
  /** The swarm that it is filed under. */
  readonly infoHash: InfoHash;
  readonly swarms: readonly InfoHash[];
  readonly name: string;
  readonly info: TorrentInfo;
  readonly infoBytes: Uint8Array;
  readonly #storage: TorrentStorage;
  readonly #hashTrees: HashTrees;

  constructor(torrent: LibraryTorrent, { files, cache, verifications, log }: Surroundings) {
    const metainfo = parseMetainfo(torrent.metainfoBytes);
    invariant(metainfo.ok, 'the library holds .torrents that parse');
    this.swarms = swarmsOf(torrent.hashes);
    [this.infoHash] = swarmsOf(torrent.hashes);
    this.name = torrent.name;
    this.info = metainfo.value.info;
    this.infoBytes = metainfo.value.infoBytes;
    const { info, pieceLayers } = metainfo.value;
    this.#hashTrees = new HashTrees(pieceLayers, info.pieceLengthBytes, sha256);
    this.#storage = new TorrentStorage({
      info,
      pieceLayers,
      paths: torrent.files.map((file) => file.path),
      files,
      cache,
      verifications,
      onWithheld: ({ pieceIndex, reason, path }) => {
        log.warn(`Piece ${pieceIndex} of ${torrent.name} is withheld: ${reason} at ${path}`);
      },
    });
  }

  get layout(): PieceLayout {
    return this.#storage.layout;
  }

  /** Pieces that are known to be bad. */
  get withheldCount(): number {
    return this.#storage.withheldCount;
  }

  /** Takes note of a comparison of all files: these pieces are bad now, and no others. */
  noteVerified(badPieces: readonly number[]): void {
    this.#storage.noteVerified(badPieces);
  }

  get isPrivate(): boolean {
    return this.info.isPrivate;
  }

  get hashCount(): number {
    return this.#hashTrees.hashCount;
  }

  findHashes(request: HashRequest): Uint8Array | undefined {
    return this.#hashTrees.find(request);
  }

  bitfield(): Uint8Array {
    this.#storage.refreshWithheld();
    return encodePieces(this.layout, (index) => this.#storage.offers(index));
  }

  /** What `readBlock` would give, where that is in memory; whoever needs it longer than this turn copies it. */
  cachedBlock(request: ValidBlockRequest): Uint8Array | undefined {
    return this.#storage.cachedBlock(request.pieceIndex, request.beginBytes, request.lengthBytes);
  }

  /** Brings it into memory, where `cachedBlock` mostly finds it then. Throws `PieceWithheld`. */
  load(request: ValidBlockRequest): Promise<void> {
    return this.#storage.load(request.pieceIndex, request.beginBytes);
  }

  /** Has it read, because it will be asked for soon. */
  prepare(request: ValidBlockRequest): void {
    this.#storage.prepare(request.pieceIndex, request.beginBytes);
  }

  /** Has what holds the torrent's byte `offsetBytes` read, because it will be asked for soon. */
  prepareAt(offsetBytes: number): void {
    const index = this.layout.pieceAt(offsetBytes);
    this.#storage.prepare(index, offsetBytes - this.layout.offsetBytes(index));
  }

  /** The block out of a verified piece, in memory of its own. Throws `PieceWithheld` where there is none. */
  async readBlock({ pieceIndex, beginBytes, lengthBytes }: ValidBlockRequest): Promise<Uint8Array> {
    const block = new Uint8Array(lengthBytes);
    await this.#storage.readInto(block, pieceIndex, beginBytes);
    return block;
  }

  /** Fills `target` from the torrent's byte `offsetBytes` on, within one piece. Throws `PieceWithheld`. */
  async readInto(target: Uint8Array, offsetBytes: number): Promise<void> {
    const index = this.layout.pieceAt(offsetBytes);
    const beginBytes = offsetBytes - this.layout.offsetBytes(index);
    const cached = this.#storage.cachedBlock(index, beginBytes, target.length);
    if (cached === undefined) await this.#storage.readInto(target, index, beginBytes);
    else target.set(cached);
  }
}

/**
 * Brings torrents from the library into memory when a peer asks for them.
 *
 * Invariant: one `ActiveTorrent` a torrent, whichever of its swarms peers come from, for as long as anyone uses it.
 */
export class ActiveTorrents {
  readonly #library: Library;
  readonly #surroundings: Surroundings;
  /** By the swarm that they are filed under, the least recently asked for first. */
  readonly #torrents = new Map<InfoHash, { readonly torrent: ActiveTorrent; users: number }>();
  /** By each of their swarms. */
  readonly #bySwarm = new Map<InfoHash, ActiveTorrent>();

  constructor(library: Library, surroundings: Surroundings) {
    this.#library = library;
    this.#surroundings = surroundings;
  }

  find(swarm: InfoHash): ActiveTorrent | undefined {
    const active = this.#bySwarm.get(swarm);
    if (active !== undefined) return active;
    const stored = this.#library.find(swarm);
    if (stored === undefined) return undefined;
    const torrent = new ActiveTorrent(stored, this.#surroundings);
    this.#torrents.set(torrent.infoHash, { torrent, users: 0 });
    for (const each of torrent.swarms) this.#bySwarm.set(each, torrent);
    this.#forgetIdle();
    return torrent;
  }

  /** The torrent where it is in memory already. */
  peek(swarm: InfoHash): ActiveTorrent | undefined {
    return this.#bySwarm.get(swarm);
  }

  /** The swarm that is served under that key, `swarmKey()`. */
  findSwarm(key: Uint8Array): InfoHash | undefined {
    return this.#library.findSwarm(key);
  }

  /** A connection uses the torrent from now on. */
  retain(torrent: ActiveTorrent): void {
    const active = this.#torrents.get(torrent.infoHash) ?? { torrent, users: 0 };
    active.users += 1;
    this.#torrents.delete(torrent.infoHash);
    this.#torrents.set(torrent.infoHash, active);
    for (const swarm of torrent.swarms) this.#bySwarm.set(swarm, torrent);
  }

  release(torrent: ActiveTorrent): void {
    const active = this.#torrents.get(torrent.infoHash);
    if (active !== undefined) active.users -= 1;
    this.#forgetIdle();
  }

  #forgetIdle(): void {
    for (const [infoHash, { torrent, users }] of this.#torrents) {
      if (this.#torrents.size <= MAX_IDLE_TORRENTS) break;
      if (users > 0) continue;
      this.#torrents.delete(infoHash);
      for (const swarm of torrent.swarms) this.#bySwarm.delete(swarm);
    }
  }
}
