import { describe, expect, test } from 'vitest';
import {
  formatAnnounceReply,
  formatRelayedAnswer,
  formatRelayedOffer,
  formatScrapeReply,
  formatSocketFailure,
} from '../../../shared/format-webtorrent-message.ts';
import { decodeUtf8, encodeUtf8 } from '../../../shared/text.ts';
import { infoHash, peerId } from './required.ts';
import { INFO_HASH, INFO_HASH_HEX, OFFER_ID, PEER_ID } from './webtorrent-samples.ts';

const HASH = infoHash(INFO_HASH_HEX);

/** As the client reads it: UTF-8 on the wire, then JSON. */
function received(text: string): unknown {
  return JSON.parse(decodeUtf8(encodeUtf8(text)) ?? '');
}

test('formatAnnounceReply() says what bittorrent-tracker says', () => {
  const reply = { infoHash: HASH, intervalSeconds: 120, seeders: 2, leechers: 3 };
  expect(received(formatAnnounceReply(reply))).toEqual({
    complete: 2,
    incomplete: 3,
    action: 'announce',
    interval: 120,
    info_hash: INFO_HASH,
  });
});

describe.each([
  ['formatRelayedOffer()', 'offer', formatRelayedOffer],
  ['formatRelayedAnswer()', 'answer', formatRelayedAnswer],
] as const)('%s', (_name, type, format) => {
  test.each([
    ['a session description', OFFER_ID, 'v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\n'],
    ['an offer_id of any text', '\u{1f600}"\\', 'v=0'],
    ['what would break out of JSON', '"},{"', '"}},"peer_id":"x'],
    ['lines that JavaScript ends elsewhere', 'id', 'a\u2028b\u2029c\u0000'],
    ['half a surrogate pair', '\ud800', 'x\udc00'],
  ])('writes %s', (_case, offerId, sdp) => {
    const relayed = { infoHash: HASH, fromPeerId: peerId(PEER_ID), offerId, sdp };
    expect(received(format(relayed))).toEqual({
      action: 'announce',
      [type]: { type, sdp },
      offer_id: offerId,
      peer_id: PEER_ID,
      info_hash: INFO_HASH,
    });
  });
});

describe('formatScrapeReply()', () => {
  test('writes each swarm under its 20 characters', () => {
    const counts = new Map([
      [HASH, { seeders: 1, leechers: 2, downloaders: 3, downloads: 4 }],
      [infoHash('31'.repeat(20)), { seeders: 0, leechers: 0, downloaders: 0, downloads: 0 }],
    ]);
    expect(received(formatScrapeReply(counts, 900))).toEqual({
      action: 'scrape',
      files: {
        [INFO_HASH]: { complete: 1, incomplete: 2, downloaded: 4, downloaders: 3 },
        // Digits only: still a name, not an index.
        '11111111111111111111': { complete: 0, incomplete: 0, downloaded: 0, downloaders: 0 },
      },
      flags: { min_request_interval: 900 },
    });
  });

  test('writes no swarms as none', () => {
    expect(received(formatScrapeReply(new Map(), 1))).toEqual({
      action: 'scrape',
      files: {},
      flags: { min_request_interval: 1 },
    });
  });
});

describe('formatSocketFailure()', () => {
  test.each(['announce', 'scrape'] as const)('names action %s and the info-hash', (action) => {
    expect(received(formatSocketFailure({ action, reason: 'no', infoHash: HASH }))).toEqual({
      action,
      'failure reason': 'no',
      info_hash: INFO_HASH,
    });
  });

  test('has an empty info_hash where none is known', () => {
    const failure = { action: 'announce', reason: 'no', infoHash: undefined } as const;
    expect(received(formatSocketFailure(failure))).toEqual({
      action: 'announce',
      'failure reason': 'no',
      info_hash: '',
    });
  });
});
