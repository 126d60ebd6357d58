import { DurableObject } from 'cloudflare:workers';
import { type InfoHash, swarmsOf } from '../../shared/info-hash.ts';
import type { AccessToken, AddTokenOutcome } from '../accounts/access-token.ts';
import { TokenStore } from '../accounts/token-store.ts';
import type { EdgeEnv } from '../env.ts';
import type { CountedDownloads } from '../swarm/download-counts.ts';
import type { ShardSlice } from '../swarm/shard-of.ts';
import type { Standing } from '../swarm/standing.ts';
import type { Everseed, EverseedOutcome } from '../webseed/everseed.ts';
import { EverseedStore } from '../webseed/everseed-store.ts';
import { prepareCatalogTables } from './catalog-schema.ts';
import { DownloadLedger } from './download-ledger.ts';
import { ListStore } from './list-store.ts';
import type { Listing, ListName } from './listing.ts';
import type { NewTorrent, PublishedTorrent, PublishOutcome } from './published-torrent.ts';
import { StandingIndex } from './standing-index.ts';
import { TorrentStore } from './torrent-store.ts';

/**
 * What is published, blocked and allowed: the one object that says so. The shards copy from it which info-hashes they
 * serve. It knows the seed boxes and the access tokens too.
 *
 * - A blocked publication is as if it were not there, and comes back whole when it is unblocked; a hybrid is blocked by
 *   either of its info-hashes.
 * - A call is one synchronous step, so that calls never interleave.
 */
export class Catalog extends DurableObject<EdgeEnv> {
  readonly #torrents: TorrentStore;
  readonly #lists: ListStore;
  readonly #standings: StandingIndex;
  readonly #downloads: DownloadLedger;
  readonly #everseeds: EverseedStore;
  readonly #tokens: TokenStore;

  constructor(ctx: DurableObjectState, env: EdgeEnv) {
    super(ctx, env);
    prepareCatalogTables(ctx.storage);
    this.#torrents = new TorrentStore(ctx.storage);
    this.#lists = new ListStore(ctx.storage);
    this.#standings = new StandingIndex(ctx.storage.sql);
    this.#downloads = new DownloadLedger(ctx.storage);
    this.#everseeds = new EverseedStore(ctx.storage);
    this.#tokens = new TokenStore(ctx.storage);
  }

  publish(torrent: NewTorrent, bytes: Uint8Array): PublishOutcome {
    if (swarmsOf(torrent.hashes).some((swarm) => this.#isListedAsBlocked(swarm))) return 'blocked';
    return this.#torrents.put(torrent, bytes) ? 'published' : 'replaced';
  }

  remove(infoHash: InfoHash): boolean {
    return this.#torrents.delete(infoHash);
  }

  find(infoHash: InfoHash): PublishedTorrent | null {
    return this.#isBlocked(infoHash) ? null : (this.#torrents.find(infoHash) ?? null);
  }

  torrentBytes(infoHash: InfoHash): Uint8Array | null {
    return this.#isBlocked(infoHash) ? null : (this.#torrents.bytes(infoHash) ?? null);
  }

  newest(count: number): PublishedTorrent[] {
    return this.#torrents.newestUnblocked(count);
  }

  list(list: ListName, listing: Listing): boolean {
    return this.#lists.put(list, listing);
  }

  unlist(list: ListName, infoHash: InfoHash): boolean {
    return this.#lists.delete(list, infoHash);
  }

  listed(list: ListName, after: InfoHash | undefined, limit: number): Listing[] {
    return this.#lists.page(list, after, limit);
  }

  /** The info-hash and, where it is of a hybrid that was ever published, its twin. */
  swarmsWith(infoHash: InfoHash): InfoHash[] {
    const twin = this.#torrents.twinOf(infoHash);
    return twin === undefined ? [infoHash] : [infoHash, twin];
  }

  standingsIn(slice: ShardSlice): Uint8Array {
    return this.#standings.standingsIn(slice);
  }

  standingOf(infoHash: InfoHash): Standing {
    return this.#standings.standingOf(infoHash);
  }

  countDownloads(shard: string, sequence: number, counts: readonly CountedDownloads[]): void {
    this.#downloads.count(shard, sequence, counts);
  }

  reportEverseed(everseed: Everseed): EverseedOutcome {
    return this.#everseeds.put(everseed);
  }

  liveEverseeds(nowSeconds: number): Everseed[] {
    return this.#everseeds.live(nowSeconds);
  }

  /** The URLs of the live seed boxes for a torrent that is published and not blocked; null for any other. */
  webSeedSources(infoHash: InfoHash, nowSeconds: number): string[] | null {
    if (this.find(infoHash) === null) return null;
    return this.#everseeds.live(nowSeconds).map(({ url }) => url);
  }

  addToken(token: AccessToken, hash: string): AddTokenOutcome {
    return this.#tokens.add(token, hash);
  }

  removeToken(id: string): boolean {
    return this.#tokens.delete(id);
  }

  tokens(): AccessToken[] {
    return this.#tokens.all();
  }

  useToken(by: 'id' | 'hash', value: string, day: number): AccessToken | null {
    return this.#tokens.use(by, value, day) ?? null;
  }

  #isBlocked(infoHash: InfoHash): boolean {
    return this.swarmsWith(infoHash).some((swarm) => this.#isListedAsBlocked(swarm));
  }

  #isListedAsBlocked(infoHash: InfoHash): boolean {
    return this.#lists.find('blocklist', infoHash) !== undefined;
  }
}
