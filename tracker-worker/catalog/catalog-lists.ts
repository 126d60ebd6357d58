import type { InfoHash } from '../../shared/info-hash.ts';
import type { Catalog } from './catalog.ts';
import { CATALOG_NAME } from './catalog-name.ts';
import type { Listing, ListName } from './listing.ts';

/** The block list and the allow list as the routes see them. Calls throw when the catalogue is away. */
export interface Lists {
  /** Puts an info-hash on a list, or gives it another reason; whether it is new there. When it was first listed stays. */
  put(list: ListName, listing: Listing): Promise<boolean>;
  /** Takes an info-hash off a list; whether it was on it. */
  remove(list: ListName, infoHash: InfoHash): Promise<boolean>;
  /** At most `limit` listings, ascending by info-hash, behind `after` or from the start. */
  page(list: ListName, after: InfoHash | undefined, limit: number): Promise<readonly Listing[]>;
}

/** The lists in the `Catalog` object. A stub belongs to one request and breaks with it: each call takes a new one. */
export class CatalogLists implements Lists {
  readonly #namespace: DurableObjectNamespace<Catalog>;

  constructor(namespace: DurableObjectNamespace<Catalog>) {
    this.#namespace = namespace;
  }

  async put(list: ListName, listing: Listing): Promise<boolean> {
    return this.#catalog().list(list, listing);
  }

  async remove(list: ListName, infoHash: InfoHash): Promise<boolean> {
    return this.#catalog().unlist(list, infoHash);
  }

  async page(
    list: ListName,
    after: InfoHash | undefined,
    limit: number,
  ): Promise<readonly Listing[]> {
    return this.#catalog().listed(list, after, limit);
  }

  #catalog(): DurableObjectStub<Catalog> {
    return this.#namespace.getByName(CATALOG_NAME);
  }
}
