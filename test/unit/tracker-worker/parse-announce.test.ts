import { describe, expect, test } from 'vitest';
import {
  type AnnounceQuery,
  parseAnnounce,
} from '../../../tracker-worker/announce/parse-announce.ts';
import { parseQuery } from '../../../tracker-worker/announce/parse-query.ts';

const limits = { defaultPeersPerReply: 50, maxPeersPerReply: 200 };
const needed = `info_hash=${'h'.repeat(20)}&peer_id=${'p'.repeat(20)}&port=6881`;

function parse(query: string): AnnounceQuery {
  const parameters = parseQuery(`?${query}`);
  const result = parameters.ok ? parseAnnounce(parameters.value, limits) : parameters;
  if (!result.ok) throw new Error(result.refusal.reason);
  return result.value;
}

describe('parseAnnounce()', () => {
  test('needs info_hash, peer_id and port alone', () => {
    expect(parse(needed)).toEqual({
      infoHash: '68'.repeat(20),
      peerId: 'p'.repeat(20),
      port: 6881,
      isSeeder: false,
      event: 'update',
      peersWanted: 50,
      statedAddress: undefined,
    });
  });

  test.each([
    ['left=0', true],
    ['left=000', true],
    ['left=1', false],
    // Read as a C int, this would be 0.
    ['left=4294967296', false],
    ['left=99999999999999999999999', false],
    ['left=', false],
    ['left=-0', false],
    ['left=junk', false],
    ['left=0x0', false],
    ['', false],
  ])('takes %s: seeder is %s', (query, isSeeder) => {
    expect(parse(`${needed}&${query}`).isSeeder).toBe(isSeeder);
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
      isSeeder: false,
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

  test.each(['port=0', 'port=65536', 'port=-1', 'port=', 'port=000080', 'port=0&event=started'])(
    'refuses %s',
    (query) => {
      expect(() => parse(`${needed}&${query}`)).toThrow('port is not a number from 1 to 65535');
    },
  );
});
