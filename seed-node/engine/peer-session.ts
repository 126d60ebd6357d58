import type { InfoHash } from '../../shared/info-hash.ts';
import type { PeerId } from '../../shared/peer-id.ts';
import type { PieceLayout } from '../../shared/pieces.ts';
import {
  answerMetadataRequest,
  encodeExtensionHandshake,
  EXTENSION_HANDSHAKE_ID,
  METADATA_PIECE_BYTES,
  OUR_METADATA_ID,
  parseExtensionHandshake,
} from '../wire/extension.ts';
import {
  decodeHandshake,
  encodeHandshake,
  HANDSHAKE_BYTES,
  startsLikeHandshake,
} from '../wire/handshake.ts';
import { MessageReader } from '../wire/message-reader.ts';
import {
  type BlockRequest,
  CHOKE,
  decodeMessage,
  encodeBitfield,
  encodeExtended,
  encodeReject,
  HAVE_ALL,
  KEEP_ALIVE,
  maxMessageBytes,
  type PeerMessage,
  UNCHOKE,
} from '../wire/peer-message.ts';
import { hasEveryPiece } from './bitfield.ts';
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
export const NOT_READING_TIMEOUT_MS: number = 60 * SECOND;
/** A slot is for those who use it. */
export const NOT_REQUESTING_TIMEOUT_MS: number = 60 * SECOND;
export const KEEP_ALIVE_MS: number = 100 * SECOND;

/**
 * What clients may queue is told to them as `reqq` (BEP 10); twice that is a flood. Transmission asks for as many
 * blocks once a second and no more: fewer would be its speed limit.
 */
const ADVERTISED_REQUESTS = 2000;
export const MAX_QUEUED_REQUESTS: number = 2 * ADVERTISED_REQUESTS;
/** Whoever asks on after so many rejects, and no block between them, does not listen: two whole queues may cross chokes. */
export const MAX_REJECTS_IN_A_ROW: number = 2 * MAX_QUEUED_REQUESTS;
/** Blocks are 16 KiB; old clients ask for up to 128 KiB. */
export const MAX_REQUEST_BYTES: number = 128 * 1024;
/** How often a peer may fetch the whole metadata (BEP 9): once is enough for who means well. */
export const MAX_METADATA_ROUNDS = 2;
/** Disk reads under way for one peer, so that a slow disk never idles a fast line. */
const MAX_READS_IN_FLIGHT = 4;
/** What is asked for so many requests later is made ready now. */
export const READ_AHEAD_REQUESTS = 64;

const CLIENT = 'Evertorrent 0.1';
const NO_BYTES = new Uint8Array(0);

export interface SessionInit<Torrent extends ServedTorrent> {
  readonly ourPeerId: PeerId;
  /** The torrent of that info-hash, if it is served here. */
  readonly findTorrent: (infoHash: InfoHash) => Torrent | undefined;
  /** Set where we dialled: we speak first, about this torrent in this of its swarms. */
  readonly dialledFor?: { readonly torrent: Torrent; readonly swarm: InfoHash };
  readonly nowMs: number;
}

/**
 * One peer's side of an upload-only conversation (BEP 3, 6, 9, 10, 21): events in, actions out, no sockets and no clock.
 *
 * Invariants: nothing is sent before the remote's handshake names a torrent that is served, but for the handshake
 * of a connection that we dialled; a block is read only for a valid request of an unchoked peer; after `drop`
 * every event is ignored; each state has a deadline.
 */
export class PeerSession<Torrent extends ServedTorrent> {
  readonly #init: SessionInit<Torrent>;
  readonly #reader = new MessageReader();
  readonly #requests: ValidBlockRequest[] = [];
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
  readonly #wantedReads = new Set<ValidBlockRequest>();
  #metadataRequestsLeft = 0;
  #remoteMetadataId: number | undefined;
  #heardAtMs: number;
  #sentAtMs: number;
  /** When the present spell began: connected, last interested, last writable. */
  readonly #connectedAtMs: number;
  #uninterestedSinceMs: number;
  #unwritableSinceMs: number;
  /** When its slot was last of use: given, asked in, filled with a block, or writable again. */
  #slotUsedAtMs: number;

