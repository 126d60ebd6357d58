import type { IpAddress } from '../../shared/endpoint.ts';
import type { InfoHash } from '../../shared/info-hash.ts';
import type { PeerId } from '../../shared/peer-id.ts';
import type { PieceIndex, PieceLayout } from '../../shared/pieces.ts';
import {
  decodeHandshake,
  encodeHandshake,
  HANDSHAKE_BYTES,
  startsLikeHandshake,
} from '../wire/handshake.ts';
import { encodeHashes, encodeHashReject, type HashRequest } from '../wire/hash-message.ts';
import { MessageReader } from '../wire/message-reader.ts';
import {
  type BlockRequest,
  CHOKE,
  decodeMessage,
  encodeAllowedFast,
  encodeBitfield,
  encodeReject,
  HAVE_ALL,
  KEEP_ALIVE,
  maxMessageBytes,
  type PeerMessage,
  UNCHOKE,
} from '../wire/peer-message.ts';
import {
  allowedFastCount,
  allowedFastPieces,
  MAX_ALLOWED_FAST_PIECES,
  type Sha1,
} from './allowed-fast.ts';
import { countPieces, hasEveryPiece } from './bitfield.ts';
import { Allowance, messageCost } from './allowance.ts';
import { ExtendedMessages } from './extended-messages.ts';
import { RequestQueue } from './request-queue.ts';
import type {
  DropReason,
  ServedTorrent,
  SessionAction,
  SessionEvent,
  ValidBlockRequest,
} from './session-events.ts';

const SECOND = 1_000;
export const HANDSHAKE_TIMEOUT_MS: number = 15 * SECOND;
/** Clients send a keep-alive every two minutes (BEP 3). */
export const SILENCE_TIMEOUT_MS: number = 180 * SECOND;
export const UNINTERESTED_TIMEOUT_MS: number = 300 * SECOND;
/**
 * Like the next, it ends within a minute, late ticks and all: nobody who takes nothing has a slot for longer.
 */
export const NOT_READING_TIMEOUT_MS: number = 50 * SECOND;
/** A slot is for those who use it. */
export const NOT_REQUESTING_TIMEOUT_MS: number = 50 * SECOND;
export const KEEP_ALIVE_MS: number = 100 * SECOND;

/**
 * What clients may queue is told to them as `reqq` (BEP 10); twice that is a flood. Transmission asks for as many
 * blocks once a second and no more: fewer would be its speed limit.
 */
const ADVERTISED_REQUESTS = 2000;
export const MAX_QUEUED_REQUESTS: number = 2 * ADVERTISED_REQUESTS;
/** Whoever asks on after so many rejects, and no block between them, does not listen: two whole queues may cross chokes. */
export const MAX_REJECTS_IN_A_ROW: number = 2 * MAX_QUEUED_REQUESTS;
/** A request, a cancel or a `have`, and one to spare. */
const MESSAGES_PER_BLOCK = 3;
/** A slot costs others ten seconds: whoever had so many in a row and asked for nothing gets no more. */
export const MAX_WASTED_TURNS = 3;
/** Blocks are 16 KiB; old clients ask for up to 128 KiB. */
export const MAX_REQUEST_BYTES: number = 128 * 1024;
/** How often a peer may fetch all hashes of a v2 torrent (BEP 52), and how many of a small one. */
const MAX_HASH_ROUNDS = 4;
export const MIN_HASHES = 1024;
/** Disk reads under way for one peer, so that a slow disk never idles a fast line. */
const MAX_READS_IN_FLIGHT = 4;
/**
 * What is asked for so many requests later is made ready now: far enough ahead for a slow disk, but not so far that every
 * peer holds two runs all the time.
 */
export const READ_AHEAD_REQUESTS = 48;

export interface SessionInit<Torrent extends ServedTorrent> {
  readonly ourPeerId: PeerId;
  readonly sha1: Sha1;
  /** Where the remote is, if it has an address. */
  readonly remoteAddress?: IpAddress | undefined;
  /** Where we take connections. */
  readonly listenPort?: number | undefined;
  /** The torrent of that info-hash, if it is served here. */
  readonly findTorrent: (infoHash: InfoHash) => Torrent | undefined;
  /** Set where we dialled: we speak first, about this torrent in this of its swarms. */
  readonly dialledFor?: { readonly torrent: Torrent; readonly swarm: InfoHash };
  readonly nowMs: number;
}

