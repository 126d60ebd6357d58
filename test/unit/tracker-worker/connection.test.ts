import { serialize } from 'node:v8';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { infoHashFromBytes } from '../../../shared/info-hash.ts';
import { peerIdFromBytes } from '../../../shared/peer-id.ts';
import {
  type Connection,
  decodeConnection,
  encodeConnection,
} from '../../../tracker-worker/socket/connection.ts';
import { required } from '../shared/required.ts';
import { infoHash, peerId } from './swarm-builders.ts';

/** What a WebSocket's attachment may take when it is serialized. */
const MAX_ATTACHMENT_BYTES = 16_384;
/** An IPv6 /64 in hexadecimal. */
const LONGEST_SOURCE = '20010db8ffffffff';

function connectionOf(given: Partial<Connection> = {}): Connection {
  return { id: 7, source: LONGEST_SOURCE, torrents: new Map(), ...given };
}

test.each([
  ['no torrents', connectionOf()],
  ['no source', connectionOf({ source: '' })],
  ['the lowest number', connectionOf({ id: 0 })],
  ['the highest number', connectionOf({ id: 2 ** 32 - 1 })],
  [
    'torrents, one peer-id twice',
    connectionOf({
      torrents: new Map([
        [infoHash('aa'), peerId(1)],
        [infoHash('bb'), peerId(1)],
      ]),
    }),
  ],
])('decodeConnection() gives back a connection with %s', (_case, connection) => {
  expect(decodeConnection(encodeConnection(connection))).toEqual(connection);
});

test('decodeConnection() gives back any connection, in the order of its torrents', () => {
  const twenty = fc.uint8Array({ minLength: 20, maxLength: 20 });
  fc.assert(
    fc.property(
      fc.nat(2 ** 32 - 1),
      fc.stringMatching(/^[0-9a-f]{0,16}$/),
      fc.array(fc.tuple(twenty, twenty), { maxLength: 20 }),
      (id, source, pairs) => {
        const torrents = new Map(
          pairs.map(([hash, peer]) => [
            required(infoHashFromBytes(hash)),
            required(peerIdFromBytes(peer)),
          ]),
        );
        const connection = { id, source, torrents };
        // What comes out of storage may lie anywhere in a larger buffer.
        const bytes = Uint8Array.of(9, ...encodeConnection(connection)).subarray(1);
        const back = decodeConnection(bytes);
        expect(back).toEqual(connection);
        expect([...(back?.torrents.keys() ?? [])]).toEqual([...torrents.keys()]);
      },
    ),
  );
});

describe('decodeConnection() takes nothing but what encodeConnection() made', () => {
  const bytes = encodeConnection(connectionOf({ torrents: new Map([[infoHash(), peerId(1)]]) }));
  // Between head and torrents a cut cannot be told from an end.
  const ends = new Set([5 + LONGEST_SOURCE.length]);

  test.each([undefined, null, '', 'text', 7, {}, [1, 2, 3, 4, 5], new ArrayBuffer(8)])(
    'not %j',
    (attachment) => {
      expect(decodeConnection(attachment)).toBe(undefined);
    },
  );

  test.each(Array.from(bytes.keys()).filter((end) => !ends.has(end)))('cut to %i bytes', (end) => {
    expect(decodeConnection(bytes.subarray(0, end))).toBe(undefined);
  });

  test('with a source that is longer than all of it', () => {
    expect(decodeConnection(Uint8Array.of(0, 0, 0, 7, 40))).toBe(undefined);
  });

  test('with a byte too many', () => {
    expect(decodeConnection(Uint8Array.of(...bytes, 0))).toBe(undefined);
  });
});

test('encodeConnection() of 400 torrents and the longest source fits an attachment', () => {
  const torrents = new Map(
    Array.from({ length: 400 }, (_, n) => [
      required(
        infoHashFromBytes(Uint8Array.from({ length: 20 }, (__, i) => (i < 2 ? n >> (8 * i) : i))),
      ),
      peerId(n),
    ]),
  );
  expect(torrents.size).toBe(400);
  const bytes = encodeConnection(connectionOf({ torrents }));
  expect(bytes.buffer.byteLength).toBe(bytes.length);
  expect(serialize(bytes).length).toBeLessThanOrEqual(MAX_ATTACHMENT_BYTES);
  expect(decodeConnection(bytes)?.torrents).toEqual(torrents);
});
