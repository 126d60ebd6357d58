import { describe, expect, test } from 'vitest';
import { parseSocketMessage } from '../../../shared/parse-webtorrent-message.ts';
import { encodeUtf8 } from '../../../shared/text.ts';
import type {
  AnnounceMessage,
  OfferMessage,
  SocketMessage,
} from '../../../shared/webtorrent-messages.ts';
import {
  announceMessage,
  answerMessage,
  INFO_HASH,
  INFO_HASH_HEX,
  LIMITS,
  offer,
  OFFER_ID,
  OTHER_PEER_ID,
  PEER_ID,
  scrapeMessage,
} from './webtorrent-samples.ts';

function parsed(data: string | Uint8Array, limits = LIMITS): SocketMessage {
  const result = parseSocketMessage(data, limits);
  if (!result.ok) throw new Error(`refused: ${result.refusal.reason}`);
  return result.value;
}

function announced(keys: Readonly<Record<string, unknown>>): AnnounceMessage {
  const message = parsed(announceMessage(keys));
  if (message.type !== 'announce') throw new Error(`it is of type ${message.type}`);
  return message;
}

function offersOf(offers: unknown, limits = LIMITS): readonly OfferMessage[] {
  const message = parsed(announceMessage({ offers }), limits);
  return message.type === 'announce' ? message.offers : [];
}

const REGULAR = { type: 'announce', infoHash: INFO_HASH_HEX, peerId: PEER_ID } as const;

describe('parseSocketMessage() takes what clients send', () => {
  const announces: [string, Readonly<Record<string, unknown>>, Partial<AnnounceMessage>][] = [
    [
      'bittorrent-tracker, started with a magnet link',
      { action: 'announce', numwant: 5, uploaded: 0, downloaded: 0, left: null, event: 'started' },
      { role: 'leecher', event: 'started' },
    ],
    [
      'bittorrent-tracker, completed without offers',
      { action: 'announce', left: 0, downloaded: 5, event: 'completed', numwant: 50 },
      { role: 'seeder', event: 'completed' },
    ],
    [
      'bittorrent-tracker, a regular announce with the tracker id it was given',
      { action: 'announce', left: 5, trackerid: 'abc', offers: [offer()] },
      { role: 'leecher', event: 'update', offers: [{ offerId: OFFER_ID, sdp: 'v=0\r\n' }] },
    ],
    [
      'libtorrent, paused',
      {
        action: 'announce',
        corrupt: 0,
        key: 'A1B2C3D4',
        downloaded: 1,
        uploaded: 2,
        left: 3,
        numwant: 0,
        event: 'paused',
        offers: [],
      },
      { role: 'partial', event: 'update' },
    ],
    [
      'anacrolix, stopped',
      { action: 'announce', numwant: 0, left: -1, event: 'stopped', offers: null },
      { role: 'leecher', event: 'stopped' },
    ],
    [
      'Trystero, one offer',
      { action: 'announce', numwant: 3, offers: [offer('a-short-offer-id')] },
      {
        role: 'leecher',
        event: 'update',
        offers: [{ offerId: 'a-short-offer-id', sdp: 'v=0\r\n' }],
      },
    ],
    [
      'Trystero, passive',
      { action: 'announce', numwant: 3, left: 0, offers: [] },
      { role: 'seeder', event: 'update' },
    ],
  ];
  test.each(announces)('%s', (_case, keys, expected) => {
    const text = JSON.stringify({ info_hash: INFO_HASH, peer_id: PEER_ID, ...keys });
    expect(parsed(text)).toEqual({ ...REGULAR, offers: [], ...expected });
  });

  test('an answer, of which only the session description is kept', () => {
    const answer = { type: 'answer', sdp: 'v=0\r\na=x', candidates: [1], toJSON: 'x' };
    expect(parsed(answerMessage({ answer, trackerid: 'abc', left: 0, offers: [offer()] }))).toEqual(
      {
        type: 'answer',
        infoHash: INFO_HASH_HEX,
        peerId: PEER_ID,
        toPeerId: OTHER_PEER_ID,
        offerId: OFFER_ID,
        sdp: 'v=0\r\na=x',
      },
    );
  });

  test('a binary frame of the same bytes', () => {
    for (const text of [announceMessage(), answerMessage(), scrapeMessage(INFO_HASH)]) {
      expect(parsed(encodeUtf8(text))).toEqual(parsed(text));
    }
  });

  test('ids with every character escaped', () => {
    const escaped = Array.from(
      INFO_HASH,
      (character) => `\\u00${character.charCodeAt(0).toString(16).padStart(2, '0')}`,
    );
    const text = announceMessage({ info_hash: 'HERE' }).replace('HERE', escaped.join(''));
    expect(parsed(text)).toEqual(parsed(announceMessage()));
  });

  test('keys that only look dangerous', () => {
    const text = announceMessage().replace(
      '{',
      '{"__proto__":{"left":0,"event":"stopped"},"constructor":{"prototype":{"answer":{}}},"toString":1,"hasOwnProperty":null,',
    );
    expect(parsed(text)).toEqual(parsed(announceMessage()));
    expect(Object.hasOwn(Object.prototype, 'left')).toBe(false);
  });

  test.each([null, undefined])('answer: %s as an announce', (answer) => {
    expect(announced({ answer, to_peer_id: OTHER_PEER_ID }).type).toBe('announce');
  });
});

