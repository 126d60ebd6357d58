import { expect, test } from 'vitest';
import { decodeSeats, encodeSeats } from '../../../tracker-worker/swarm/seat-codec.ts';
import type { SeatRecord } from '../../../tracker-worker/swarm/seat-record.ts';
import { ip, peerId } from './swarm-builders.ts';

const seats: SeatRecord[] = [
  {
    peerId: peerId(1),
    address: ip('192.0.2.1'),
    port: 65_535,
    isSeeder: true,
    isCounted: false,
    seenAtSeconds: 1_795_000_000,
  },
  {
    peerId: peerId(2),
    address: ip('2001:db8::2'),
    port: 1,
    isSeeder: false,
    isCounted: true,
    seenAtSeconds: 2 ** 32 - 1,
  },
];

test.each([[[]], [seats], [seats.toReversed()]])(
  'decodeSeats() gives back what was encoded',
  (some) => {
    expect(decodeSeats(encodeSeats(some))).toEqual(some);
  },
);

test('decodeSeats() reads a view into a larger buffer', () => {
  const bytes = encodeSeats(seats);
  const larger = new Uint8Array(bytes.length + 7);
  larger.set(bytes, 3);
  expect(decodeSeats(larger.subarray(3, -4))).toEqual(seats);
});

test('decodeSeats() refuses another version and every cut', () => {
  const bytes = encodeSeats(seats);
  expect(decodeSeats(Uint8Array.of(2, ...bytes.subarray(1)))).toBe(undefined);
  // Between two seats a cut cannot be told from an end.
  const ends = new Set([1, 1 + 31]);
  const cuts = Array.from(bytes.keys()).filter((end) => !ends.has(end));
  for (const end of cuts) expect(decodeSeats(bytes.subarray(0, end))).toBe(undefined);
});
