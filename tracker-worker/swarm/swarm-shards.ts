import { type IpAddress, ipAddressKey } from '../../shared/endpoint.ts';
import type { InfoHash } from '../../shared/info-hash.ts';
import { NO_COUNTS, type SwarmCounts } from '../../shared/scrape.ts';
import type { AnnounceMessage, AnswerMessage } from '../../shared/webtorrent-messages.ts';
import type { Config } from '../config.ts';
import { UNCOUNTED_SOURCE } from '../socket/connections.ts';
import type { Envelope, SwarmSocket } from '../socket/envelope.ts';
import type { OtherShards } from '../socket/socket-desk.ts';
import type { SocketOutcome } from '../socket/socket-tracker.ts';
import { AnnounceCalls, type AnnounceCallsMeans, type ClientAnnounces } from './announce-calls.ts';
import { decodeOutcomes, encodeAnnounces } from './announce-codec.ts';
import type { SocketRef } from './seat.ts';
import { shardName, shardOf, shardOfByte } from './shard-of.ts';
import type { ShardStats } from './shard-stats.ts';
import type { SwarmOutcome } from './swarm-announce.ts';
import type { SwarmShard } from './swarm-shard.ts';

/** The swarms as the routes see them: which shard owns what is nobody else's business. Calls throw when a shard is away. */
export interface Swarms {
  /** Announces of one client for one info-hash, one for each of its addresses: the answer to the first. */
  announce(announces: ClientAnnounces): Promise<SwarmOutcome>;
  /** Counts of each info-hash, in the order asked for; zeros for one without a swarm. */
  counts(infoHashes: readonly InfoHash[]): Promise<ReadonlyMap<InfoHash, SwarmCounts>>;
  /** Counts of every swarm with peers, but of at most `maxSwarms`. */
  allCounts(maxSwarms: number): Promise<ReadonlyMap<InfoHash, SwarmCounts>>;
  stats(): Promise<readonly ShardStats[]>;
  /**
   * Opens a WebSocket to the shard of an announce URL's prefix, or without one to the shard that its address picks, the
   * first where that is not given. It is counted against the address; against none for a seed box.
   */
  connect(
    request: Request,
    prefix: string | undefined,
    address: IpAddress | undefined,
  ): Promise<Response>;
  /** Opens a WebSocket over which the counts of a swarm are sent; 404 where it is not served. */
  watch(request: Request, infoHash: InfoHash, address: IpAddress): Promise<Response>;
  /** Tells the shard that owns an info-hash that its standing changed; done when the shard has taken it over. */
  refreshStanding(infoHash: InfoHash): Promise<void>;
}

/** The hex digits of an IPv4 address, or of the /64 that an IPv6 host gets: who opens a socket. */
const SOURCE_HEX_DIGITS = 16;

const UPGRADE = { headers: { upgrade: 'websocket' } } as const;

export class SwarmShards implements Swarms, OtherShards {
  readonly #namespace: DurableObjectNamespace<SwarmShard>;
  readonly #shardCount: number;
  readonly #maxAnnouncesPerCall: number;
  readonly #keepAlive: AnnounceCallsMeans['keepAlive'];
  readonly #ids: DurableObjectId[] = [];
  readonly #calls: AnnounceCalls[] = [];

  constructor(
    namespace: DurableObjectNamespace<SwarmShard>,
    { shardCount, maxAnnouncesPerCall }: Pick<Config, 'shardCount' | 'maxAnnouncesPerCall'>,
    keepAlive: AnnounceCallsMeans['keepAlive'],
  ) {
    this.#namespace = namespace;
    this.#shardCount = shardCount;
    this.#maxAnnouncesPerCall = maxAnnouncesPerCall;
    this.#keepAlive = keepAlive;
  }