describe('parseSocketMessage() reads left', () => {
  test.each<[string, unknown, string]>([
    ['0', 0, 'seeder'],
    ['"0"', '0', 'seeder'],
    ['"000"', '000', 'seeder'],
    ['1', 1, 'leecher'],
    ['"1"', '1', 'leecher'],
    ['0.5', 0.5, 'leecher'],
    ['-1', -1, 'leecher'],
    ['a number past 2^53', 2 ** 60, 'leecher'],
    ['nothing', undefined, 'leecher'],
    ['null', null, 'leecher'],
    ['""', '', 'leecher'],
    ['" "', ' ', 'leecher'],
    ['"0x0"', '0x0', 'leecher'],
    ['"-0"', '-0', 'leecher'],
    ['false', false, 'leecher'],
    ['[]', [], 'leecher'],
    ['[0]', [0], 'leecher'],
    ['{}', {}, 'leecher'],
  ])('%s', (_case, left, role) => {
    expect(announced({ left }).role).toBe(role);
  });

  test.each([0, '0'])('%o of a paused client, which is a seeder', (left) => {
    expect(announced({ left, event: 'paused' })).toMatchObject({ role: 'seeder', event: 'update' });
  });

  test.each([undefined, null, 1, 'many'])('%o of a paused client, a partial seed', (left) => {
    expect(announced({ left, event: 'paused' })).toMatchObject({
      role: 'partial',
      event: 'update',
    });
  });
});

describe('parseSocketMessage() reads event', () => {
  test.each<[string, unknown, string]>([
    ['"started"', 'started', 'started'],
    ['"stopped"', 'stopped', 'stopped'],
    ['"completed"', 'completed', 'completed'],
    ['nothing', undefined, 'update'],
    ['null', null, 'update'],
    ['""', '', 'update'],
    ['"update"', 'update', 'update'],
    ['"empty"', 'empty', 'update'],
    ['"STOPPED"', 'STOPPED', 'update'],
    ['"constructor"', 'constructor', 'update'],
    ['3', 3, 'update'],
    ['["stopped"]', ['stopped'], 'update'],
  ])('%s', (_case, event, expected) => {
    expect(announced({ event }).event).toBe(expected);
  });
});

