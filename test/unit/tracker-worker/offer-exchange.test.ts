import * as fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import type { OfferMessage } from '../../../shared/webtorrent-messages.ts';
import {
  EXPECTED_ANSWER_MS,
  MAX_EXPECTED_ANSWERS,
  MAX_PARKED_CHARACTERS,
  MAX_PARKED_OFFERS_PER_SEED,
  MAX_PARKED_OFFERS_PER_SWARM,
  OfferExchange,
  PARKED_OFFER_MS,
  type ParkedOffer,
} from '../../../tracker-worker/socket/offer-exchange.ts';
import { infoHash, peerId, socketRef } from './swarm-builders.ts';

const NOW = 1_795_000_000_000;
const HASH = infoHash('aa');
const OTHER_HASH = infoHash('bb');
const SEED = socketRef(1000);

/** The `n`th peer that makes offers. */
function offerer(n: number) {
  return { peerId: peerId(n), socket: socketRef(n) };
}

function offersOf(...offerIds: readonly (string | number)[]): OfferMessage[] {
  return offerIds.map((offerId) => ({ offerId: String(offerId), sdp: `sdp ${offerId}` }));
}

let offers: OfferExchange;
beforeEach(() => {
  offers = new OfferExchange();
});

describe('OfferExchange.takeAnswer()', () => {
  const from = offerer(1);
  const by = socketRef(2);
  beforeEach(() => offers.expectAnswer(HASH, 'one', from, by, NOW));

  test('names the socket that the offer came from, once', () => {
    expect(offers.takeAnswer(HASH, 'one', from.peerId, by, NOW)).toEqual(from.socket);
    expect(offers.takeAnswer(HASH, 'one', from.peerId, by, NOW)).toBe(undefined);
  });

  test.each([
    ['a socket that did not get the offer', HASH, 'one', from.peerId, socketRef(3)],
    ['the same number at another shard', HASH, 'one', from.peerId, socketRef(2, 1)],
    ['the offerer itself', HASH, 'one', from.peerId, from.socket],
    ['another offer-id', HASH, 'two', from.peerId, by],
    ['another peer-id', HASH, 'one', peerId(9), by],
    ['another info-hash', OTHER_HASH, 'one', from.peerId, by],
  ])('has nothing for %s, and leaves it to the right one', (_case, hash, offerId, to, answerer) => {
    expect(offers.takeAnswer(hash, offerId, to, answerer, NOW)).toBe(undefined);
    expect(offers.takeAnswer(HASH, 'one', from.peerId, by, NOW)).toEqual(from.socket);
  });

  test('holder, number and offer-id cannot be mistaken for each other', () => {
    offers.expectAnswer(HASH, '2:x', from, socketRef(5, 1), NOW);
    expect(offers.takeAnswer(HASH, 'x', from.peerId, socketRef(52, 1), NOW)).toBe(undefined);
    expect(offers.takeAnswer(HASH, ':x', from.peerId, socketRef(2, 1), NOW)).toBe(undefined);
    offers.expectAnswer(HASH, '', from, socketRef(11, 1), NOW);
    expect(offers.takeAnswer(HASH, '', from.peerId, socketRef(1, 11), NOW)).toBe(undefined);
  });

  test.each([
    [EXPECTED_ANSWER_MS - 1, from.socket],
    [EXPECTED_ANSWER_MS, undefined],
  ])('after %i ms', (ms, to) => {
    expect(offers.takeAnswer(HASH, 'one', from.peerId, by, NOW + ms)).toEqual(to);
  });

  test('an offer that is relayed again is waited for anew', () => {
    offers.expectAnswer(HASH, 'one', from, by, NOW + 1000);
    const lastMs = NOW + 1000 + EXPECTED_ANSWER_MS - 1;
    expect(offers.takeAnswer(HASH, 'one', from.peerId, by, lastMs)).toEqual(from.socket);
  });

  test('one more than the most makes the oldest go', () => {
    for (let n = 1; n < MAX_EXPECTED_ANSWERS; n += 1) {
      offers.expectAnswer(HASH, `offer ${n}`, from, by, NOW);
    }
    expect(offers.takeAnswer(HASH, 'one', from.peerId, by, NOW)).toEqual(from.socket);
    offers.expectAnswer(HASH, 'a', from, by, NOW);
    offers.expectAnswer(HASH, 'b', from, by, NOW);
    expect(offers.takeAnswer(HASH, 'offer 1', from.peerId, by, NOW)).toBe(undefined);
    expect(offers.takeAnswer(HASH, 'offer 2', from.peerId, by, NOW)).toEqual(from.socket);
    expect(offers.takeAnswer(HASH, 'b', from.peerId, by, NOW)).toEqual(from.socket);
  });
});

