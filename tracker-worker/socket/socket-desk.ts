import { formatScrapeReply, formatSocketFailure } from '../../shared/format-webtorrent-message.ts';
import type { InfoHash } from '../../shared/info-hash.ts';
import { parseSocketMessage } from '../../shared/parse-webtorrent-message.ts';
import type { SwarmCounts } from '../../shared/scrape.ts';
import type {
  AnnounceMessage,
  AnswerMessage,
  ScrapeMessage,
  SocketAction,
} from '../../shared/webtorrent-messages.ts';
import type { Config } from '../config.ts';
import { shardOf } from '../swarm/shard-of.ts';
import type { SocketRef } from '../swarm/seat.ts';
import type { Connections, OpenConnection } from './connections.ts';
import type { Envelope, SwarmSocket } from './envelope.ts';
import type { SocketOutcome, SocketTracker } from './socket-tracker.ts';

/** The other shards. Calls throw where one is away. */
export interface OtherShards {
  announceSocket(
    shard: number,
    message: AnnounceMessage,
    socket: SocketRef,
  ): Promise<SocketOutcome>;
  answer(shard: number, message: AnswerMessage, socket: SocketRef): Promise<readonly Envelope[]>;
  leave(shard: number, peers: readonly SwarmSocket[]): Promise<void>;
  /** Hands messages to the shard that holds their sockets; those whose socket is gone. */
  deliver(shard: number, envelopes: readonly Envelope[]): Promise<readonly Envelope[]>;
  counts(infoHashes: readonly InfoHash[]): Promise<ReadonlyMap<InfoHash, SwarmCounts>>;
}

/** Closed by the tracker (RFC 6455, section 7.4.1): the client broke a rule, or sent too much at once. */
const CLOSE = { tooFast: 1008, tooLarge: 1009 } as const;

/**
 * Where a shard's sockets are served: takes each message to the shard that owns its info-hash, which for most is this
 * one, and brings what comes of it to the sockets that it is for.
 */
export class SocketDesk {
  readonly #shard: number;
  readonly #config: Config;
  readonly #connections: Connections;
  readonly #tracker: SocketTracker;
  readonly #others: OtherShards;

  constructor(
    shard: number,
    config: Config,
    parts: {
      readonly connections: Connections;
      readonly tracker: SocketTracker;
      readonly others: OtherShards;
    },
  ) {
    this.#shard = shard;
    this.#config = config;
    this.#connections = parts.connections;
    this.#tracker = parts.tracker;
    this.#others = parts.others;
  }

  async receive(socket: WebSocket, data: string | ArrayBuffer, nowMs: number): Promise<void> {
    const connection = this.#connections.of(socket);
    if (connection === undefined) return;
    if (!connection.rate.take(nowMs)) {
      this.#fail(connection, 'you send too many messages');
      socket.close(CLOSE.tooFast, 'too many messages');
      return;
    }
    const length = typeof data === 'string' ? data.length : data.byteLength;
    if (length > this.#config.maxSocketMessageBytes) {
      this.#fail(connection, 'the message is too long');
      socket.close(CLOSE.tooLarge, 'the message is too long');
      return;
    }
    const message = parseSocketMessage(
      typeof data === 'string' ? data : new Uint8Array(data),
      this.#config,
    );
    if (!message.ok) {
      const { reason, action, infoHash } = message.refusal;
      this.#fail(connection, reason, infoHash, action);
    } else if (message.value.type === 'announce') {
      await this.#announce(socket, connection, message.value, nowMs);
    } else if (message.value.type === 'answer') {
      await this.#answer(connection, message.value, nowMs);
    } else {
      await this.#scrape(connection, message.value);
    }
  }

