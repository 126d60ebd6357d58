import { formatAnswer, formatSeedAnnounce } from '../../shared/format-client-message.ts';
import type { InfoHash } from '../../shared/info-hash.ts';
import type { TrackerMessage } from '../../shared/parse-tracker-message.ts';
import type { PeerId } from '../../shared/peer-id.ts';
import type { Turns } from '../storage/turns.ts';
import { Pace } from './pace.ts';
import { PendingReplies } from './pending-replies.ts';
import { TrackerSocket } from './tracker-socket.ts';
import { type SeedAnnounce, type Tracker, TrackerRefusal, type TrackerReply } from './tracker.ts';

/** An announce that is not answered by then was not heard. */
const REPLY_TIMEOUT_MS = 15_000;
/** A silent connection may be dead without a sign; an announce finds out. */
const SILENCE_MS = 600_000;
/** More goodbyes than that would be too many messages at once; closing the socket says the same. */
const MAX_GOODBYES = 30;
/** Offers that are answered; a tracker that passes on more is not believed. */
const MAX_OFFERS_PER_SECOND = 20;

/** Answers the offer of another peer, or does not. */
export type OfferAnswerer = (offerSdp: string) => Promise<string | undefined>;

export interface WebSocketTrackerInit {
  readonly url: string;
  /** For our own edge, which then counts its sockets against no address; for no other tracker. */
  readonly publisherToken?: string;
  readonly peerId: PeerId;
  readonly answer: OfferAnswerer;
  /** Connections being opened at one time, of all that share it. */
  readonly connecting: Turns;
  /** A connection that was open is gone, and with it what the tracker knew. */
  readonly onLost: () => void;
  /** Nothing was heard for a long time: an announce would find out why. */
  readonly onSilent: () => void;
}

/**
 * A tracker over one WebSocket (the WebTorrent protocol), which also brings the offers that are answered here.
 *
 * Invariants: it is connected when there is something to announce and not before; each announce ends in
 * `REPLY_TIMEOUT_MS`, and where nothing at all was heard meanwhile, the connection with it; offers are answered for
 * swarms that were announced here.
 */
export class WebSocketTracker implements Tracker {
  readonly #init: WebSocketTrackerInit;
  readonly #swarms = new Set<InfoHash>();
  readonly #pending = new PendingReplies();
  readonly #offers = new Pace(MAX_OFFERS_PER_SECOND);
  #socket: TrackerSocket | undefined;
  #connected: Promise<TrackerSocket> | undefined;
  #silence: NodeJS.Timeout | undefined;
  #heardAtMs = 0;
  #isLeaving = false;

  constructor(init: WebSocketTrackerInit) {
    this.#init = init;
  }

  async announce(announce: SeedAnnounce, signal: AbortSignal): Promise<TrackerReply> {
    const { infoHash } = announce;
    this.#connected ??= this.#open();
    const socket = await this.#connected;
    signal.throwIfAborted();
    const sentAtMs = Date.now();
    const reply = this.#pending.wait(infoHash, REPLY_TIMEOUT_MS, () => {
      if (this.#heardAtMs <= sentAtMs) socket.close();
    });
    this.#swarms.add(infoHash);
    socket.send(formatSeedAnnounce(announce));
    return reply;
  }

  async leave(goodbyes: readonly SeedAnnounce[], signal: AbortSignal): Promise<void> {
    this.#isLeaving = true;
    clearTimeout(this.#silence);
    for (const goodbye of goodbyes.slice(0, MAX_GOODBYES)) {
      this.#socket?.send(formatSeedAnnounce(goodbye));
    }
    this.#swarms.clear();
    await this.#socket?.closeGently(signal);
  }

  async #open(): Promise<TrackerSocket> {
    try {
      return await this.#init.connecting.take(() => this.#connect());
    } catch (error) {
      this.#connected = undefined;
      throw error;
    }
  }

  #connect(): Promise<TrackerSocket> {
    if (this.#isLeaving) throw new Error('The seed box stops');
    const { promise, resolve, reject } = Promise.withResolvers<TrackerSocket>();
    let wasOpen = false;
    const { url, publisherToken } = this.#init;
    const socket = new TrackerSocket(url, publisherToken, {
      opened: () => {
        wasOpen = true;
        this.#heard();
        resolve(socket);
      },
      message: (message) => this.#receive(message),
      closed: () => {
        const gone = new Error('The connection was closed');
        clearTimeout(this.#silence);
        this.#socket = undefined;
        reject(gone);
        if (!wasOpen) return;
        this.#connected = undefined;
        this.#pending.rejectAll(gone);
        this.#init.onLost();
      },
    });
    this.#socket = socket;
    return promise;
  }

  #heard(): void {
    this.#heardAtMs = Date.now();
    clearTimeout(this.#silence);
    this.#silence = setTimeout(() => {
      this.#heard();
      this.#init.onSilent();
    }, SILENCE_MS);
  }

  #receive(message: TrackerMessage): void {
    this.#heard();
    switch (message.type) {
      case 'offer':
        void this.#answerOffer(message);
        break;
      case 'refusal':
        this.#pending.reject(message.infoHash, new TrackerRefusal(message.reason, undefined));
        break;
      case 'reply':
        this.#pending.resolve(message.infoHash, { ...message, peers: [] });
        break;
    }
  }

  async #answerOffer(offer: TrackerMessage & { readonly type: 'offer' }): Promise<void> {
    const { infoHash, offerId, peerId: toPeerId } = offer;
    const { peerId, answer } = this.#init;
    const socket = this.#socket;
    if (!this.#swarms.has(infoHash) || toPeerId === peerId) return;
    if (this.#offers.nextAtMs > Date.now()) return;
    this.#offers.start(Date.now());
    const sdp = await answer(offer.sdp);
    if (sdp !== undefined) socket?.send(formatAnswer({ infoHash, peerId, toPeerId, offerId, sdp }));
  }
}
