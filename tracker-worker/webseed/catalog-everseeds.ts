import type { InfoHash } from '../../shared/info-hash.ts';
import type { Catalog } from '../catalog/catalog.ts';
import { CATALOG_NAME } from '../catalog/catalog-name.ts';
import type { Everseed, EverseedOutcome } from './everseed.ts';

/** The seed boxes as the routes see them. Calls throw when the catalogue is away. */
export interface Everseeds {
  /** Keeps what a seed box reports in place of what it reported before. */
  report(everseed: Everseed): Promise<EverseedOutcome>;
  /** Those that reported of late, the latest first. */
  live(nowSeconds: number): Promise<readonly Everseed[]>;
  /** Where a torrent may be served from: the URLs of the live seed boxes; null where it is not published, or blocked. */
  sourcesOf(infoHash: InfoHash, nowSeconds: number): Promise<readonly string[] | null>;
}

/** The seed boxes in the `Catalog` object. A stub belongs to one request and breaks with it: each call takes a new one. */
export class CatalogEverseeds implements Everseeds {
  readonly #namespace: DurableObjectNamespace<Catalog>;

  constructor(namespace: DurableObjectNamespace<Catalog>) {
    this.#namespace = namespace;
  }

  async report(everseed: Everseed): Promise<EverseedOutcome> {
    return this.#catalog().reportEverseed(everseed);
  }

  async live(nowSeconds: number): Promise<readonly Everseed[]> {
    return this.#catalog().liveEverseeds(nowSeconds);
  }

  async sourcesOf(infoHash: InfoHash, nowSeconds: number): Promise<readonly string[] | null> {
    return this.#catalog().webSeedSources(infoHash, nowSeconds);
  }

  #catalog(): DurableObjectStub<Catalog> {
    return this.#namespace.getByName(CATALOG_NAME);
  }
}
