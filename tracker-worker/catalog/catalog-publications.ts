import type { InfoHash } from '../../shared/info-hash.ts';
import type { Catalog } from './catalog.ts';
import { CATALOG_NAME } from './catalog-name.ts';
import type { Sample } from './history-store.ts';
import type { Takedown } from './listing.ts';
import type {
  Description,
  NewTorrent,
  PublishedTorrent,
  PublishOutcome,
} from './published-torrent.ts';
import type { ListingQuery, TorrentPage } from './torrent-search.ts';

/** The publications as the routes see them: without those that are blocked. Calls throw when the catalogue is away. */
export interface Publications {
  /** Keeps a .torrent, unless one of its info-hashes is blocked. */
  publish(torrent: NewTorrent, bytes: Uint8Array): Promise<PublishOutcome>;
  /** The publication with this swarm, its first or its second. */
  find(infoHash: InfoHash): Promise<PublishedTorrent | null>;
  /** The .torrent as it was published. */
  torrentBytes(infoHash: InfoHash): Promise<Uint8Array | null>;
  /** Takes over what a publisher says, key by key; what the publication is then, null where there is none. */
  describe(
    infoHash: InfoHash,
    change: Partial<Description>,
    nowSeconds: number,
  ): Promise<PublishedTorrent | null>;
  /** A page of the publications. */
  page(query: ListingQuery): Promise<TorrentPage>;
  /** How the edge was doing since then: one sample for each `stepSeconds` in which anything was seen. */
  history(fromSeconds: number, stepSeconds: number): Promise<readonly Sample[]>;
  /** Why a publication is not to be had; null where it is not blocked. */
  takedown(infoHash: InfoHash): Promise<Takedown | null>;
  /** Forgets a publication, blocked or not; whether there was one. */
  remove(infoHash: InfoHash): Promise<boolean>;
  /** The info-hash and, where it is of a hybrid that was ever published, the other one. */
  swarmsWith(infoHash: InfoHash): Promise<readonly InfoHash[]>;
}

/** The publications in the `Catalog` object. A stub belongs to one request and breaks with it: each call takes a new one. */
export class CatalogPublications implements Publications {
  readonly #namespace: DurableObjectNamespace<Catalog>;

  constructor(namespace: DurableObjectNamespace<Catalog>) {
    this.#namespace = namespace;
  }

  async publish(torrent: NewTorrent, bytes: Uint8Array): Promise<PublishOutcome> {
    return this.#catalog().publish(torrent, bytes);
  }

  async find(infoHash: InfoHash): Promise<PublishedTorrent | null> {
    return this.#catalog().find(infoHash);
  }

  async torrentBytes(infoHash: InfoHash): Promise<Uint8Array | null> {
    return this.#catalog().torrentBytes(infoHash);
  }

  async describe(
    infoHash: InfoHash,
    change: Partial<Description>,
    nowSeconds: number,
  ): Promise<PublishedTorrent | null> {
    return this.#catalog().describe(infoHash, change, nowSeconds);
  }

  async page(query: ListingQuery): Promise<TorrentPage> {
    return this.#catalog().page(query);
  }

  async history(fromSeconds: number, stepSeconds: number): Promise<readonly Sample[]> {
    return this.#catalog().history(fromSeconds, stepSeconds);
  }

  async takedown(infoHash: InfoHash): Promise<Takedown | null> {
    return this.#catalog().takedown(infoHash);
  }

  async remove(infoHash: InfoHash): Promise<boolean> {
    return this.#catalog().remove(infoHash);
  }

  async swarmsWith(infoHash: InfoHash): Promise<readonly InfoHash[]> {
    return this.#catalog().swarmsWith(infoHash);
  }

  #catalog(): DurableObjectStub<Catalog> {
    return this.#namespace.getByName(CATALOG_NAME);
  }
}
