import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ipAddressFromBytes } from '../../../shared/endpoint.ts';
import { peerIdFromBytes } from '../../../shared/peer-id.ts';
import {
  isSocket,
  originFromWords,
  type Origin,
  pushWord,
  seatKey,
  type SocketRef,
} from '../../../tracker-worker/swarm/seat.ts';
import { required } from '../shared/required.ts';
import { ip, peerId, socketRef } from './swarm-builders.ts';

describe('seatKey()', () => {
  test.each([
    ['an IPv4 address', ip('192.0.2.255'), 'ipv4', [0xc00002ff | 0]],
    ['an IPv6 address', ip('2001:db8::ffff'), 'ipv6', [0x20010db8, 0, 0, 0xffff]],
    ['a socket', socketRef(2 ** 32 - 1, 255), 'socket', [-1, 255]],
  ] as const)('of %s', (_case, origin, kind, words) => {
    const key = seatKey(3, peerId(1), origin);
    expect([key.swarm, key.kind, [...key.origin]]).toEqual([3, kind, words]);
  });

  test('keeps all twenty bytes of a peer id', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 20, maxLength: 20 }), (bytes) => {
        const { peer } = seatKey(0, required(peerIdFromBytes(bytes)), ip('192.0.2.1'));
        const written: number[] = [];
        for (const word of peer) pushWord(word, written);
        expect(written).toEqual([...bytes]);
      }),
    );
  });
});

function plain(origin: Origin): SocketRef | number[] {
  return isSocket(origin) ? origin : [...origin];
}

test('originFromWords() gives back the origin of a key', () => {
  const address = fc
    .oneof(
      fc.uint8Array({ minLength: 4, maxLength: 4 }),
      fc.uint8Array({ minLength: 16, maxLength: 16 }),
    )
    .map((bytes) => required(ipAddressFromBytes(bytes)));
  const socket = fc.record({ connection: fc.nat(2 ** 32 - 1), holder: fc.nat(255) });
  fc.assert(
    fc.property(fc.oneof<fc.Arbitrary<Origin>[]>(address, socket), (origin) => {
      const key = seatKey(0, peerId(1), origin);
      expect(plain(originFromWords(key.kind, key.origin))).toEqual(plain(origin));
    }),
  );
});
