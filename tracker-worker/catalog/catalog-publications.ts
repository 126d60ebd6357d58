import type { InfoHash } from '../../shared/info-hash.ts';
import type { Catalog } from './catalog.ts';
import { CATALOG_NAME } from './catalog-name.ts';
import type { PublishedTorrent } from './published-torrent.ts';

/** The publications as the routes see them. Calls throw when the catalogue is away. */
export interface Publications {
  /** Keeps a .torrent, in place of an older one around the same `info`; whether there was none. */
  publish(torrent: PublishedTorrent, bytes: Uint8Array): Promise<boolean>;
  find(infoHash: InfoHash): Promise<PublishedTorrent | null>;
  /** The .torrent as it was published. */
  torrentBytes(infoHash: InfoHash): Promise<Uint8Array | null>;
  /** The newest publications, the latest first. */
  newest(count: number): Promise<readonly PublishedTorrent[]>;
  /** Forgets a publication; whether there was one. */
  remove(infoHash: InfoHash): Promise<boolean>;
}

/** The publications in the `Catalog` object. A stub belongs to one request and breaks with it: each call takes a new one. */
export class CatalogPublications implements Publications {
  readonly #namespace: DurableObjectNamespace<Catalog>;

  constructor(namespace: DurableObjectNamespace<Catalog>) {
    this.#namespace = namespace;
  }

  async publish(torrent: PublishedTorrent, bytes: Uint8Array): Promise<boolean> {
    return this.#catalog().publish(torrent, bytes);
  }

  async find(infoHash: InfoHash): Promise<PublishedTorrent | null> {
    return this.#catalog().find(infoHash);
  }

  async torrentBytes(infoHash: InfoHash): Promise<Uint8Array | null> {
    return this.#catalog().torrentBytes(infoHash);
  }

  async newest(count: number): Promise<readonly PublishedTorrent[]> {
    return this.#catalog().newest(count);
  }

  async remove(infoHash: InfoHash): Promise<boolean> {
    return this.#catalog().remove(infoHash);
  }

  #catalog(): DurableObjectStub<Catalog> {
    return this.#namespace.getByName(CATALOG_NAME);
  }
}