  constructor(init: SessionInit<Torrent>) {
    this.#init = init;
    this.#heardAtMs = init.nowMs;
    this.#sentAtMs = init.nowMs;
    this.#connectedAtMs = init.nowMs;
    this.#uninterestedSinceMs = init.nowMs;
    this.#unwritableSinceMs = init.nowMs;
    this.#slotUsedAtMs = init.nowMs;
  }

  /** What to do first: a dialler sends its handshake, a listener waits. */
  start(): SessionAction<Torrent>[] {
    const { dialledFor } = this.#init;
    return dialledFor === undefined
      ? []
      : [{ type: 'send', bytes: this.#handshake(dialledFor.swarm) }];
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
        return this.#startReads();
      case 'block':
        this.#readsInFlight -= 1;
        this.#slotUsedAtMs = nowMs;
        return [...this.#sendBlock(event.request, event.data), ...this.#startReads()];
      case 'block-withheld':
        return this.#withhold(event.request);
      case 'tick':
        return this.#tick(nowMs);
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
      const answers = this.#answer(message, this.#torrent, nowMs);
      actions.push(...answers);
      if (answers.some((action) => action.type === 'drop')) return actions;
    }
    return [...actions, ...this.#startReads()];
  }

  #readHandshake(nowMs: number): SessionAction<Torrent>[] {
    if (!startsLikeHandshake(this.#reader.peek())) return [drop('not-bittorrent')];
    const bytes = this.#reader.take(HANDSHAKE_BYTES);
    if (bytes === undefined) return [];
    const theirs = decodeHandshake(bytes);
    if (theirs === undefined) return [drop('not-bittorrent')];
    if (theirs.peerId === this.#init.ourPeerId) return [drop('ourselves')];
    const { dialledFor } = this.#init;
    if (dialledFor !== undefined && theirs.infoHash !== dialledFor.swarm) {
      return [drop('wrong-torrent')];
    }
    const torrent = dialledFor?.torrent ?? this.#init.findTorrent(theirs.infoHash);
    if (torrent === undefined) return [drop('unknown-torrent')];
    this.#torrent = torrent;
    this.#uninterestedSinceMs = nowMs;
    this.#metadataRequestsLeft =
      MAX_METADATA_ROUNDS * Math.ceil(torrent.infoBytes.length / METADATA_PIECE_BYTES);

    const actions: SessionAction<Torrent>[] = [
      { type: 'opened', torrent, swarm: theirs.infoHash, remotePeerId: theirs.peerId },
    ];
    // A hybrid has two info-hashes: the answer names the one that was asked for.
    if (dialledFor === undefined) {
      actions.push({ type: 'send', bytes: this.#handshake(theirs.infoHash) });
    }
    if (theirs.hasExtensions) {
      const hello = encodeExtensionHandshake({
        metadataBytes: torrent.infoBytes.length,
        maxRequests: ADVERTISED_REQUESTS,
        client: CLIENT,
      });
      actions.push({ type: 'send', bytes: encodeExtended(EXTENSION_HANDSHAKE_ID, hello) });
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

  #handshake(infoHash: InfoHash): Uint8Array {
    return encodeHandshake({
      infoHash,
      peerId: this.#init.ourPeerId,
      hasExtensions: true,
      isFast: true,
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
        return hasEveryPiece(message.bits, torrent.layout.pieceCount) ? [drop('also-a-seed')] : [];
      case 'have-all':
        return [drop(this.#isFast ? 'also-a-seed' : 'malformed-message')];
      case 'have-none':
        return this.#isFast ? [] : [drop('malformed-message')];
      case 'request':
        return this.#queueRequest(message.request, torrent.layout, nowMs);
      case 'cancel':
        return this.#cancel(message.request);
      case 'extended':
        return this.#answerExtended(message.extendedId, message.payload, torrent);
      case 'keep-alive':
      case 'choke':
      case 'unchoke':
      case 'have':
      case 'other':
        return [];
    }
  }

  #queueRequest(
    request: BlockRequest,
    layout: PieceLayout,
    nowMs: number,
  ): SessionAction<Torrent>[] {
    const valid = validateRequest(request, layout);
    if (valid === undefined) return [drop('request-outside-torrent')];
    // A request that crossed our choke on the way is void (BEP 3), and that is said (BEP 6).
    if (!this.#isUnchoked) return this.#reject([valid]);
    if (this.#requests.length >= MAX_QUEUED_REQUESTS) return [drop('too-many-requests')];
    this.#slotUsedAtMs = nowMs;
    this.#requests.push(valid);
    return [];
  }

  #cancel(request: BlockRequest): SessionAction<Torrent>[] {
    const index = this.#requests.findIndex(
      (queued) =>
        queued.pieceIndex === request.pieceIndex &&
        queued.beginBytes === request.beginBytes &&
        queued.lengthBytes === request.lengthBytes,
    );
    return index === -1 ? [] : this.#reject(this.#requests.splice(index, 1));
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
    const rejects = this.#wantedReads.delete(request) ? this.#reject([request]) : [];
    return [...rejects, ...this.#startReads()];
  }

  #answerExtended(
    extendedId: number,
    payload: Uint8Array,
    torrent: ServedTorrent,
  ): SessionAction<Torrent>[] {
    if (extendedId === EXTENSION_HANDSHAKE_ID) {
      this.#remoteMetadataId = parseExtensionHandshake(payload).metadataId;
      return [];
    }
    if (extendedId !== OUR_METADATA_ID || this.#remoteMetadataId === undefined) return [];
    if (this.#metadataRequestsLeft === 0) return [drop('too-many-requests')];
    this.#metadataRequestsLeft -= 1;
    // No bytes are piled up for a peer that does not read: it is told to ask again later.
    const offered = this.#isWritable ? torrent.infoBytes : NO_BYTES;
    const answer = answerMetadataRequest(payload, offered);
    return answer === undefined
      ? []
      : [{ type: 'send', bytes: encodeExtended(this.#remoteMetadataId, answer) }];
  }

  #changeSlot(isUnchoked: boolean, nowMs: number): SessionAction<Torrent>[] {
    if (isUnchoked === this.#isUnchoked) return [];
    this.#isUnchoked = isUnchoked;
    this.#slotUsedAtMs = nowMs;
    if (!isUnchoked) {
      // A choke voids what was asked for (BEP 3).
      const voided = [...this.#wantedReads, ...this.#requests];
      this.#requests.length = 0;
      this.#wantedReads.clear();
      return [{ type: 'send', bytes: CHOKE }, ...this.#reject(voided)];
    }
    return [{ type: 'send', bytes: UNCHOKE }];
  }

  #startReads(): SessionAction<Torrent>[] {
    const actions: SessionAction<Torrent>[] = [];
    while (this.#isWritable && this.#readsInFlight < MAX_READS_IN_FLIGHT) {
      const request = this.#requests.shift();
      if (request === undefined) break;
      this.#readsInFlight += 1;
      this.#wantedReads.add(request);
      actions.push({ type: 'read', request });
    }
    const soon = actions.length > 0 ? this.#requests[READ_AHEAD_REQUESTS] : undefined;
    if (soon !== undefined) actions.push({ type: 'prepare', request: soon });
    return actions;
  }

  #sendBlock(request: ValidBlockRequest, data: Uint8Array): SessionAction<Torrent>[] {
    if (!this.#wantedReads.delete(request)) return [];
    this.#rejectsInARow = 0;
    return [{ type: 'send-block', request, block: data }];
  }

  #tick(nowMs: number): SessionAction<Torrent>[] {
    if (this.#torrent === undefined) {
      return nowMs - this.#connectedAtMs >= HANDSHAKE_TIMEOUT_MS ? [drop('handshake-timeout')] : [];
    }
    if (!this.#isWritable && nowMs - this.#unwritableSinceMs >= NOT_READING_TIMEOUT_MS) {
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
