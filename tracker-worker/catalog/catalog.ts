import { DurableObject, waitUntil } from 'cloudflare:workers';
import { type InfoHash, swarmsOf } from '../../shared/info-hash.ts';
import { requireConfig } from '../config.ts';
import type { AccessToken, AddTokenOutcome } from '../accounts/access-token.ts';
import { TokenStore } from '../accounts/token-store.ts';
import type { EdgeEnv } from '../env.ts';
import { totalStats } from '../stats/total-stats.ts';
import type { CountedDownloads } from '../swarm/download-counts.ts';
import type { ShardSlice } from '../swarm/shard-of.ts';
import type { Standing } from '../swarm/standing.ts';
import { SwarmShards } from '../swarm/swarm-shards.ts';
import type { Everseed, EverseedOutcome } from '../webseed/everseed.ts';
import { EverseedStore } from '../webseed/everseed-store.ts';
import { prepareCatalogTables } from './catalog-schema.ts';
import { DownloadLedger } from './download-ledger.ts';
import { HistoryStore, type Sample, SAMPLE_SECONDS } from './history-store.ts';
import { ListStore } from './list-store.ts';
import type { Listing, ListName, Takedown } from './listing.ts';
import type {
  Description,
  NewTorrent,
  PublishedTorrent,
  PublishOutcome,
} from './published-torrent.ts';
import { StandingIndex } from './standing-index.ts';
import type { ListingQuery, TorrentPage } from './torrent-search.ts';
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
  readonly #history: HistoryStore;
  readonly #swarms: SwarmShards;
  readonly #tokens: TokenStore;

  constructor(ctx: DurableObjectState, env: EdgeEnv) {
    super(ctx, env);
    prepareCatalogTables(ctx.storage);
    this.#torrents = new TorrentStore(ctx.storage);
    this.#lists = new ListStore(ctx.storage);
    this.#standings = new StandingIndex(ctx.storage.sql);
    this.#downloads = new DownloadLedger(ctx.storage);
    this.#everseeds = new EverseedStore(ctx.storage);
    this.#history = new HistoryStore(ctx.storage);
    this.#swarms = new SwarmShards(env.SWARM_SHARD, requireConfig({ ...env }), waitUntil);
    void ctx.blockConcurrencyWhile(async () => {
      if ((await ctx.storage.getAlarm()) === null) await ctx.storage.setAlarm(Date.now());
    });
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

  /** What a publisher says of a publication from now on; null where none is there, or it is blocked. */
  describe(
    infoHash: InfoHash,
    change: Partial<Description>,
    nowSeconds: number,
  ): PublishedTorrent | null {
    if (this.#isBlocked(infoHash)) return null;
    return this.#torrents.describe(infoHash, change, nowSeconds) ?? null;
  }

  page(query: ListingQuery): TorrentPage {
    return this.#torrents.page(query);
  }

  /** Why a publication is not there any more, where anyone may know: null where it is not blocked. */
  takedown(infoHash: InfoHash): Takedown | null {
    for (const swarm of this.swarmsWith(infoHash)) {
      const listing = this.#lists.find('blocklist', swarm);
      if (listing !== undefined) {
        return { reason: listing.reason, listedAtSeconds: listing.listedAtSeconds };
      }
    }
    return null;
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
    const { id, seenAtSeconds, health } = everseed;
    const outcome = this.#everseeds.put(everseed);
    if (outcome !== 'too-many') {
      const { uploadedBytes: peerBytes = 0, webSeedBytes = 0 } = health;
      this.#history.recordTraffic(id, { peerBytes, webSeedBytes }, seenAtSeconds);
    }
    return outcome;
  }

  /** How the edge was doing: one sample for each `stepSeconds` in which anything was seen. */
  history(fromSeconds: number, stepSeconds: number): Sample[] {
    return this.#history.samples(fromSeconds, stepSeconds);
  }

  /** Samples all swarms together, every quarter of an hour. */
  override async alarm(): Promise<void> {
    await this.ctx.storage.setAlarm(Date.now() + SAMPLE_SECONDS * 1000);
    const { seeders, leechers } = totalStats(await this.#swarms.stats());
    this.#history.recordPeers(seeders, leechers, Math.floor(Date.now() / 1000));
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