/**
 * One peer's side of an upload-only conversation (BEP 3, 6, 9, 10, 11, 21, 52): events in, actions out, no sockets and no clock.
 *
 * Invariants: nothing is sent before the remote's handshake names a torrent that is served, but for the handshake
 * of a connection that we dialled; a block is read only for a valid request of an unchoked peer, or of
 * one of the few pieces that a choked one may have, once; after `drop`
 * every event is ignored; each state has a deadline.
 */
export class PeerSession<Torrent extends ServedTorrent> {
  readonly #init: SessionInit<Torrent>;
  readonly #reader = new MessageReader();
  readonly #requests = new RequestQueue();
  #torrent: Torrent | undefined;
  #isDropped = false;
  /** BEP 6 is in force: each request is answered, by a block or a reject. */
  #isFast = false;
  /** Rejects since it last took all that it was sent, or got a block. */
  #rejectsInARow = 0;
  #isInterested = false;
  #isUnchoked = false;
  #isWritable = true;
  #readsInFlight = 0;
  /** Of the reads under way, those that no choke has voided. */
  readonly #wantedReads: ValidBlockRequest[] = [];
  #extended: ExtendedMessages | undefined;
  #hashesLeft = 0;
  /** Bytes left of the pieces that it may have while it is choked. */
  readonly #allowedFast = new Map<PieceIndex, number>();
  #heardAtMs: number;
  #sentAtMs: number;
  /** When the present spell began: connected, last interested, last writable. */
  readonly #connectedAtMs: number;
  #uninterestedSinceMs: number;
  #unwritableSinceMs: number;
  /** When its slot was last of use: given, asked in, filled with a block, or writable again. */
  #slotUsedAtMs: number;
  #hasAskedInTurn = false;
  /** Slots in a row that it had and lost without a request. */
  #wastedTurns = 0;
  readonly #allowance: Allowance;

  constructor(init: SessionInit<Torrent>) {
    this.#init = init;
    this.#heardAtMs = init.nowMs;
    this.#sentAtMs = init.nowMs;
    this.#connectedAtMs = init.nowMs;
    this.#uninterestedSinceMs = init.nowMs;
    this.#unwritableSinceMs = init.nowMs;
    this.#slotUsedAtMs = init.nowMs;
    this.#allowance = new Allowance(init.nowMs);
  }