  async announce(announces: ClientAnnounces): Promise<SwarmOutcome> {
    const shard = shardOf(announces[0].infoHash, this.#shardCount);
    const calls = (this.#calls[shard] ??= new AnnounceCalls({
      maxAnnouncesPerCall: this.#maxAnnouncesPerCall,
      ask: async (batch) =>
        decodeOutcomes(await this.#shard(shard).announce(encodeAnnounces(batch))),
      keepAlive: this.#keepAlive,
      nowMs: () => Date.now(),
    }));
    return calls.announce(announces);
  }

  async counts(infoHashes: readonly InfoHash[]): Promise<ReadonlyMap<InfoHash, SwarmCounts>> {
    const byShard = Map.groupBy(infoHashes, (infoHash) => shardOf(infoHash, this.#shardCount));
    const answers = await Promise.all(
      Array.from(byShard, async ([shard, hashes]) => {
        const counts = await this.#shard(shard).counts(hashes);
        return hashes.map((infoHash, index) => [infoHash, counts[index] ?? NO_COUNTS] as const);
      }),
    );
    return new Map(answers.flat());
  }

  async allCounts(maxSwarms: number): Promise<ReadonlyMap<InfoHash, SwarmCounts>> {
    const answers = await this.#all(async (shard) => shard.allCounts(maxSwarms));
    const counted = answers.flat().slice(0, maxSwarms);
    return new Map(counted.map(({ infoHash, counts }) => [infoHash, counts]));
  }

  async stats(): Promise<readonly ShardStats[]> {
    return this.#all(async (shard) => shard.stats());
  }

  async connect(
    request: Request,
    prefix: string | undefined,
    address: IpAddress | undefined,
  ): Promise<Response> {
    const byte =
      prefix === undefined
        ? Array.from(address ?? []).reduce((sum, part) => (sum * 31 + part) % 256, 0)
        : Number.parseInt(prefix, 16);
    const source = address === undefined ? UNCOUNTED_SOURCE : sourceOf(address);
    const url = new URL(`/?source=${source}`, request.url);
    return this.#shard(shardOfByte(byte, this.#shardCount)).fetch(url, UPGRADE);
  }

  async watch(request: Request, infoHash: InfoHash, address: IpAddress): Promise<Response> {
    const url = new URL(`/?source=${sourceOf(address)}&watch=${infoHash}`, request.url);
    return this.#shard(shardOf(infoHash, this.#shardCount)).fetch(url, UPGRADE);
  }

  async refreshStanding(infoHash: InfoHash): Promise<void> {
    await this.#shard(shardOf(infoHash, this.#shardCount)).refreshStanding(infoHash);
  }

  async announceSocket(
    shard: number,
    message: AnnounceMessage,
    socket: SocketRef,
  ): Promise<SocketOutcome> {
    return this.#shard(shard).announceSocket(message, socket);
  }

  async answer(
    shard: number,
    message: AnswerMessage,
    socket: SocketRef,
  ): Promise<readonly Envelope[]> {
    return this.#shard(shard).answer(message, socket);
  }

  async leave(shard: number, peers: readonly SwarmSocket[]): Promise<void> {
    await this.#shard(shard).leave(peers);
  }

  async deliver(shard: number, envelopes: readonly Envelope[]): Promise<readonly Envelope[]> {
    return this.#shard(shard).deliver(envelopes);
  }

  async #all<T>(ask: (shard: DurableObjectStub<SwarmShard>) => Promise<T>): Promise<T[]> {
    const shards = Array.from({ length: this.#shardCount }, (_, shard) => this.#shard(shard));
    return Promise.all(shards.map(async (shard) => ask(shard)));
  }

  #shard(shard: number): DurableObjectStub<SwarmShard> {
    // The id of a name is a hash, and there are only so many shards; a stub belongs to one request.
    const id = (this.#ids[shard] ??= this.#namespace.idFromName(
      shardName(shard, this.#shardCount),
    ));
    return this.#namespace.get(id);
  }
}

function sourceOf(address: IpAddress): string {
  return ipAddressKey(address).slice(0, SOURCE_HEX_DIGITS);
}