  /** A socket is closed: its peers leave their swarms at once. */
  async close(socket: WebSocket): Promise<void> {
    const connection = this.#connections.remove(socket);
    if (connection === undefined) return;
    const ref = { holder: this.#shard, connection: connection.id };
    const peers = Array.from(connection.torrents, ([infoHash, peerId]) => ({
      infoHash,
      peerId,
      socket: ref,
    }));
    await this.#leave(peers);
  }

  /** Sends what other shards, or this one's own tracker, have for sockets here; what found none. */
  deliver(envelopes: readonly Envelope[]): Envelope[] {
    return envelopes.filter(({ to, text }) => !this.#connections.send(to.connection, text));
  }

  /** Brings messages to their sockets, but for those of one shard: they are the rest. */
  async postAllBut(holder: number, envelopes: readonly Envelope[]): Promise<readonly Envelope[]> {
    await this.#post(envelopes.filter(({ to }) => to.holder !== holder));
    return envelopes.filter(({ to }) => to.holder === holder);
  }

  /** What went wrong is no fault of the client's: it may send the same again. */
  excuse(socket: WebSocket): void {
    const connection = this.#connections.of(socket);
    if (connection !== undefined) this.#fail(connection, 'the tracker is busy, try again soon');
  }

  async #announce(
    socket: WebSocket,
    connection: OpenConnection,
    message: AnnounceMessage,
    nowMs: number,
  ): Promise<void> {
    const { infoHash, peerId } = message;
    const { torrents } = connection;
    const known = torrents.get(infoHash);
    if (known === undefined && torrents.size >= this.#config.maxTorrentsPerSocket) {
      this.#fail(connection, 'you announce too many torrents on one socket', infoHash);
      return;
    }
    const ref = this.#refOf(connection);
    // One socket is one peer of a swarm, whatever it calls itself.
    if (known !== undefined && known !== peerId) {
      await this.#leave([{ infoHash, peerId: known, socket: ref }]);
    }
    const owner = this.#ownerOf(infoHash);
    const outcome =
      owner === this.#shard
        ? this.#tracker.announce(message, ref, nowMs)
        : await this.#others.announceSocket(owner, message, ref);
    if (this.#connections.of(socket) !== connection) {
      // It was closed meanwhile, and its leave came before its announce.
      if (outcome.isServed) await this.#leave([{ infoHash, peerId, socket: ref }]);
      return;
    }
    const before = torrents.get(infoHash);
    if (outcome.isServed) torrents.set(infoHash, peerId);
    else torrents.delete(infoHash);
    if (torrents.get(infoHash) !== before) this.#connections.save(socket, connection);
    await this.#post(outcome.envelopes);
  }

  async #answer(connection: OpenConnection, message: AnswerMessage, nowMs: number): Promise<void> {
    const owner = this.#ownerOf(message.infoHash);
    const ref = this.#refOf(connection);
    const envelopes =
      owner === this.#shard
        ? this.#tracker.answer(message, ref, nowMs)
        : await this.#others.answer(owner, message, ref);
    await this.#post(envelopes);
  }

  async #scrape(connection: OpenConnection, { infoHashes }: ScrapeMessage): Promise<void> {
    const counts = await this.#others.counts(infoHashes);
    const text = formatScrapeReply(counts, this.#config.webSocketIntervalSeconds);
    this.#connections.send(connection.id, text);
  }

  /** Brings messages to their sockets, wherever they are held; whose socket is gone leaves the swarm. */
  async #post(envelopes: readonly Envelope[]): Promise<void> {
    const gone = this.deliver(envelopes.filter(({ to }) => to.holder === this.#shard));
    const elsewhere = envelopes.filter(({ to }) => to.holder !== this.#shard);
    if (elsewhere.length > 0) {
      const byHolder = Map.groupBy(elsewhere, ({ to }) => to.holder);
      const undelivered = await Promise.all(
        Array.from(byHolder, async ([holder, some]) => this.#others.deliver(holder, some)),
      );
      gone.push(...undelivered.flat());
    }
    const left = gone.map(({ peer }) => peer).filter((peer) => peer !== undefined);
    if (left.length > 0) await this.#leave(left);
  }

  async #leave(peers: readonly SwarmSocket[]): Promise<void> {
    const byOwner = Map.groupBy(peers, ({ infoHash }) => this.#ownerOf(infoHash));
    const own = byOwner.get(this.#shard);
    if (own !== undefined) this.#tracker.leave(own);
    byOwner.delete(this.#shard);
    await Promise.all(
      Array.from(byOwner, async ([owner, some]) => this.#others.leave(owner, some)),
    );
  }

  #fail(
    connection: OpenConnection,
    reason: string,
    infoHash?: InfoHash,
    action: SocketAction = 'announce',
  ): void {
    this.#connections.send(connection.id, formatSocketFailure({ action, reason, infoHash }));
  }

  #ownerOf(infoHash: InfoHash): number {
    return shardOf(infoHash, this.#config.shardCount);
  }

  #refOf(connection: OpenConnection): SocketRef {
    return { holder: this.#shard, connection: connection.id };
  }
}
