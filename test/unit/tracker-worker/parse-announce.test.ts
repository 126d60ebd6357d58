import { describe, expect, test } from 'vitest';
import type { Result } from '../../../shared/result.ts';
import {
  type AnnounceQuery,
  parseAnnounce,
} from '../../../tracker-worker/announce/parse-announce.ts';
import { parseQuery } from '../../../tracker-worker/announce/parse-query.ts';
import { accepted, refusalOf } from '../shared/required.ts';

const limits = { defaultPeersPerReply: 50, maxPeersPerReply: 200 };
const needed = `info_hash=${'h'.repeat(20)}&peer_id=${'p'.repeat(20)}&port=6881`;

function result(query: string): Result<AnnounceQuery> {
  const parameters = parseQuery(`?${query}`);
  return parameters.ok ? parseAnnounce(parameters.value, limits) : parameters;
}

function parse(query: string): AnnounceQuery {
  return accepted(result(query));
}

function refusal(query: string): string {
  return refusalOf(result(query)).code;
}

describe('parseAnnounce()', () => {
  test('needs info_hash, peer_id and port alone', () => {
    expect(parse(needed)).toEqual({
      infoHash: '68'.repeat(20),
      peerId: 'p'.repeat(20),
      port: 6881,
      role: 'leecher',
      event: 'update',
      peersWanted: 50,
      wantsCompact: true,
      wantsPeerIds: false,
      stated: { inPlace: [], beside: [] },
    });
  });

  test.each([
    ['left=0', 'seeder'],
    ['left=000', 'seeder'],
    ['left=%30', 'seeder'],
    ['left=1', 'leecher'],
    // Read as a C int, this would be 0.
    ['left=4294967296', 'leecher'],
    ['left=99999999999999999999999', 'leecher'],
    ['left=', 'leecher'],
    ['left=-0', 'leecher'],
    ['left=-1', 'leecher'],
    ['left=junk', 'leecher'],
    ['left=0x0', 'leecher'],
    ['left=+0', 'leecher'],
    ['', 'leecher'],
    ['event=paused&left=1', 'partial'],
    ['left=1&event=paused', 'partial'],
    ['event=paused&left=0', 'seeder'],
    ['event=paused', 'leecher'],
    ['event=paused&left=junk', 'leecher'],
    ['event=PAUSED&left=1', 'leecher'],
    ['event=stopped&left=1', 'leecher'],
  ])('takes %j for a %s', (query, role) => {
    expect(parse(`${needed}&${query}`).role).toBe(role);
  });

  test.each([
    ['', true, false],
    ['compact=1', true, false],
    ['compact=', true, false],
    ['compact=junk', true, false],
    ['compact=1&no_peer_id=0', true, false],
    ['compact=0', false, true],
    ['compact=0&no_peer_id=1', false, false],
    ['no_peer_id=1&compact=0', false, false],
    ['compact=0&no_peer_id=0', false, true],
    ['compact=0&no_peer_id=', false, true],
    ['compact=0&compact=1', true, false],
  ])('%j: compact %s, peer ids %s', (query, wantsCompact, wantsPeerIds) => {
    expect(parse(`${needed}&${query}`)).toMatchObject({ wantsCompact, wantsPeerIds });
  });

  test('keeps every stated address as it is written, in its order', () => {
    const stated = 'ipv6=None&ip=a+b&ipv4=1.2.3.4&ipv4=%zz&ipv6=2001%3adb8%3a%3a1&ip';
    expect(parse(`${stated}&${needed}`).stated).toEqual({
      inPlace: ['a b', ''],
      beside: ['None', '1.2.3.4', '%zz', '2001:db8::1'],
    });
  });

  test.each([
    ['', 50],
    ['numwant=0', 0],
    ['numwant=1', 1],
    ['numwant=200', 200],
    ['numwant=201', 200],
    ['numwant=99999999999999999999', 200],
    ['numwant=-1', 50],
    ['numwant=', 50],
    ['numwant=many', 50],
    ['numwant=1e3', 50],
  ])('%j wants %i peers', (query, peersWanted) => {
    expect(parse(`${needed}&${query}`).peersWanted).toBe(peersWanted);
  });

  test.each([
    ['started', 'started'],
    ['stopped', 'stopped'],
    ['completed', 'completed'],
    ['paused', 'update'],
    ['Started', 'update'],
    ['', 'update'],
    ['whatever', 'update'],
  ])('event=%s is %s', (text, event) => {
    expect(parse(`${needed}&event=${text}`).event).toBe(event);
  });

  test('takes the last of a repeated key', () => {
    expect(parse(`port=1&${needed}&port=2&left=0&left=5`)).toMatchObject({
      port: 2,
      role: 'leecher',
    });
  });

  test('takes keys in any order, unknown ones too', () => {
    const reversed = [...needed.split('&'), 'key=1F', 'supportcrypto=1', 'x']
      .toReversed()
      .join('&');
    expect(parse(reversed)).toEqual(parse(needed));
  });

  test.each([
    ['port=65535', 65_535],
    ['port=1', 1],
    ['port=0&event=stopped', 0],
  ])('takes %s', (query, port) => {
    expect(parse(`${needed}&${query}`).port).toBe(port);
  });

  test.each([
    'port=0',
    'port=65536',
    'port=-1',
    'port=',
    'port=80x',
    'port=000080',
    'port=0&event=started',
    'port=0&event=paused',
  ])('refuses %s', (query) => {
    expect(refusal(`${needed}&${query}`)).toBe('port-invalid');
  });

  const hash = 'h'.repeat(20);
  const id = 'p'.repeat(20);
  test.each([
    ['no info_hash', `peer_id=${id}&port=1`, 'info-hash-missing'],
    ['an info_hash of 19 bytes', needed.replace(hash, 'h'.repeat(19)), 'info-hash-length'],
    ['an info_hash of 21 bytes', needed.replace(hash, 'h'.repeat(21)), 'info-hash-length'],
    ['an empty info_hash', needed.replace(hash, ''), 'info-hash-length'],
    ['two info_hash', `${needed}&info_hash=${hash}`, 'info-hash-repeated'],
    ['two info_hash, the last bad', `${needed}&info_hash=x`, 'info-hash-repeated'],
    ['no peer_id', `info_hash=${hash}&port=1`, 'peer-id-missing'],
    ['a peer_id of 19 bytes', needed.replace(id, 'p'.repeat(19)), 'peer-id-length'],
    ['a peer_id of 21 bytes', needed.replace(id, 'p'.repeat(21)), 'peer-id-length'],
    ['no port', `info_hash=${hash}&peer_id=${id}`, 'port-missing'],
    ['keys in upper case', needed.toUpperCase(), 'info-hash-missing'],
  ])('refuses %s', (_case, query, code) => {
    expect(refusal(query)).toBe(code);
  });
});
