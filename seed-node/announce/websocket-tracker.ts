import { formatAnswer, formatSeedAnnounce } from '../../shared/format-client-message.ts';
import type { AnnounceEvent } from '../../shared/announce.ts';
import type { InfoHash } from '../../shared/info-hash.ts';
import type { TrackerMessage } from '../../shared/parse-tracker-message.ts';
import type { PeerId } from '../../shared/peer-id.ts';
import type { Log } from '../log.ts';
import { type AnnounceOutcome, nextAnnounceSeconds, retrySeconds } from './announce-schedule.ts';
import { TrackerSocket } from './tracker-socket.ts';

/** A tracker that is back should be found within ten seconds. */
const MAX_RECONNECT_SECONDS = 8;
/** An announce that is not answered by then was not heard: the connection is dead. */
const REPLY_TIMEOUT_MS = 30_000;
/** A silent connection may be dead without a sign; an announce finds out. */
const PROBE_AFTER_MS = 600_000;
/** The edge takes 50 messages a second from one socket; answers need room too. */
const MAX_ANNOUNCES_PER_TICK = 5;
export const TICK_MS = 250;
/** More goodbyes than that would be too many messages at once; closing the socket says the same. */
const MAX_GOODBYES = 30;

/** Answers the offer of another peer, or does not. */
export type OfferAnswerer = (offerSdp: string) => Promise<string | undefined>;

export interface WebSocketTrackerInit {
  readonly url: string;
  readonly peerId: PeerId;
  readonly log: Log;
  readonly uploadedBytes: (infoHash: InfoHash) => number;
  readonly answer: OfferAnswerer;
}

interface Announced {
  dueAtMs: number;
  /** The tracker has answered on this connection: it knows us. */
  isKnown: boolean;
  sentAtMs: number | undefined;
  lastRefusal: string | undefined;
}

/**
 * Keeps many swarms announced over one WebSocket, and answers the offers that come over it (the WebTorrent protocol).
 *
 * Invariants: `started` until the tracker answers on this connection, then regular announces; each is answered in
 * `REPLY_TIMEOUT_MS` or the connection is given up; a new connection announces everything again, a few at a time.
 */
export class WebSocketTracker {
  readonly #init: WebSocketTrackerInit;
  readonly #swarms = new Map<InfoHash, Announced>();
  #socket: TrackerSocket | undefined;
  #connectAtMs = 0;
  #heardAtMs = 0;
  #failuresInARow = 0;

  constructor(init: WebSocketTrackerInit) {
    this.#init = init;
  }

  get isConnecting(): boolean {
    return this.#socket?.isOpen === false;
  }

  add(infoHash: InfoHash): void {
    if (this.#swarms.has(infoHash)) return;
    const unknown = { isKnown: false, sentAtMs: undefined, lastRefusal: undefined };
    this.#swarms.set(infoHash, { dueAtMs: 0, ...unknown });
  }

  /** Does what is due. `mayConnect`: whether a connection may be begun now. */
  tick(nowMs: number, mayConnect: boolean): void {
    if (this.#socket === undefined) {
      if (mayConnect && nowMs >= this.#connectAtMs) this.#connect();
      return;
    }
    if (!this.#socket.isOpen) return;
    const isSilent = nowMs - this.#heardAtMs >= PROBE_AFTER_MS;
    let left = MAX_ANNOUNCES_PER_TICK;
    for (const [infoHash, announced] of this.#swarms) {
      if (announced.sentAtMs !== undefined) {
        if (nowMs - announced.sentAtMs < REPLY_TIMEOUT_MS) continue;
        this.#socket.close();
        return;
      }
      if (left === 0 || (announced.dueAtMs > nowMs && !isSilent)) continue;
      left -= 1;
      announced.sentAtMs = nowMs;
      this.#announce(infoHash, announced.isKnown ? 'update' : 'started');
    }
  }

  /** Says goodbye; resolves when the tracker has heard it, or after `timeoutMs`. */
  async stop(timeoutMs: number): Promise<void> {
    const known = [...this.#swarms].filter(([, announced]) => announced.isKnown);
    for (const [infoHash] of known.slice(0, MAX_GOODBYES)) this.#announce(infoHash, 'stopped');
    this.#swarms.clear();
    await this.#socket?.closeGently(timeoutMs);
  }

  #connect(): void {
    const { url, log } = this.#init;
    this.#socket = new TrackerSocket(url, {
      opened: () => {
        this.#heardAtMs = Date.now();
        log.debug(`Connected to ${url}`);
      },
      message: (message) => this.#receive(message),
      closed: () => {
        this.#failuresInARow += 1;
        if (this.#failuresInARow === 2) log.warn(`${url} cannot be reached and is tried again`);
        const seconds = retrySeconds(this.#failuresInARow, Math.random(), MAX_RECONNECT_SECONDS);
        this.#connectAtMs = Date.now() + seconds * 1_000;
        this.#socket = undefined;
        for (const announced of this.#swarms.values()) {
          announced.dueAtMs = 0;
          announced.isKnown = false;
          announced.sentAtMs = undefined;
        }
      },
    });
  }

  #receive(message: TrackerMessage): void {
    this.#heardAtMs = Date.now();
    if (message.type === 'offer') {
      void this.#answerOffer(message);
      return;
    }
    if (message.type === 'reply') {
      if (this.#failuresInARow >= 2) this.#init.log.info(`${this.#init.url} is back`);
      this.#failuresInARow = 0;
    }
    const { infoHash } = message;
    const announced = infoHash === undefined ? undefined : this.#swarms.get(infoHash);
    if (announced === undefined || infoHash === undefined) return;
    announced.sentAtMs = undefined;
    announced.isKnown = message.type === 'reply';
    const outcome: AnnounceOutcome =
      message.type === 'reply'
        ? { type: 'reply', intervalSeconds: message.intervalSeconds, minIntervalSeconds: 0 }
        : { type: 'refused', retrySeconds: undefined };
    announced.dueAtMs = Date.now() + nextAnnounceSeconds(outcome, Math.random()) * 1_000;
    this.#reportRefusal(infoHash, announced, message);
  }

  /** Once a spell of refusals, not once a refusal. */
  #reportRefusal(infoHash: InfoHash, announced: Announced, message: TrackerMessage): void {
    const refusal = message.type === 'refusal' ? message.reason : undefined;
    if (refusal !== undefined && refusal !== announced.lastRefusal) {
      this.#init.log.warn(`Announcing ${infoHash} to browsers was refused: ${refusal}`);
    }
    announced.lastRefusal = refusal;
  }

  async #answerOffer(offer: TrackerMessage & { readonly type: 'offer' }): Promise<void> {
    const { infoHash, offerId, peerId: toPeerId } = offer;
    const { peerId } = this.#init;
    const socket = this.#socket;
    if (!this.#swarms.has(infoHash) || toPeerId === peerId) return;
    const sdp = await this.#init.answer(offer.sdp);
    if (sdp !== undefined) socket?.send(formatAnswer({ infoHash, peerId, toPeerId, offerId, sdp }));
  }

  #announce(infoHash: InfoHash, event: AnnounceEvent): void {
    const { peerId, uploadedBytes } = this.#init;
    const text = { infoHash, peerId, event, uploadedBytes: uploadedBytes(infoHash) };
    this.#socket?.send(formatSeedAnnounce(text));
  }
}
