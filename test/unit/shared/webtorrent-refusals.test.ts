import { describe, expect, test } from 'vitest';
import { parseSocketMessage } from '../../../shared/parse-webtorrent-message.ts';
import type { SocketRefusal } from '../../../shared/webtorrent-messages.ts';
import {
  announceMessage,
  answerMessage,
  INFO_HASH,
  INFO_HASH_HEX,
  LIMITS,
  scrapeMessage,
} from './webtorrent-samples.ts';

function refusalOf(data: string | Uint8Array): SocketRefusal {
  const result = parseSocketMessage(data, LIMITS);
  if (result.ok) throw new Error(`accepted: ${JSON.stringify(result.value)}`);
  return result.refusal;
}

describe('parseSocketMessage() refuses', () => {
  const UNNAMED = { action: 'announce', infoHash: undefined } as const;
  const NAMED = { action: 'announce', infoHash: INFO_HASH_HEX } as const;
  const SCRAPE = { action: 'scrape', infoHash: undefined } as const;

  test.each<[string, string | Uint8Array, SocketRefusal['code']]>([
    ['an empty message', '', 'not-json'],
    ['text that is no JSON', 'hello', 'not-json'],
    ['half a message', announceMessage().slice(0, -1), 'not-json'],
    ['two messages', announceMessage() + announceMessage(), 'not-json'],
    ['a byte order mark', `\ufeff${announceMessage()}`, 'not-json'],
    ['a deep nesting', '['.repeat(60_000), 'not-json'],
    ['undefined', 'undefined', 'not-json'],
    ['bytes that are not UTF-8', Uint8Array.of(0x22, 0xff, 0x22), 'not-json'],
    ['no bytes', new Uint8Array(), 'not-json'],
    ['a bencoded announce', 'd6:action8:announcee', 'not-json'],
    ['null', 'null', 'not-an-object'],
    ['true', 'true', 'not-an-object'],
    ['a number', '42', 'not-an-object'],
    ['a string', '"announce"', 'not-an-object'],
    ['an empty list', '[]', 'not-an-object'],
    ['a list of messages', `[${announceMessage()}]`, 'not-an-object'],
    ['a closed deep nesting', `${'['.repeat(30_000)}${']'.repeat(30_000)}`, 'not-an-object'],
    ['an empty object', '{}', 'unknown-action'],
    ['an action in __proto__', '{"__proto__":{"action":"announce"}}', 'unknown-action'],
    [
      'an info_hash and no action',
      announceMessage({ action: undefined, info_hash: 'x' }),
      'unknown-action',
    ],
  ])('%s', (_case, data, code) => {
    expect(refusalOf(data)).toMatchObject({ ...UNNAMED, code });
  });

  test.each<[string, unknown]>([
    ['no action', undefined],
    ['action: null', null],
    ['action: ""', ''],
    ['another action', 'offer'],
    ['an action in capitals', 'ANNOUNCE'],
    ['an action that is a list', ['announce']],
    ['an action that is BEP 15’s number', 1],
  ])('%s, and says whose message it was', (_case, action) => {
    expect(refusalOf(announceMessage({ action }))).toMatchObject({
      ...NAMED,
      code: 'unknown-action',
    });
  });

  const wrongIds: [string, unknown][] = [
    ['absent', undefined],
    ['null', null],
    ['empty', ''],
    ['19 characters', 'x'.repeat(19)],
    ['21 characters', 'x'.repeat(21)],
    ['40 hexadecimal digits', INFO_HASH_HEX],
    ['a character past U+00FF', `${'x'.repeat(19)}\u0100`],
    ['a number', 20],
    ['a list of one', [INFO_HASH]],
    ['an object', {}],
  ];
  test.each(wrongIds)('an announce or answer with an info_hash that is %s', (_case, info_hash) => {
    for (const text of [announceMessage({ info_hash }), answerMessage({ info_hash })]) {
      expect(refusalOf(text)).toMatchObject({ ...UNNAMED, code: 'info-hash-invalid' });
    }
  });

  test.each(wrongIds)('an announce or answer with a peer_id that is %s', (_case, peer_id) => {
    for (const text of [announceMessage({ peer_id }), answerMessage({ peer_id })]) {
      expect(refusalOf(text)).toMatchObject({ ...NAMED, code: 'peer-id-invalid' });
    }
  });

  test.each(wrongIds)('an answer with a to_peer_id that is %s', (_case, to_peer_id) => {
    expect(refusalOf(answerMessage({ to_peer_id }))).toMatchObject({
      ...NAMED,
      code: 'to-peer-id-invalid',
    });
  });

  test.each<[string, unknown]>([
    ['absent', undefined],
    ['empty', ''],
    ['65 characters', 'x'.repeat(65)],
    ['a number', 5],
    ['null', null],
  ])('an answer with an offer_id that is %s', (_case, offer_id) => {
    expect(refusalOf(answerMessage({ offer_id }))).toMatchObject({
      ...NAMED,
      code: 'offer-id-invalid',
    });
  });

  test.each<[string, unknown]>([
    ['false', false],
    ['a string', 'v=0'],
    ['a list', []],
    ['without an sdp', { type: 'answer' }],
    ['with an empty sdp', { type: 'answer', sdp: '' }],
    ['an offer', { type: 'offer', sdp: 'v=0' }],
    ['without a type', { sdp: 'v=0' }],
    ['one byte past the limit', { type: 'answer', sdp: 'x'.repeat(101) }],
  ])('an answer that is %s', (_case, answer) => {
    expect(refusalOf(answerMessage({ answer }))).toMatchObject({
      ...NAMED,
      code: 'answer-invalid',
    });
  });

  test.each<[string, unknown, SocketRefusal['code']]>([
    ['all torrents', undefined, 'full-scrape-off'],
    ['null', null, 'full-scrape-off'],
    ['an empty list', [], 'full-scrape-off'],
    ['a number', 5, 'info-hash-invalid'],
    ['an object', {}, 'info-hash-invalid'],
    ['an empty string', '', 'info-hash-invalid'],
    ['40 hexadecimal digits', INFO_HASH_HEX, 'info-hash-invalid'],
    ['a list with one that is wrong', [INFO_HASH, 'x'], 'info-hash-invalid'],
    ['a list in a list', [[INFO_HASH]], 'info-hash-invalid'],
    ['one more than the limit', Array.from({ length: 5 }, () => INFO_HASH), 'too-many-info-hashes'],
  ])('a scrape of %s', (_case, infoHash, code) => {
    expect(refusalOf(scrapeMessage(infoHash))).toMatchObject({ ...SCRAPE, code });
  });

  test('a scrape of all torrents with what to do instead', () => {
    expect(refusalOf(scrapeMessage()).reason).toBe(
      'a scrape of all torrents is not served; name info_hash',
    );
  });
});
