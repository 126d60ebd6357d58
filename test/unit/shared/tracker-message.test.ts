import { describe, expect, test } from 'vitest';
import { formatAnswer, formatSeedAnnounce } from '../../../shared/format-client-message.ts';
import {
  formatAnnounceReply,
  formatRelayedAnswer,
  formatRelayedOffer,
  formatSocketFailure,
} from '../../../shared/format-webtorrent-message.ts';
import { infoHashToBinary } from '../../../shared/binary-strings.ts';
import { infoHashFromHex } from '../../../shared/info-hash.ts';
import { invariant } from '../../../shared/invariant.ts';
import { parseTrackerMessage } from '../../../shared/parse-tracker-message.ts';
import { parseSocketMessage } from '../../../shared/parse-webtorrent-message.ts';
import { peerIdFromText } from '../../../shared/peer-id.ts';

const infoHash = infoHashFromHex('00ff80'.padEnd(40, '7'));
const peerId = peerIdFromText('-ET0100-\u00ff\u0000bcdefghijkl'.slice(0, 20));
const otherPeerId = peerIdFromText('-WW0001-abcdefghijkl');
invariant(
  infoHash !== undefined && peerId !== undefined && otherPeerId !== undefined,
  'the fixtures parse',
);
const MAX_SDP_BYTES = 100;
const LIMITS = { maxOffersPerAnnounce: 10, maxSdpBytes: MAX_SDP_BYTES, maxScrapeInfoHashes: 10 };
const relayed = { infoHash, fromPeerId: otherPeerId, offerId: 'offer', sdp: 'v=0' };

function offerOf(sdpLength: number): string {
  return formatRelayedOffer({ ...relayed, sdp: 'x'.repeat(sdpLength) });
}

describe('parseTrackerMessage() takes what our tracker writes', () => {
  test.each([
    [
      'a reply',
      formatAnnounceReply({ infoHash, intervalSeconds: 120, seeders: 1, leechers: 2 }),
      {
        type: 'reply',
        infoHash,
        intervalSeconds: 120,
        minIntervalSeconds: 0,
        trackerId: undefined,
      },
    ],
    [
      'a reply that says all it can',
      JSON.stringify({
        action: 'announce',
        info_hash: infoHashToBinary(infoHash),
        interval: 120,
        'min interval': 60,
        'tracker id': 'me',
      }),
      { type: 'reply', infoHash, intervalSeconds: 120, minIntervalSeconds: 60, trackerId: 'me' },
    ],
    [
      'a reply whose min interval is negative and whose tracker id is too long',
      JSON.stringify({
        action: 'announce',
        info_hash: infoHashToBinary(infoHash),
        interval: 120,
        'min interval': -60,
        'tracker id': 'x'.repeat(257),
      }),
      {
        type: 'reply',
        infoHash,
        intervalSeconds: 120,
        minIntervalSeconds: 0,
        trackerId: undefined,
      },
    ],
    [
      'an offer',
      formatRelayedOffer(relayed),
      { type: 'offer', infoHash, peerId: otherPeerId, offerId: 'offer', sdp: 'v=0' },
    ],
    [
      'a refusal',
      formatSocketFailure({ action: 'announce', reason: 'no', infoHash }),
      { type: 'refusal', infoHash, reason: 'no' },
    ],
    [
      'a refusal about nothing in particular',
      formatSocketFailure({ action: 'announce', reason: 'no', infoHash: undefined }),
      { type: 'refusal', infoHash: undefined, reason: 'no' },
    ],
  ])('%s', (_case, text, message) => {
    expect(parseTrackerMessage(text, MAX_SDP_BYTES)).toEqual(message);
  });

  test('an offer as long as allowed, and no longer', () => {
    expect(parseTrackerMessage(offerOf(MAX_SDP_BYTES), MAX_SDP_BYTES)).toBeDefined();
    expect(parseTrackerMessage(offerOf(MAX_SDP_BYTES + 1), MAX_SDP_BYTES)).toBeUndefined();
  });

  test.each([
    ['an answer, since no offer was made', formatRelayedAnswer(relayed)],
    ['no JSON', '{'],
    ['no object', '[]'],
    ['a scrape', '{"action":"scrape","files":{}}'],
    [
      'an interval of nothing',
      formatAnnounceReply({ ...relayed, intervalSeconds: 0, seeders: 0, leechers: 0 }),
    ],
    ['too many characters', `{"x":"${'x'.repeat(100_000)}"}`],
  ])('passes over %s', (_case, text) => {
    expect(parseTrackerMessage(text, MAX_SDP_BYTES)).toBeUndefined();
  });
});

describe('what a seed says is what the tracker reads', () => {
  test.each(['started', 'update', 'stopped'] as const)('formatSeedAnnounce() %s', (event) => {
    const text = formatSeedAnnounce({ infoHash, peerId, event, uploadedBytes: 5 });

    expect(parseSocketMessage(text, LIMITS)).toEqual({
      ok: true,
      value: { type: 'announce', infoHash, peerId, role: 'seeder', event, offers: [] },
    });
  });

  test('formatSeedAnnounce() with what the tracker called us', () => {
    const announce = { infoHash, peerId, event: 'update', uploadedBytes: 5 } as const;
    expect(JSON.parse(formatSeedAnnounce({ ...announce, trackerId: 'me' }))).toMatchObject({
      trackerid: 'me',
    });
    expect(formatSeedAnnounce(announce)).not.toContain('trackerid');
  });

  test('formatAnswer()', () => {
    const answer = { infoHash, peerId, toPeerId: otherPeerId, offerId: 'offer', sdp: 'v=0' };

    expect(parseSocketMessage(formatAnswer(answer), LIMITS)).toEqual({
      ok: true,
      value: { type: 'answer', ...answer },
    });
  });
});