describe('parseSocketMessage() reads offers', () => {
  test.each<[string, unknown]>([
    ['nothing', undefined],
    ['null', null],
    ['[]', []],
    ['an object', { 0: offer(), length: 1 }],
    ['a string', 'offers'],
    ['a number', 5],
  ])('%s as none', (_case, offers) => {
    expect(offersOf(offers)).toEqual([]);
  });

  const bad: [string, unknown][] = [
    ['null', null],
    ['a number', 1],
    ['a string', 'offer'],
    ['a list', [offer()]],
    ['an empty object', {}],
    ['no offer', { offer_id: OFFER_ID }],
    ['offer: null', { offer_id: OFFER_ID, offer: null }],
    ['an offer that is a string', { offer_id: OFFER_ID, offer: 'v=0' }],
    ['an offer that is a list', { offer_id: OFFER_ID, offer: ['offer', 'v=0'] }],
    ['an offer with no type', { offer_id: OFFER_ID, offer: { sdp: 'v=0' } }],
    ['an answer for an offer', { offer_id: OFFER_ID, offer: { type: 'answer', sdp: 'v=0' } }],
    ['a rollback', { offer_id: OFFER_ID, offer: { type: 'rollback', sdp: 'v=0' } }],
    ['no sdp', { offer_id: OFFER_ID, offer: { type: 'offer' } }],
    ['sdp: null', offer(OFFER_ID, null)],
    ['an empty sdp', offer(OFFER_ID, '')],
    ['an sdp that is a list', offer(OFFER_ID, ['v=0'])],
    ['an sdp past the limit', offer(OFFER_ID, 'x'.repeat(101))],
    ['an sdp past the limit in bytes only', offer(OFFER_ID, 'é'.repeat(51))],
    ['no offer_id', offer(null)],
    ['an empty offer_id', offer('')],
    ['an offer_id of 65 characters', offer('x'.repeat(65))],
    ['an offer_id that is a number', offer(20)],
  ];
  test.each(bad)('and passes over %s', (_case, item) => {
    expect(offersOf([item, offer('good'), item])).toEqual([{ offerId: 'good', sdp: 'v=0\r\n' }]);
  });

  test.each<[string, string, string]>([
    ['an offer_id of 1 character', 'x', 'v=0'],
    ['an offer_id of 64 characters', 'x'.repeat(64), 'v=0'],
    ['an offer_id that is not binary', '\u{1f600}', 'v=0'],
    ['an offer_id that is a key of objects', '__proto__', 'v=0'],
    ['an sdp at the limit', 'id', 'x'.repeat(100)],
    ['an sdp at the limit in bytes', 'id', 'é'.repeat(50)],
  ])('and takes %s', (_case, offerId, sdp) => {
    expect(offersOf([offer(offerId, sdp)])).toEqual([{ offerId, sdp }]);
  });

  test('and keeps of each nothing but id and session description', () => {
    const item = {
      offer: { type: 'offer', sdp: 'v=0', __x: 1, candidates: ['203.0.113.1'] },
      offer_id: 'id',
      peer_id: OTHER_PEER_ID,
      to_peer_id: PEER_ID,
    };
    expect(offersOf([item])).toEqual([{ offerId: 'id', sdp: 'v=0' }]);
  });

  test.each([
    [3, ['1', '2', '3']],
    [4, ['1', '2', '3', '4']],
    [5, ['1', '2', '3', '4']],
    [0, []],
  ])('up to a limit of %i', (maxOffersPerAnnounce, expected) => {
    const offers = offersOf([offer('1'), null, offer('2'), offer('3'), offer('4')], {
      ...LIMITS,
      maxOffersPerAnnounce,
    });
    expect(offers.map(({ offerId }) => offerId)).toEqual(expected);
  });

  test.each([
    ['stopped', 0],
    ['completed', 1],
    ['started', 1],
    ['paused', 1],
  ])('of event %s: %i', (event, count) => {
    expect(announced({ event }).offers.length).toBe(count);
  });
});

const hash = (last: string): string => `${'x'.repeat(19)}${last}`;
const hex = (last: string): string => `${'78'.repeat(19)}${last}`;

describe('parseSocketMessage() reads a scrape of', () => {
  test.each<[string, unknown, string[]]>([
    ['one info_hash', hash('\xff'), [hex('ff')]],
    ['a list of one', [hash('\xff')], [hex('ff')]],
    [
      'as many as the limit, in order',
      [hash('\xff'), hash('\x00'), hash('a'), hash('b')],
      [hex('ff'), hex('00'), hex('61'), hex('62')],
    ],
    ['the same twice, once', [hash('a'), hash('b'), hash('a')], [hex('61'), hex('62')]],
  ])('%s', (_case, infoHash, infoHashes) => {
    expect(parsed(scrapeMessage(infoHash))).toEqual({ type: 'scrape', infoHashes });
  });
});
