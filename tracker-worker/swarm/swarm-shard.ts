import { DurableObject, waitUntil } from 'cloudflare:workers';
import { type InfoHash, infoHashFromHex } from '../../shared/info-hash.ts';
import { invariant } from '../../shared/invariant.ts';
import { accept } from '../../shared/result.ts';
import type { SwarmCounts } from '../../shared/scrape.ts';
import type { AnnounceMessage, AnswerMessage } from '../../shared/webtorrent-messages.ts';
import { CATALOG_NAME } from '../catalog/catalog-name.ts';
import { type Config, requireConfig } from '../config.ts';
import type { EdgeEnv } from '../env.ts';
import { logFault } from '../log.ts';
import { Connections } from '../socket/connections.ts';
import type { Envelope, SwarmSocket } from '../socket/envelope.ts';
import { OfferExchange } from '../socket/offer-exchange.ts';
import { SocketDesk } from '../socket/socket-desk.ts';
import { type SocketOutcome, SocketTracker } from '../socket/socket-tracker.ts';
import { Watchers } from '../socket/watchers.ts';
import { decodeAnnounces, encodeOutcomes } from './announce-codec.ts';
import { DownloadReports } from './download-reports.ts';
import { DurableSwarms, nowSeconds } from './durable-swarms.ts';
import { refusalOfStanding, swarmRefusal } from './refusal.ts';
import type { SocketRef } from './seat.ts';
import { shardOfName } from './shard-of.ts';
import type { ShardStats } from './shard-stats.ts';
import { Standings } from './standings.ts';
import type { SwarmAnnounce, SwarmOutcome } from './swarm-announce.ts';
import { SwarmShards } from './swarm-shards.ts';

/** What one Durable Object holds. */
const MAX_SOCKETS_PER_OBJECT = 32_768;

/** A swarm and its counts, as they cross from a shard. */
export interface CountedSwarm {
  readonly infoHash: InfoHash;
  readonly counts: SwarmCounts;
}

/**
 * The swarms of one slice of the info-hashes, and the WebSockets that were opened to it: the object around
 * `DurableSwarms`, `SocketDesk` and `Watchers`, which hold all that it knows.
 *
 * - An announce is answered and stored in one step, with no `await` between, so that announces never interleave.
 */
export class SwarmShard extends DurableObject<EdgeEnv> {
  readonly #config: Config;
  readonly #name: string;
  readonly #standings: Standings;
  readonly #downloads: DownloadReports;
  readonly #swarms: DurableSwarms;
  readonly #offers = new OfferExchange();
  readonly #connections: Connections;
  readonly #watchers: Watchers;
  readonly #tracker: SocketTracker;
  readonly #desk: SocketDesk;
  #isKeptAwake = false;

  constructor(ctx: DurableObjectState, env: EdgeEnv) {
    super(ctx, env);
    this.#config = requireConfig({ ...env });
    this.#name = ctx.id.name ?? '';
    const shard = shardOfName(this.#name);
    invariant(shard !== undefined, 'a shard is called by a name that shardName made');

    // A stub breaks with the call that it broke in: each call takes a new one.
    const catalog = () => env.CATALOG.getByName(CATALOG_NAME);
    this.#standings = new Standings(
      {
        standingsIn: async (slice) => catalog().standingsIn(slice),
        standingOf: async (infoHash) => catalog().standingOf(infoHash),
      },
      shard.slice,
    );
    this.#downloads = new DownloadReports(
      ctx.storage,
      async ({ sequence, counts }) => catalog().countDownloads(this.#name, sequence, counts),
      (infoHash) => this.#standings.current?.standingOf(infoHash) === 'registered',
    );
    this.#swarms = new DurableSwarms(
      ctx,
      this.#config,
      this.#downloads,
      (infoHash) => this.#standings.current?.downloadsOf(infoHash) ?? 0,
      () => this.#tellWatchers(),
    );
    this.#watchers = new Watchers(ctx, (infoHash) => this.#swarms.resident.liveCounts(infoHash));

