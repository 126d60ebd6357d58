import type { InfoHashes } from '../../shared/info-hash.ts';
import { type WebSeedContent, webSeedUrl } from '../../shared/web-seed-url.ts';
import type { Config } from '../config.ts';
import type { Everseeds } from './catalog-everseeds.ts';
import { isPublicUrl } from './public-url.ts';

/** Seed boxes that a .torrent or a magnet link names: more than these add length, not speed. */
const MAX_LISTED_EVERSEEDS = 4;

export interface WebSeedListComponents {
  readonly config: Pick<Config, 'webSeedProxy'>;
  readonly everseeds: Pick<Everseeds, 'live'>;
  readonly nowMs: () => number;
}

/** The web seeds of today: those of live seed boxes that everyone reaches, then the edge's own where it relays. */
export class WebSeedList {
  readonly #components: WebSeedListComponents;

  constructor(components: WebSeedListComponents) {
    this.#components = components;
  }

  /** The URLs of a torrent at the edge of this origin; without `content`, those that a magnet link takes. */
  async of(hashes: InfoHashes, origin: string, content?: WebSeedContent): Promise<string[]> {
    return (await this.today(origin))(hashes, content);
  }

  /** The same for many torrents, which costs one question for all of them. */
  async today(origin: string): Promise<(hashes: InfoHashes, content?: WebSeedContent) => string[]> {
    const { config, everseeds, nowMs } = this.#components;
    const live = await everseeds.live(Math.floor(nowMs() / 1000));
    const bases = live
      .map(({ url }) => url)
      .filter(isPublicUrl)
      .slice(0, MAX_LISTED_EVERSEEDS);
    if (config.webSeedProxy) bases.push(origin);
    return (hashes, content) =>
      [...new Set(bases)].map((base) => webSeedUrl(base, hashes, content));
  }
}
