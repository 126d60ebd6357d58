import type { InfoHash } from '../../shared/info-hash.ts';
import type { PeerId } from '../../shared/peer-id.ts';
import type { OfferMessage } from '../../shared/webtorrent-messages.ts';
import type { SocketRef } from '../swarm/seat.ts';
import type { SocketPeer } from '../swarm/swarm-announce.ts';

/** As long as bittorrent-tracker's client keeps an offer that nobody answered. */
export const PARKED_OFFER_MS = 50_000;
/** An answer may be on its way when its offer is given up. */
export const EXPECTED_ANSWER_MS = 120_000;
/** Offers that one swarm keeps for a seed; the oldest makes room. */
export const MAX_PARKED_OFFERS_PER_SWARM = 100;
/** Parked offers that a seed is given at one announce: it answers each with a connection. */
export const MAX_PARKED_OFFERS_PER_SEED = 20;
/** Characters of session descriptions that a shard keeps parked. */
export const MAX_PARKED_CHARACTERS = 8_000_000;
/** Answers that a shard waits for; the oldest makes room. */
export const MAX_EXPECTED_ANSWERS = 100_000;

/** An offer that no seed was there for. */
export interface ParkedOffer extends SocketPeer {
  readonly offer: OfferMessage;
  readonly untilMs: number;
}

interface ExpectedAnswer {
  readonly to: SocketRef;
  readonly untilMs: number;
}

/**
 * Offers between the swarms' sockets: which wait for a seed, and which wait for their answer. In memory only: what is
 * lost with it is made up for by the next announce.
 *
 * - An answer is expected once, from the socket that the offer went to, for the socket that the offer came from.
 * - What is older expires first, so that the oldest are always the first.
 */
export class OfferExchange {
  readonly #parked = new Map<InfoHash, ParkedOffer[]>();
  #parkedCount = 0;
  #parkedCharacters = 0;
  readonly #expected = new Map<string, ExpectedAnswer>();

  get parkedCount(): number {
    return this.#parkedCount;
  }

  /** Notes that an offer was relayed: `by` may answer it. */
  expectAnswer(
    infoHash: InfoHash,
    offerId: string,
    from: SocketPeer,
    by: SocketRef,
    nowMs: number,
  ): void {
    for (const [key, answer] of this.#expected) {
      if (answer.untilMs > nowMs && this.#expected.size < MAX_EXPECTED_ANSWERS) break;
      this.#expected.delete(key);
    }
    const key = answerKey(infoHash, offerId, from.peerId, by);
    this.#expected.delete(key);
    this.#expected.set(key, { to: from.socket, untilMs: nowMs + EXPECTED_ANSWER_MS });
  }

  /** The socket that an answer is for; `undefined` where none is expected. */
  takeAnswer(
    infoHash: InfoHash,
    offerId: string,
    toPeerId: PeerId,
    by: SocketRef,
    nowMs: number,
  ): SocketRef | undefined {
    const key = answerKey(infoHash, offerId, toPeerId, by);
    const answer = this.#expected.get(key);
    this.#expected.delete(key);
    return answer !== undefined && answer.untilMs > nowMs ? answer.to : undefined;
  }

  /** Keeps the offers of one announce for a seed that may come, in place of those of the announce before. */
  park(infoHash: InfoHash, from: SocketPeer, offers: readonly OfferMessage[], nowMs: number): void {
    this.forgetParked(infoHash, from.socket);
    if (offers.length === 0) return;
    const untilMs = nowMs + PARKED_OFFER_MS;
    const parked = this.#parked.get(infoHash) ?? [];
    for (const offer of offers) {
      if (this.#parkedCharacters + offer.sdp.length > MAX_PARKED_CHARACTERS) break;
      this.#parkedCharacters += offer.sdp.length;
      this.#parkedCount += 1;
      parked.push({ ...from, offer, untilMs });
    }
    while (parked.length > MAX_PARKED_OFFERS_PER_SWARM) this.#uncount(parked.shift());
    if (parked.length > 0) this.#parked.set(infoHash, parked);
  }

  /** One parked offer of each socket, for a seed at `by`: the newest, which has the longest to live. */
  takeParked(infoHash: InfoHash, by: SocketRef, nowMs: number): ParkedOffer[] {
    this.#expireParked(infoHash, nowMs);
    const taken = new Map<string, ParkedOffer>();
    for (const parked of this.#parked.get(infoHash)?.toReversed() ?? []) {
      const key = socketKey(parked.socket);
      if (taken.size < MAX_PARKED_OFFERS_PER_SEED && key !== socketKey(by) && !taken.has(key))
        taken.set(key, parked);
    }
    const offers = [...taken.values()];
    this.#keepParked(infoHash, (parked) => !offers.includes(parked));
    return offers;
  }

  /** Forgets what a socket has parked in a swarm. */
  forgetParked(infoHash: InfoHash, socket: SocketRef): void {
    this.#keepParked(infoHash, (parked) => socketKey(parked.socket) !== socketKey(socket));
  }

  /** Forgets what has expired. Milliseconds until there is nothing left, or 0. */
  expire(nowMs: number): number {
    let lastMs = nowMs;
    for (const [infoHash, parked] of this.#parked) {
      lastMs = Math.max(lastMs, parked.at(-1)?.untilMs ?? 0);
      this.#expireParked(infoHash, nowMs);
    }
    return lastMs - nowMs;
  }

  #expireParked(infoHash: InfoHash, nowMs: number): void {
    this.#keepParked(infoHash, (parked) => parked.untilMs > nowMs);
  }

  #keepParked(infoHash: InfoHash, isKept: (parked: ParkedOffer) => boolean): void {
    const parked = this.#parked.get(infoHash);
    if (parked === undefined) return;
    const kept = parked.filter((one) => {
      const keeps = isKept(one);
      if (!keeps) this.#uncount(one);
      return keeps;
    });
    if (kept.length === 0) this.#parked.delete(infoHash);
    else if (kept.length < parked.length) this.#parked.set(infoHash, kept);
  }

  #uncount(parked: ParkedOffer | undefined): void {
    this.#parkedCount -= 1;
    this.#parkedCharacters -= parked?.offer.sdp.length ?? 0;
  }
}

function answerKey(infoHash: InfoHash, offerId: string, toPeerId: PeerId, by: SocketRef): string {
  return `${infoHash}${toPeerId}${socketKey(by)}:${offerId}`;
}

function socketKey({ holder, connection }: SocketRef): string {
  return `${holder}/${connection}`;
}