describe('OfferExchange.takeParked()', () => {
  test('gives a seed one offer of each socket, the newest, and each once', () => {
    offers.park(HASH, offerer(1), offersOf('1a', '1b'), NOW);
    offers.park(HASH, offerer(2), offersOf('2a', '2b'), NOW);
    const ids = (): string[] => offers.takeParked(HASH, SEED, NOW).map((one) => one.offer.offerId);
    expect(ids()).toEqual(['2b', '1b']);
    expect(offers.parkedCount).toBe(2);
    expect(ids()).toEqual(['2a', '1a']);
    expect([ids(), offers.parkedCount]).toEqual([[], 0]);
  });

  test('says who made the offer', () => {
    offers.park(HASH, offerer(1), offersOf('x'), NOW);
    expect(offers.takeParked(HASH, SEED, NOW)).toEqual([
      { ...offerer(1), offer: { offerId: 'x', sdp: 'sdp x' }, untilMs: NOW + PARKED_OFFER_MS },
    ]);
  });

  test('gives no socket its own, and no swarm those of another', () => {
    offers.park(HASH, offerer(1), offersOf('x'), NOW);
    expect(offers.takeParked(HASH, offerer(1).socket, NOW)).toEqual([]);
    expect(offers.takeParked(OTHER_HASH, SEED, NOW)).toEqual([]);
    expect(offers.takeParked(HASH, socketRef(1, 1), NOW)).toHaveLength(1);
  });

  test.each([
    [PARKED_OFFER_MS - 1, 1],
    [PARKED_OFFER_MS, 0],
  ])('after %i ms gives %i', (ms, count) => {
    offers.park(HASH, offerer(1), offersOf('x'), NOW);
    expect(offers.takeParked(HASH, SEED, NOW + ms)).toHaveLength(count);
    expect(offers.parkedCount).toBe(0);
  });

  test('gives so many at one announce, and the rest at the next', () => {
    for (let n = 0; n <= MAX_PARKED_OFFERS_PER_SEED; n += 1) {
      offers.park(HASH, offerer(n), offersOf(n), NOW);
    }
    expect(offers.takeParked(HASH, SEED, NOW)).toHaveLength(MAX_PARKED_OFFERS_PER_SEED);
    expect(offers.takeParked(HASH, SEED, NOW)).toHaveLength(1);
  });
});

describe('OfferExchange.park()', () => {
  test("takes the place of the socket's offers of before, in this swarm alone", () => {
    offers.park(HASH, offerer(1), offersOf('old', 'older'), NOW);
    offers.park(OTHER_HASH, offerer(1), offersOf('elsewhere'), NOW);
    offers.park(HASH, offerer(1), offersOf('new'), NOW);
    expect(offers.parkedCount).toBe(2);
    offers.park(HASH, offerer(1), [], NOW);
    expect(offers.parkedCount).toBe(1);
  });

  test('keeps the newest of a swarm, up to the limit', () => {
    for (let n = 0; n < MAX_PARKED_OFFERS_PER_SWARM; n += 1) {
      offers.park(HASH, offerer(n), offersOf(n), NOW);
    }
    expect(offers.parkedCount).toBe(MAX_PARKED_OFFERS_PER_SWARM);
    offers.park(HASH, offerer(999), offersOf('a', 'b'), NOW);
    expect(offers.parkedCount).toBe(MAX_PARKED_OFFERS_PER_SWARM);
    const left = new Set<string>();
    for (let n = 0; n < 20; n += 1) {
      for (const { offer } of offers.takeParked(HASH, SEED, NOW)) left.add(offer.offerId);
    }
    expect(left.size).toBe(MAX_PARKED_OFFERS_PER_SWARM);
    expect([left.has('0'), left.has('1'), left.has('2'), left.has('b')]).toEqual([
      false,
      false,
      true,
      true,
    ]);
  });

  test('keeps characters up to the limit, and has room again when they have expired', () => {
    const half = { offerId: 'half', sdp: 's'.repeat(MAX_PARKED_CHARACTERS / 2) };
    offers.park(HASH, offerer(1), [half], NOW);
    offers.park(OTHER_HASH, offerer(2), [half], NOW);
    expect(offers.parkedCount).toBe(2);
    offers.park(OTHER_HASH, offerer(3), [{ offerId: 'x', sdp: 's' }], NOW);
    expect(offers.parkedCount).toBe(2);
    offers.park(infoHash('cc'), offerer(3), [half, half], NOW + PARKED_OFFER_MS);
    expect(offers.parkedCount).toBe(2);
  });
});