    const now = Date.now();
    this.#connections = new Connections(ctx, this.#config, now);
    this.#swarms.resident.keepSockets(
      ({ holder, connection }) => holder !== shard.number || this.#connections.has(connection),
    );
    const hasSlept = this.#connections.size > 0;
    this.#tracker = new SocketTracker(
      this.#swarms,
      this.#offers,
      (infoHash) => this.#refusalOf(infoHash),
      hasSlept ? now : undefined,
    );
    this.#desk = new SocketDesk(shard.number, this.#config, {
      connections: this.#connections,
      tracker: this.#tracker,
      others: new SwarmShards(env.SWARM_SHARD, this.#config, waitUntil),
    });
  }

  /** Answers announces (`announce-codec.ts`) for info-hashes of this shard, each as if it had come alone. */
  announce(batch: string): string | Promise<string> {
    // Without an `await` where nothing is to be waited for: most announces of a busy shard.
    if (this.#standings.current !== undefined) return this.#announce(batch);
    return this.#standings.loaded().then(() => this.#announce(batch));
  }

  /** The counts of info-hashes of this shard, in their order; zeros for what it has no swarm of. */
  async counts(infoHashes: readonly InfoHash[]): Promise<SwarmCounts[]> {
    await this.#standings.loaded();
    this.#swarms.sweepIfDue(nowSeconds());
    this.#swarms.count('scrapes');
    return infoHashes.map((infoHash) => this.#swarms.resident.counts(infoHash));
  }

  /** The counts of up to `maxSwarms` swarms with peers. */
  allCounts(maxSwarms: number): CountedSwarm[] {
    this.#swarms.sweepIfDue(nowSeconds());
    this.#swarms.count('scrapes');
    const counted: CountedSwarm[] = [];
    for (const [infoHash, counts] of this.#swarms.resident.all()) {
      if (counted.length === maxSwarms) break;
      counted.push({ infoHash, counts });
    }
    return counted;
  }

  stats(): ShardStats {
    this.#swarms.sweepIfDue(nowSeconds());
    const { resident, totals } = this.#swarms;
    return {
      shard: this.#name,
      ...resident.sizes(),
      sockets: this.#connections.size,
      parkedOffers: this.#offers.parkedCount,
      totals,
    };
  }

  /** Takes over from the catalogue how an info-hash stands; the swarm of one that is not served ends. */
  async refreshStanding(infoHash: InfoHash): Promise<void> {
    const standing = await this.#standings.refresh(infoHash);
    if (refusalOfStanding(standing, this.#config.trackerMode) === undefined) return;
    this.#swarms.resident.clear(infoHash);
    this.#swarms.changed();
  }

  /** An announce from a socket that another shard holds: what that shard is to deliver. */
  async announceSocket(message: AnnounceMessage, socket: SocketRef): Promise<SocketOutcome> {
    await this.#standings.loaded();
    const { isServed, envelopes } = this.#tracker.announce(message, socket, Date.now());
    this.#keepAwake();
    return { isServed, envelopes: await this.#desk.postAllBut(socket.holder, envelopes) };
  }

  /** An answer from a socket that another shard holds: what that shard is to deliver. */
  async answer(message: AnswerMessage, socket: SocketRef): Promise<readonly Envelope[]> {
    const envelopes = this.#tracker.answer(message, socket, Date.now());
    return this.#desk.postAllBut(socket.holder, envelopes);
  }

  /** Peers whose socket, at another shard, is gone. */
  leave(peers: readonly SwarmSocket[]): void {
    this.#tracker.leave(peers);
  }

  /** Messages for sockets of this shard; those whose socket is gone. */
  deliver(envelopes: readonly Envelope[]): Envelope[] {
    return this.#desk.deliver(envelopes);
  }

  /** Opens a WebSocket; the Worker has written who asks into the URL, and what a watcher watches. */
  override async fetch(request: Request): Promise<Response> {
    const { searchParams } = new URL(request.url);
    const source = searchParams.get('source') ?? '';
    const watched = infoHashFromHex(searchParams.get('watch') ?? '');
    if (watched !== undefined) {
      await this.#standings.loaded();
      if (this.#refusalOf(watched) !== undefined) return new Response(null, { status: 404 });
    }
    const { 0: client, 1: server } = new WebSocketPair();
    const hasRoom =
      this.#connections.size + this.#watchers.size < MAX_SOCKETS_PER_OBJECT &&
      (watched === undefined ? this.#connections : this.#watchers).hasRoomFor(source);
    if (!hasRoom) {
      return new Response('There are too many connections from your address.\n', {
        status: 429,
        headers: { 'retry-after': '60' },
      });
    }
    if (watched === undefined) this.#connections.accept(server, source, Date.now());
    else this.#watchers.accept(server, { infoHash: watched, source });
    return new Response(null, { status: 101, webSocket: client });
  }

  override async webSocketMessage(socket: WebSocket, data: string | ArrayBuffer): Promise<void> {
    if (this.#watchers.has(socket)) {
      this.#watchers.refuseMessage(socket);
      return;
    }
    this.#swarms.count('socketMessages');
    if (this.#standings.current === undefined) await this.#loadStandings();
    await this.#desk.receive(socket, data, Date.now());
    this.#keepAwake();
  }

  override async webSocketClose(socket: WebSocket): Promise<void> {
    this.#watchers.remove(socket);
    await this.#desk.close(socket);
    // Whoever says goodbye waits for ours before it lets the connection go (RFC 6455, section 5.5.1).
    socket.close();
  }

  override async webSocketError(socket: WebSocket): Promise<void> {
    this.#watchers.remove(socket);
    await this.#desk.close(socket);
  }

  override async alarm(): Promise<void> {
    await this.#swarms.alarm(nowSeconds());
    await this.#downloads.report();
  }

  /** Once the catalogue is known: it may have counted more downloads than a swarm that has no peers any more. */
  #tellWatchers(): void {
    if (this.#watchers.size === 0) return;
    if (this.#standings.current !== undefined) this.#watchers.changed();
    else void this.#loadStandings().then(() => this.#watchers.changed());
  }

  /** Where the catalogue is away, what needs it fails one by one, and says so. */
  async #loadStandings(): Promise<void> {
    try {
      await this.#standings.loaded();
    } catch (error) {
      logFault('loading standings', error);
    }
  }

  #announce(batch: string): string {
    const now = nowSeconds();
    const requests = decodeAnnounces(batch);
    this.#swarms.sweepIfDue(now);
    this.#swarms.countLoad(requests.length, now);
    this.#swarms.count('announceCalls');
    const outcomes = requests.map((request) => this.#answer(request, now));
    this.#swarms.changed();
    return encodeOutcomes(outcomes);
  }

  #answer(request: SwarmAnnounce, now: number): SwarmOutcome {
    const code = this.#refusalOf(request.infoHash);
    const peers =
      code === undefined
        ? this.#swarms.resident.announce(request, now, Math.random)
        : swarmRefusal(code);
    this.#swarms.count(peers.ok ? 'announces' : 'refusals');
    if (!peers.ok) return peers;
    return accept({ ...this.#swarms.intervals('http'), ...peers.value });
  }

  #refusalOf(infoHash: InfoHash): ReturnType<typeof refusalOfStanding> {
    const { current } = this.#standings;
    if (current === undefined) throw new Error('the catalogue is away');
    return refusalOfStanding(current.standingOf(infoHash), this.#config.trackerMode);
  }

  /** An object with nothing to do loses its memory after ten seconds, and parked offers wait longer: a timer keeps it. */
  #keepAwake(): void {
    if (this.#isKeptAwake || this.#offers.parkedCount === 0) return;
    const remainingMs = this.#offers.expire(Date.now());
    if (remainingMs <= 0) return;
    this.#isKeptAwake = true;
    setTimeout(() => {
      this.#isKeptAwake = false;
      this.#keepAwake();
    }, remainingMs);
  }
}
