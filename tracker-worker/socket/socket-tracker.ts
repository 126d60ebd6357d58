import {
  formatAnnounceReply,
  formatRelayedAnswer,
  formatRelayedOffer,
  formatSocketFailure,
} from '../../shared/format-webtorrent-message.ts';
import type { InfoHash } from '../../shared/info-hash.ts';
import type {
  AnnounceMessage,
  AnswerMessage,
  OfferMessage,
} from '../../shared/webtorrent-messages.ts';
import type { DurableSwarms } from '../swarm/durable-swarms.ts';
import { swarmRefusal } from '../swarm/refusal.ts';
import type { SocketRef } from '../swarm/seat.ts';
import type { SocketPeer, SwarmRefusalCode } from '../swarm/swarm-announce.ts';
import type { Envelope, SwarmSocket } from './envelope.ts';
import { EXPECTED_ANSWER_MS, type OfferExchange } from './offer-exchange.ts';

export const NO_OFFER_WAITS = 'no offer waits for this answer; it may have expired';

/** What came of an announce: whether its sender is served, and what is to be sent to whom. */
export interface SocketOutcome {
  readonly isServed: boolean;
  readonly envelopes: readonly Envelope[];
}

/**
 * The WebTorrent tracker of the swarms that a shard owns: messages in, messages out. Which shard holds a socket is
 * somebody else's business.
 *
 * - Offers go to sockets of the swarm, and an answer only to the socket whose offer it answers: a peer-id can be
 *   announced by anyone, and opens nothing.
 */
export class SocketTracker {
  readonly #swarms: DurableSwarms;
  readonly #offers: OfferExchange;
  readonly #refusalOf: (infoHash: InfoHash) => SwarmRefusalCode | undefined;
  /** Until when answers may come to offers from before a hibernation. */
  readonly #oldOffersUntilMs: number;

  /** `wokenAtMs`: when the object woke up with sockets that were open before; `undefined` where it started without. */
  constructor(
    swarms: DurableSwarms,
    offers: OfferExchange,
    refusalOf: (infoHash: InfoHash) => SwarmRefusalCode | undefined,
    wokenAtMs: number | undefined,
  ) {
    this.#swarms = swarms;
    this.#offers = offers;
    this.#refusalOf = refusalOf;
    this.#oldOffersUntilMs = wokenAtMs === undefined ? 0 : wokenAtMs + EXPECTED_ANSWER_MS;
  }

  announce(message: AnnounceMessage, socket: SocketRef, nowMs: number): SocketOutcome {
    const { infoHash, peerId, role, event, offers } = message;
    const code = this.#refusalOf(infoHash);
    if (code !== undefined) return this.#refuse(message, socket, code);
    const now = Math.floor(nowMs / 1000);
    this.#swarms.sweepIfDue(now);
    this.#swarms.countLoad(1, now);
    const asker = { infoHash, peerId, socket, role, event, peersWanted: offers.length };
    const reply = this.#swarms.resident.announceSocket(asker, now, Math.random);
    if (!reply.ok) return this.#refuse(message, socket, reply.refusal.code);
    this.#swarms.count('announces');

    const { seeders, leechers, peers } = reply.value;
    const { intervalSeconds } = this.#swarms.intervals('socket');
    const from = { peerId, socket };
    const envelopes: Envelope[] = [
      {
        to: socket,
        text: formatAnnounceReply({ infoHash, intervalSeconds, seeders, leechers }),
        peer: undefined,
      },
    ];
    peers.forEach((peer, i) => {
      const offer = offers[i];
      if (offer !== undefined) envelopes.push(this.#relay(infoHash, from, offer, peer, nowMs));
    });
    this.#exchangeParked(message, from, offers.slice(peers.length), nowMs, envelopes);
    this.#swarms.changed();
    return { isServed: event !== 'stopped', envelopes };
  }

  answer(message: AnswerMessage, socket: SocketRef, nowMs: number): readonly Envelope[] {
    const { infoHash, peerId, toPeerId, offerId, sdp } = message;
    const to =
      this.#offers.takeAnswer(infoHash, offerId, toPeerId, socket, nowMs) ??
      this.#offererBeforeSleep(message, nowMs);
    if (to === undefined) {
      this.#swarms.count('refusals');
      const text = formatSocketFailure({ action: 'announce', reason: NO_OFFER_WAITS, infoHash });
      return [{ to: socket, text, peer: undefined }];
    }
    this.#swarms.count('answersRelayed');
    const text = formatRelayedAnswer({ infoHash, fromPeerId: peerId, offerId, sdp });
    return [{ to, text, peer: { infoHash, peerId: toPeerId, socket: to } }];
  }

  /** Takes out peers whose socket is gone, or announces as another. */
  leave(peers: readonly SwarmSocket[]): void {
    for (const { infoHash, peerId, socket } of peers) {
      this.#offers.forgetParked(infoHash, socket);
      this.#swarms.resident.leaveSocket(infoHash, { peerId, socket });
    }
    this.#swarms.changed();
  }

  /** A seed is given what waits for it; what found nobody waits for a seed. */
  #exchangeParked(
    { infoHash, event, role }: AnnounceMessage,
    from: SocketPeer,
    left: readonly OfferMessage[],
    nowMs: number,
    envelopes: Envelope[],
  ): void {
    if (role === 'leecher' && event !== 'stopped') {
      this.#offers.park(infoHash, from, left, nowMs);
      return;
    }
    this.#offers.forgetParked(infoHash, from.socket);
    if (role !== 'seeder' || event === 'stopped') return;
    for (const { offer, ...offerer } of this.#offers.takeParked(infoHash, from.socket, nowMs)) {
      envelopes.push(this.#relay(infoHash, offerer, offer, from, nowMs));
    }
  }

  #relay(
    infoHash: InfoHash,
    from: SocketPeer,
    { offerId, sdp }: OfferMessage,
    to: SocketPeer,
    nowMs: number,
  ): Envelope {
    this.#offers.expectAnswer(infoHash, offerId, from, to.socket, nowMs);
    this.#swarms.count('offersRelayed');
    const text = formatRelayedOffer({ infoHash, fromPeerId: from.peerId, offerId, sdp });
    return { to: to.socket, text, peer: { infoHash, ...to } };
  }

  /**
   * Which answers are expected is lost when the object hibernates, and answers to offers from before still come: they
   * are believed as long as such an offer lives.
   */
  #offererBeforeSleep({ infoHash, toPeerId }: AnswerMessage, nowMs: number): SocketRef | undefined {
    if (nowMs >= this.#oldOffersUntilMs) return undefined;
    return this.#swarms.resident.socketOf(infoHash, toPeerId);
  }

  #refuse(message: AnnounceMessage, to: SocketRef, code: SwarmRefusalCode): SocketOutcome {
    this.#swarms.count('refusals');
    const { reason } = swarmRefusal(code).refusal;
    const text = formatSocketFailure({ action: 'announce', reason, infoHash: message.infoHash });
    return { isServed: false, envelopes: [{ to, text, peer: undefined }] };
  }
}
