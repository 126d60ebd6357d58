import { type InfoHash, swarmsOf } from '../../shared/info-hash.ts';
import { invariant } from '../../shared/invariant.ts';
import { parseMetainfo } from '../../shared/metainfo.ts';
import { PieceLayout } from '../../shared/pieces.ts';
import type { AnnounceState } from '../../shared/seeding.ts';
import type { ActiveTorrents } from '../library/active-torrents.ts';
import type { Library, LibraryTorrent } from '../library/library.ts';
import type { TransferTotals } from './transfer-totals.ts';
import type { Verifications } from './verifications.ts';

/** Numbers of pieces that are remembered, so that a list need not parse every .torrent in it each time. */
const MAX_KNOWN_PIECES = 10_000;

export interface SeedingReportComponents {
  readonly library: Library;
  readonly torrents: ActiveTorrents;
  /** Peers connected now, by the swarm that their torrent is filed under. */
  readonly peerCounts: () => ReadonlyMap<InfoHash, number>;
  readonly totals: TransferTotals;
  readonly verifications: Verifications;
  readonly announceStatesOf: (infoHash: InfoHash) => readonly AnnounceState[];
}

/** What is seeded, and how it is doing, as the API writes it. */
export class SeedingReport {
  readonly #components: SeedingReportComponents;
  readonly #pieces = new Map<InfoHash, number>();

  constructor(components: SeedingReportComponents) {
    this.#components = components;
  }

  /** The next torrents behind `after`, in the order of info-hashes; from the first one where it is empty. */
  page(after: string, limit: number) {
    const { library, peerCounts } = this.#components;
    const counts = peerCounts();
    return library.infoHashesAfter(after, limit).flatMap((infoHash) => {
      const torrent = library.find(infoHash);
      return torrent === undefined ? [] : [this.#describe(torrent, counts)];
    });
  }

  of(swarm: InfoHash) {
    const { library, peerCounts } = this.#components;
    const torrent = library.find(swarm);
    return torrent && this.#describe(torrent, peerCounts());
  }

  #describe(torrent: LibraryTorrent, counts: ReadonlyMap<InfoHash, number>) {
    const { torrents, totals, verifications, announceStatesOf } = this.#components;
    const [infoHash] = swarmsOf(torrent.hashes);
    const verified = verifications.of(infoHash);
    return {
      infoHash,
      infoHashV2: torrent.hashes.v2 ?? null,
      name: torrent.name,
      sizeBytes: torrent.files.reduce((sum, file) => sum + file.sizeBytes, 0),
      pieces: this.#piecesOf(infoHash, torrent),
      withheldPieces: torrents.peek(infoHash)?.withheldCount ?? verified?.badPieces ?? 0,
      verifiedAt: verified === undefined ? null : new Date(verified.atMs).toISOString(),
      peers: counts.get(infoHash) ?? 0,
      uploadedBytes: totals.of(infoHash),
      announces: swarmsOf(torrent.hashes).flatMap((swarm) => announceStatesOf(swarm)),
    };
  }

  #piecesOf(infoHash: InfoHash, { metainfoBytes }: LibraryTorrent): number {
    const known = this.#pieces.get(infoHash);
    if (known !== undefined) return known;
    const metainfo = parseMetainfo(metainfoBytes);
    invariant(metainfo.ok, 'the library holds .torrents that parse');
    const { extentBytes, pieceLengthBytes } = metainfo.value.info;
    const { pieceCount } = new PieceLayout(extentBytes, pieceLengthBytes);
    if (this.#pieces.size >= MAX_KNOWN_PIECES) this.#pieces.clear();
    this.#pieces.set(infoHash, pieceCount);
    return pieceCount;
  }
}
