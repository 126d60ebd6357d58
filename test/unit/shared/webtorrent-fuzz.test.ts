import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseSocketMessage } from '../../../shared/parse-webtorrent-message.ts';
import { encodeUtf8 } from '../../../shared/text.ts';
import {
  MAX_OFFER_ID_CHARACTERS,
  type OfferMessage,
  type SocketResult,
} from '../../../shared/webtorrent-messages.ts';
import {
  announceMessage,
  answerMessage,
  INFO_HASH,
  LIMITS,
  offer,
  PEER_ID,
  scrapeMessage,
} from './webtorrent-samples.ts';

function isInfoHash(text: string): boolean {
  return /^[0-9a-f]{40}$/.test(text);
}

function isBinary(text: string): boolean {
  return text.length === 20 && Array.from(text).every((character) => character <= '\u00ff');
}

function isProvenDescription({ offerId, sdp }: OfferMessage): boolean {
  return (
    offerId.length >= 1 &&
    offerId.length <= MAX_OFFER_ID_CHARACTERS &&
    sdp.length >= 1 &&
    encodeUtf8(sdp).length <= LIMITS.maxSdpBytes
  );
}

/** A message holds proven values only; a refusal says under which action to tell it. */
function isProven(result: SocketResult): boolean {
  if (!result.ok) {
    const { action, reason, infoHash } = result.refusal;
    const isAction = ['announce', 'scrape'].includes(action);
    return isAction && reason !== '' && (infoHash === undefined || isInfoHash(infoHash));
  }
  const message = result.value;
  switch (message.type) {
    case 'scrape':
      return (
        message.infoHashes.length >= 1 &&
        message.infoHashes.length <= LIMITS.maxScrapeInfoHashes &&
        new Set(message.infoHashes).size === message.infoHashes.length &&
        message.infoHashes.every(isInfoHash)
      );
    case 'answer':
      return (
        [message.peerId, message.toPeerId].every(isBinary) &&
        isInfoHash(message.infoHash) &&
        isProvenDescription(message)
      );
    case 'announce':
      return (
        isInfoHash(message.infoHash) &&
        isBinary(message.peerId) &&
        ['seeder', 'partial', 'leecher'].includes(message.role) &&
        ['started', 'stopped', 'completed', 'update'].includes(message.event) &&
        message.offers.length <= LIMITS.maxOffersPerAnnounce &&
        message.offers.every(
          (one) => isProvenDescription(one) && Object.keys(one).toSorted().join() === 'offerId,sdp',
        )
      );
  }
}

/** Values that come close to those the protocol wants. */
const nearlyRight = fc.oneof(
  fc.jsonValue({ maxDepth: 6 }),
  fc.constantFrom('announce', 'scrape', 'paused', 'stopped', INFO_HASH, PEER_ID, 0, '0', null),
  fc.string({ unit: 'binary', minLength: 18, maxLength: 22 }),
  fc.constantFrom(offer(), [offer(), null, offer('x', 'y'.repeat(101))], {
    type: 'answer',
    sdp: 'a',
  }),
  fc.array(fc.constantFrom(offer(), offer(1), offer('x', null), {}, null, [])),
);

const KEYS = ['action', 'info_hash', 'peer_id', 'to_peer_id', 'offer_id', 'left', 'event'];
const message = fc.dictionary(
  fc.constantFrom(...KEYS, 'offers', 'answer', '__proto__', 'constructor', 'toString'),
  nearlyRight,
);

describe('parseSocketMessage() proves or refuses, and never throws,', () => {
  const valid = fc.constantFrom(
    announceMessage(),
    announceMessage({ offers: [offer('1'), offer('2'), offer('3'), offer('4')] }),
    answerMessage(),
    scrapeMessage(INFO_HASH),
    scrapeMessage([INFO_HASH, PEER_ID]),
  );

  test.each<[string, fc.Arbitrary<string | Uint8Array>]>([
    ['any text', fc.string({ unit: 'binary' })],
    ['any bytes', fc.uint8Array()],
    ['any JSON value', fc.json({ maxDepth: 12 })],
    ['messages of nearly right values', message.map((keys) => JSON.stringify(keys))],
    [
      'valid messages with some keys replaced',
      fc
        .tuple(fc.constantFrom(announceMessage, answerMessage), message)
        .map(([write, { action: _kept, ...keys }]) => write(keys)),
    ],
    [
      'valid messages with a stretch replaced',
      fc
        .tuple(valid, fc.nat(), fc.nat({ max: 8 }), fc.string({ unit: 'binary', maxLength: 8 }))
        .map(([text, at, length, inserted]) => {
          const start = at % (text.length + 1);
          return text.slice(0, start) + inserted + text.slice(start + length);
        }),
    ],
    [
      'valid binary frames with a byte replaced',
      fc.tuple(valid, fc.nat(), fc.nat({ max: 255 })).map(([text, at, byte]) => {
        const bytes = encodeUtf8(text);
        return bytes.with(at % bytes.length, byte);
      }),
    ],
  ])('%s', (_case, arbitrary) => {
    const proves = fc.property(arbitrary, (data) => isProven(parseSocketMessage(data, LIMITS)));
    expect(() => fc.assert(proves, { numRuns: 500 })).not.toThrow();
  });
});