describe('OfferExchange.expire()', () => {
  test('says how long until there is nothing left', () => {
    expect(offers.expire(NOW)).toBe(0);
    offers.park(HASH, offerer(1), offersOf('x'), NOW);
    offers.park(OTHER_HASH, offerer(2), offersOf('y'), NOW + 10);
    expect([offers.expire(NOW + 10), offers.parkedCount]).toEqual([PARKED_OFFER_MS, 2]);
    expect([offers.expire(NOW + PARKED_OFFER_MS), offers.parkedCount]).toEqual([10, 1]);
    expect([offers.expire(NOW + 10 + PARKED_OFFER_MS), offers.parkedCount]).toEqual([0, 0]);
    expect(offers.expire(NOW + 10 + PARKED_OFFER_MS)).toBe(0);
  });
});

test('OfferExchange loses count of nothing, over any use', () => {
  const LONG = MAX_PARKED_CHARACTERS / 8;
  const step = fc.record({
    does: fc.constantFrom('park', 'park', 'take', 'forget', 'expire' as const),
    hash: fc.constantFrom(HASH, OTHER_HASH),
    peer: fc.nat(5),
    lengths: fc.array(fc.constantFrom(1, 100, LONG), { maxLength: 30 }),
    passesMs: fc.constantFrom(0, 1, PARKED_OFFER_MS / 2, PARKED_OFFER_MS),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const exchange = new OfferExchange();
      const sdps = new Map([1, 100, LONG].map((length) => [length, 's'.repeat(length)]));
      let now = NOW;
      for (const { does, hash, peer, lengths, passesMs } of steps) {
        now += passesMs;
        let taken: readonly ParkedOffer[] = [];
        const { socket } = offerer(peer);
        if (does === 'park') {
          const some = lengths.map((length) => ({ offerId: 'x', sdp: sdps.get(length) ?? '' }));
          exchange.park(hash, offerer(peer), some, now);
        } else if (does === 'take') {
          taken = exchange.takeParked(hash, socket, now);
        } else if (does === 'forget') exchange.forgetParked(hash, socket);
        else exchange.expire(now);
        const sockets = new Set(taken.map((one) => one.socket.connection));
        expect(sockets.size).toBe(taken.length);
        expect(sockets.has(peer)).toBe(false);
        expect(taken.filter(({ untilMs }) => untilMs <= now)).toEqual([]);
        expect(exchange.parkedCount).toBeGreaterThanOrEqual(0);
        expect(exchange.parkedCount).toBeLessThanOrEqual(2 * MAX_PARKED_OFFERS_PER_SWARM);
      }
      exchange.expire(now + PARKED_OFFER_MS);
      expect(exchange.parkedCount).toBe(0);
      // All of the characters are free again, and no more than all.
      const eighth = { offerId: 'x', sdp: sdps.get(LONG) ?? '' };
      exchange.park(
        HASH,
        offerer(1),
        Array.from({ length: 9 }, () => eighth),
        now,
      );
      expect(exchange.parkedCount).toBe(8);
    }),
    { numRuns: 60 },
  );
});