  /** What to do first: a dialler sends its handshake, a listener waits. */
  start(): SessionAction<Torrent>[] {
    const { dialledFor } = this.#init;
    return dialledFor === undefined
      ? []
      : [{ type: 'send', bytes: this.#handshake(dialledFor.swarm, dialledFor.torrent) }];
  }

  receive(event: SessionEvent, nowMs: number): SessionAction<Torrent>[] {
    if (this.#isDropped) return [];
    const actions = this.#handle(event, nowMs);
    if (actions.some((action) => action.type === 'drop')) this.#isDropped = true;
    if (actions.some((action) => action.type === 'send' || action.type === 'send-block')) {
      this.#sentAtMs = nowMs;
    }
    return actions;
  }

  #handle(event: SessionEvent, nowMs: number): SessionAction<Torrent>[] {
    switch (event.type) {
      case 'bytes':
        this.#heardAtMs = nowMs;
        this.#reader.push(event.bytes);
        return this.#readStream(nowMs);
      case 'slot':
        return this.#changeSlot(event.isUnchoked, nowMs);
      case 'writable':
        if (this.#isWritable && !event.isWritable) this.#unwritableSinceMs = nowMs;
        if (!this.#isWritable && event.isWritable) this.#slotUsedAtMs = nowMs;
        this.#isWritable = event.isWritable;
        return this.#startReads([]);
      case 'block':
        this.#readsInFlight -= 1;
        this.#slotUsedAtMs = nowMs;
        return this.#startReads(this.#sendBlock(event.request, event.data));
      case 'block-withheld':
        return this.#withhold(event.request);
      case 'share-peers':
        return this.#isWritable ? (this.#extended?.share(event.peers) ?? []) : [];
      case 'tick':
        return this.#tick(nowMs, event.writingSinceMs ?? nowMs);
    }
  }

  #readStream(nowMs: number): SessionAction<Torrent>[] {
    const actions: SessionAction<Torrent>[] = [];
    if (this.#torrent === undefined) {
      actions.push(...this.#readHandshake(nowMs));
      if (this.#torrent === undefined) return actions;
    }
    const maxBytes = maxMessageBytes(this.#torrent.layout.pieceCount);
    for (;;) {
      const frame = this.#reader.takeFrame(maxBytes);
      if (frame === undefined) break;
      if (frame === 'too-long') return [...actions, drop('message-too-long')];
      const message = decodeMessage(frame);
      if (message === undefined) return [...actions, drop('malformed-message')];
      if (!this.#allowance.spend(messageCost(frame.length), nowMs)) {
        return [...actions, drop('flood')];
      }
      const answers = this.#answer(message, this.#torrent, nowMs);
      actions.push(...answers);
      if (answers.some((action) => action.type === 'drop')) return actions;
    }
    return this.#startReads(actions);
  }

  #readHandshake(nowMs: number): SessionAction<Torrent>[] {
    if (!startsLikeHandshake(this.#reader.peek())) return [drop('not-bittorrent')];
    const bytes = this.#reader.take(HANDSHAKE_BYTES);
    if (bytes === undefined) return [];
    const theirs = decodeHandshake(bytes);
    if (theirs === undefined) return [drop('not-bittorrent')];
    if (theirs.peerId === this.#init.ourPeerId) return [drop('ourselves')];
    const { dialledFor } = this.#init;
    if (dialledFor !== undefined && !dialledFor.torrent.swarms.includes(theirs.infoHash)) {
      return [drop('wrong-torrent')];
    }
    const torrent = dialledFor?.torrent ?? this.#init.findTorrent(theirs.infoHash);
    if (torrent === undefined) return [drop('unknown-torrent')];
    this.#torrent = torrent;
    // A `have` for each piece, where a client says it that way.
    this.#allowance.extend(torrent.layout.pieceCount);
    this.#uninterestedSinceMs = nowMs;
    this.#hashesLeft = Math.max(MIN_HASHES, MAX_HASH_ROUNDS * torrent.hashCount);
    const { remoteAddress, listenPort } = this.#init;

    const swarm = dialledFor?.swarm ?? theirs.infoHash;
    const actions: SessionAction<Torrent>[] = [
      { type: 'opened', torrent, swarm, remotePeerId: theirs.peerId },
    ];
    if (dialledFor === undefined) {
      // Who comes by the v1 info-hash of a hybrid and knows v2 is answered in v2 (BEP 52, "upgrade path").
      const answer = theirs.hasV2 ? torrent.swarms.at(-1) : undefined;
      actions.push({
        type: 'send',
        bytes: this.#handshake(answer ?? theirs.infoHash, torrent),
      });
    }
    if (theirs.hasExtensions) {
      const maxRequests = ADVERTISED_REQUESTS;
      this.#extended = new ExtendedMessages({ torrent, maxRequests, listenPort, remoteAddress });
      actions.push({ type: 'send', bytes: this.#extended.hello() });
    }
    this.#isFast = theirs.isFast;
    const bits = torrent.bitfield();
    const isWhole = hasEveryPiece(bits, torrent.layout.pieceCount);
    actions.push({
      type: 'send',
      bytes: this.#isFast && isWhole ? HAVE_ALL : encodeBitfield(bits),
    });
    return actions;
  }

  #handshake(infoHash: InfoHash, torrent: Torrent): Uint8Array {
    return encodeHandshake({
      infoHash,
      peerId: this.#init.ourPeerId,
      hasExtensions: true,
      isFast: true,
      hasV2: torrent.swarms.length > 1,
    });
  }

  #answer(message: PeerMessage, torrent: ServedTorrent, nowMs: number): SessionAction<Torrent>[] {
    switch (message.type) {
      case 'interested':
        this.#isInterested = true;
        return [{ type: 'interest', isInterested: true }];
      case 'not-interested':
        if (this.#isInterested) this.#uninterestedSinceMs = nowMs;
        this.#isInterested = false;
        return [{ type: 'interest', isInterested: false }];
      case 'bitfield':
        return this.#takeBitfield(message.bits, torrent.layout);
      case 'have-all':
        return [drop(this.#isFast ? 'also-a-seed' : 'malformed-message')];
      case 'have-none':
        return this.#isFast ? this.#allowFast(torrent.layout) : [drop('malformed-message')];
      case 'request':
        return this.#queueRequest(message.request, torrent.layout, nowMs);
      case 'cancel':
        return this.#cancel(message.request);
      case 'extended':
        return (
          this.#extended?.receive(message.extendedId, message.payload, this.#isWritable, nowMs) ??
          []
        );
      case 'hash-request':
        return this.#answerHashes(message.request, torrent);
      case 'keep-alive':
      case 'choke':
      case 'unchoke':
      case 'have':
      case 'other':
        return [];
    }
  }

  #takeBitfield(bits: Uint8Array, layout: PieceLayout): SessionAction<Torrent>[] {
    // Of another size it is about another torrent (BEP 3). Who does not know the torrent yet may have sent an empty one.
    if (bits.length !== 0 && bits.length !== Math.ceil(layout.pieceCount / 8)) {
      return [drop('malformed-message')];
    }
    if (hasEveryPiece(bits, layout.pieceCount)) return [drop('also-a-seed')];
    return countPieces(bits) < MAX_ALLOWED_FAST_PIECES ? this.#allowFast(layout) : [];
  }

  #queueRequest(
    request: BlockRequest,
    layout: PieceLayout,
    nowMs: number,
  ): SessionAction<Torrent>[] {
    const valid = validateRequest(request, layout);
    if (valid === undefined) return [drop('request-outside-torrent')];
    // A request that crossed our choke on the way is void (BEP 3), and that is said (BEP 6).
    if (!this.#isUnchoked && !this.#takeAllowedFast(valid)) return this.#reject([valid]);
    if (this.#requests.length >= MAX_QUEUED_REQUESTS) return [drop('too-many-requests')];
    this.#slotUsedAtMs = nowMs;
    this.#hasAskedInTurn = true;
    this.#requests.push(valid);
    return [];
  }

  #cancel(request: BlockRequest): SessionAction<Torrent>[] {
    const cancelled = this.#requests.cancel(request);
    return cancelled === undefined ? [] : this.#reject([cancelled]);
  }

  /** Says that these will not be answered, where the remote knows the word. */
  #reject(requests: readonly ValidBlockRequest[]): SessionAction<Torrent>[] {
    if (!this.#isFast) return [];
    this.#rejectsInARow += requests.length;
    if (this.#rejectsInARow > MAX_REJECTS_IN_A_ROW) return [drop('too-many-requests')];
    return requests.map((request) => ({ type: 'send', bytes: encodeReject(request) }));
  }

  #withhold(request: ValidBlockRequest): SessionAction<Torrent>[] {
    if (!this.#isFast) return [drop('piece-withheld')];
    this.#readsInFlight -= 1;
    const rejects = this.#takeWanted(request) ? this.#reject([request]) : [];
    return this.#startReads(rejects);
  }

  #answerHashes(request: HashRequest, torrent: ServedTorrent): SessionAction<Torrent>[] {
    // One that asks for no hashes is answered too.
    this.#hashesLeft -= Math.max(1, request.length);
    if (this.#hashesLeft < 0) return [drop('too-many-requests')];
    const hashes = this.#isWritable ? torrent.findHashes(request) : undefined;
    const bytes = hashes === undefined ? encodeHashReject(request) : encodeHashes(request, hashes);
    return [{ type: 'send', bytes }];
  }

  /** What a peer with next to nothing may ask for before it has a slot (BEP 6). */
  #allowFast(layout: PieceLayout): SessionAction<Torrent>[] {
    const { remoteAddress, sha1 } = this.#init;
    const swarm = this.#torrent?.infoHash;
    if (!this.#isFast || this.#isUnchoked || this.#allowedFast.size > 0) return [];
    if (remoteAddress === undefined || swarm === undefined) return [];
    const count = allowedFastCount(layout);
    const pieces = allowedFastPieces(swarm, remoteAddress, layout, count, sha1);
    for (const index of pieces) this.#allowedFast.set(index, layout.lengthBytes(index));
    return pieces.map((index) => ({ type: 'send', bytes: encodeAllowedFast(index) }));
  }

  /** Whether a choked peer may have that, and notes that it had it. */
  #takeAllowedFast({ pieceIndex, lengthBytes }: ValidBlockRequest): boolean {
    const leftBytes = this.#allowedFast.get(pieceIndex) ?? 0;
    if (leftBytes < lengthBytes) return false;
    this.#allowedFast.set(pieceIndex, leftBytes - lengthBytes);
    return true;
  }

  #changeSlot(isUnchoked: boolean, nowMs: number): SessionAction<Torrent>[] {
    if (isUnchoked === this.#isUnchoked) return [];
    this.#isUnchoked = isUnchoked;
    this.#slotUsedAtMs = nowMs;
    if (!isUnchoked) {
      // A choke voids what was asked for (BEP 3).
      const voided = [...this.#wantedReads.splice(0), ...this.#requests.clear()];
      if (this.#hasAskedInTurn) this.#wastedTurns = 0;
      else this.#wastedTurns += 1;
      if (this.#wastedTurns >= MAX_WASTED_TURNS) return [drop('not-requesting')];
      return [{ type: 'send', bytes: CHOKE }, ...this.#reject(voided)];
    }
    this.#hasAskedInTurn = false;
    return [{ type: 'send', bytes: UNCHOKE }];
  }

  /** Adds the reads that may start now to what is to be done before them. */
  #startReads(actions: SessionAction<Torrent>[]): SessionAction<Torrent>[] {
    let hasStarted = false;
    while (this.#isWritable && this.#readsInFlight < MAX_READS_IN_FLIGHT) {
      const request = this.#requests.shift();
      if (request === undefined) break;
      this.#readsInFlight += 1;
      this.#wantedReads.push(request);
      actions.push({ type: 'read', request });
      hasStarted = true;
    }
    const soon = hasStarted ? this.#requests.ahead(READ_AHEAD_REQUESTS) : undefined;
    if (soon !== undefined) actions.push({ type: 'prepare', request: soon });
    return actions;
  }

  /** Whether what was read is still wanted: it is not any more. */
  #takeWanted(request: ValidBlockRequest): boolean {
    const place = this.#wantedReads.indexOf(request);
    if (place < 0) return false;
    this.#wantedReads.splice(place, 1);
    return true;
  }

  #sendBlock(request: ValidBlockRequest, data: Uint8Array): SessionAction<Torrent>[] {
    if (!this.#takeWanted(request)) return [];
    this.#rejectsInARow = 0;
    this.#allowance.earn(MESSAGES_PER_BLOCK);
    return [{ type: 'send-block', request, block: data }];
  }

  #tick(nowMs: number, writingSinceMs: number): SessionAction<Torrent>[] {
    if (this.#torrent === undefined) {
      return nowMs - this.#connectedAtMs >= HANDSHAKE_TIMEOUT_MS ? [drop('handshake-timeout')] : [];
    }
    // A buffer that does not fill tells nothing of who asks for little and takes nothing: the write under way does.
    const fullSinceMs = this.#isWritable ? nowMs : this.#unwritableSinceMs;
    if (nowMs - Math.min(fullSinceMs, writingSinceMs) >= NOT_READING_TIMEOUT_MS) {
      return [drop('not-reading')];
    }
    if (nowMs - this.#heardAtMs >= SILENCE_TIMEOUT_MS) return [drop('silent')];
    const isIdle = this.#requests.length === 0 && this.#readsInFlight === 0 && this.#isWritable;
    const holdsSlot = this.#isInterested && this.#isUnchoked;
    if (holdsSlot && isIdle && nowMs - this.#slotUsedAtMs >= NOT_REQUESTING_TIMEOUT_MS) {
      return [drop('not-requesting')];
    }
    if (!this.#isInterested && nowMs - this.#uninterestedSinceMs >= UNINTERESTED_TIMEOUT_MS) {
      return [drop('uninterested')];
    }
    return nowMs - this.#sentAtMs >= KEEP_ALIVE_MS ? [{ type: 'send', bytes: KEEP_ALIVE }] : [];
  }
}

function validateRequest(
  request: BlockRequest,
  layout: PieceLayout,
): ValidBlockRequest | undefined {
  const pieceIndex = layout.pieceIndex(request.pieceIndex);
  if (pieceIndex === undefined) return undefined;
  const { beginBytes, lengthBytes } = request;
  const isInside =
    lengthBytes > 0 &&
    lengthBytes <= MAX_REQUEST_BYTES &&
    beginBytes + lengthBytes <= layout.lengthBytes(pieceIndex);
  return isInside ? { pieceIndex, beginBytes, lengthBytes } : undefined;
}

function drop(reason: DropReason): { readonly type: 'drop'; readonly reason: DropReason } {
  return { type: 'drop', reason };
}
