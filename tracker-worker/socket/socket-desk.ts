import { formatScrapeReply, formatSocketFailure } from '../../shared/format-webtorrent-message.ts';
import type { InfoHash } from '../../shared/info-hash.ts';
import type { PeerId } from '../../shared/peer-id.ts';
import { parseSocketMessage } from '../../shared/parse-webtorrent-message.ts';
import type { SwarmCounts } from '../../shared/scrape.ts';
import type {
  AnnounceMessage,
  AnswerMessage,
  ScrapeMessage,
  SocketAction,
} from '../../shared/webtorrent-messages.ts';
import { encodeUtf8 } from '../../shared/text.ts';
import type { Config } from '../config.ts';
import { logFault } from '../log.ts';
import { shardOf } from '../swarm/shard-of.ts';
import type { SocketRef } from '../swarm/seat.ts';
import type { Connections, OpenConnection } from './connections.ts';
import type { Envelope, SwarmSocket } from './envelope.ts';
import { NO_OFFER_WAITS, type SocketOutcome, type SocketTracker } from './socket-tracker.ts';

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

const TOO_MANY_TORRENTS = 'you announce too many torrents on one socket';

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
    const { maxSocketMessageBytes } = this.#config;
    if (!connection.rate.take(nowMs)) {
      await this.#hangUp(socket, connection, CLOSE.tooFast, 'you send too many messages');
    } else if (isLonger(data, maxSocketMessageBytes)) {
      await this.#hangUp(socket, connection, CLOSE.tooLarge, 'the message is too long');
    } else {
      await this.#serve(socket, connection, data, nowMs);
    }
  }

  async #serve(
    socket: WebSocket,
    connection: OpenConnection,
    data: string | ArrayBuffer,
    nowMs: number,
  ): Promise<void> {
    const text = typeof data === 'string' ? data : new Uint8Array(data);
    const message = parseSocketMessage(text, this.#config);
    if (!message.ok) {
      const { reason, action, infoHash } = message.refusal;
      this.#fail(connection, reason, infoHash, action);
      return;
    }
    const request = message.value;
    try {
      if (request.type === 'announce') await this.#announce(socket, connection, request, nowMs);
      else if (request.type === 'answer') await this.#answer(connection, request, nowMs);
      else await this.#scrape(connection, request);
    } catch (error) {
      // What went wrong is no fault of the client's: it may send the same again.
      logFault('serving a socket', error);
      const infoHash = request.type === 'scrape' ? request.infoHashes[0] : request.infoHash;
      const action = request.type === 'scrape' ? 'scrape' : 'announce';
      this.#fail(connection, 'the tracker is busy, try again soon', infoHash, action);
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
    try {
      await this.#leave(peers);
    } catch (error) {
      // They are forgotten when they have been silent for long enough.
      logFault('taking a socket out of its swarms', error);
    }
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

  async #announce(
    socket: WebSocket,
    connection: OpenConnection,
    message: AnnounceMessage,
    nowMs: number,
  ): Promise<void> {
    const { infoHash, peerId } = message;
    const { torrents } = connection;
    const known = torrents.get(infoHash);
    if (this.#isFull(torrents, infoHash)) {
      this.#fail(connection, TOO_MANY_TORRENTS, infoHash);
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
    // Others may have come in while this one was away at its shard.
    if (outcome.isServed && this.#isFull(torrents, infoHash)) {
      await this.#leave([{ infoHash, peerId, socket: ref }]);
      this.#fail(connection, TOO_MANY_TORRENTS, infoHash);
      return;
    }
    const before = torrents.get(infoHash);
    if (outcome.isServed) torrents.set(infoHash, peerId);
    else torrents.delete(infoHash);
    if (torrents.get(infoHash) !== before) this.#connections.save(socket, connection);
    await this.#post(outcome.envelopes);
  }

  async #answer(connection: OpenConnection, message: AnswerMessage, nowMs: number): Promise<void> {
    const { infoHash, peerId } = message;
    if (connection.torrents.get(infoHash) !== peerId) {
      this.#fail(connection, NO_OFFER_WAITS, infoHash);
      return;
    }
    const owner = this.#ownerOf(infoHash);
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
    const elsewhere: Envelope[] = [];
    const gone: Envelope[] = [];
    for (const envelope of envelopes) {
      const { to, text } = envelope;
      if (to.holder !== this.#shard) elsewhere.push(envelope);
      else if (!this.#connections.send(to.connection, text)) gone.push(envelope);
    }
    if (elsewhere.length > 0) {
      const byHolder = Map.groupBy(elsewhere, ({ to }) => to.holder);
      const undelivered = await Promise.all(
        Array.from(byHolder, async ([holder, some]) => this.#deliverTo(holder, some)),
      );
      gone.push(...undelivered.flat());
    }
    if (gone.length === 0) return;
    const left = gone.map(({ peer }) => peer).filter((peer) => peer !== undefined);
    if (left.length > 0) await this.#leave(left);
  }

  /** Whoever sent these has been answered: if a shard is away, its sockets miss some offers, and no more. */
  async #deliverTo(holder: number, envelopes: readonly Envelope[]): Promise<readonly Envelope[]> {
    try {
      return await this.#others.deliver(holder, envelopes);
    } catch (error) {
      logFault('delivering to another shard', error);
      return [];
    }
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

  /** Tells a client that broke a rule, and does not wait for it to close: it is out of its swarms now. */
  async #hangUp(
    socket: WebSocket,
    connection: OpenConnection,
    code: number,
    reason: string,
  ): Promise<void> {
    this.#fail(connection, reason);
    await this.close(socket);
    socket.close(code, reason);
  }

  #fail(
    connection: OpenConnection,
    reason: string,
    infoHash?: InfoHash,
    action: SocketAction = 'announce',
  ): void {
    this.#connections.send(connection.id, formatSocketFailure({ action, reason, infoHash }));
  }

  #isFull(torrents: ReadonlyMap<InfoHash, PeerId>, infoHash: InfoHash): boolean {
    return torrents.size >= this.#config.maxTorrentsPerSocket && !torrents.has(infoHash);
  }

  #ownerOf(infoHash: InfoHash): number {
    return shardOf(infoHash, this.#config.shardCount);
  }

  #refOf(connection: OpenConnection): SocketRef {
    return { holder: this.#shard, connection: connection.id };
  }
}

/** Whether a message has more bytes than `limit`; a character of a text has at most three. */
function isLonger(data: string | ArrayBuffer, limit: number): boolean {
  if (typeof data !== 'string') return data.byteLength > limit;
  return data.length > limit || (data.length * 3 > limit && encodeUtf8(data).length > limit);
}
