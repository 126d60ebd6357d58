import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ipAddressFromBytes } from '../../../shared/endpoint.ts';
import { infoHashFromBytes } from '../../../shared/info-hash.ts';
import { peerIdFromBytes } from '../../../shared/peer-id.ts';
import type { PeerRole } from '../../../shared/peer-role.ts';
import { type Origin, seatKey, type SeatRecord } from '../../../tracker-worker/swarm/seat.ts';
import { NONE } from '../../../tracker-worker/swarm/seat-index.ts';
import { SeatTable } from '../../../tracker-worker/swarm/seat-table.ts';
import {
  readSwarmLog,
  type SwarmLogReader,
  SwarmLogWriter,
} from '../../../tracker-worker/swarm/swarm-log.ts';
import { required } from '../shared/required.ts';
import { infoHash, ip, peerId, socketRef } from './swarm-builders.ts';

const NOW = 1_795_000_000;
const ROLES: PeerRole[] = ['seeder', 'partial', 'leecher'];

/** What a row says, as calls. */
function read(row: Uint8Array): { isRead: boolean; calls: unknown[] } {
  const calls: unknown[] = [];
  const reader: SwarmLogReader = {
    swarm: (...given) => calls.push(['swarm', ...given]),
    seat: (record) => calls.push(['seat', record]),
    leave: ({ peerId: id, origin }) => calls.push(['leave', id, origin]),
    clear: () => calls.push(['clear']),
  };
  return { isRead: readSwarmLog(row, reader), calls };
}

/** Writes a seat by way of a table. */
function writeSeat(writer: SwarmLogWriter, record: SeatRecord): void {
  const seats = new SeatTable(1);
  const slot = seats.add(seatKey(0, record.peerId, record.origin), NONE);
  seats.update(slot, record.port, record.role, record.seenAtSeconds);
  if (record.isCounted) seats.setCounted(slot);
  writer.seat(seats, slot, record.seenAtSeconds);
}

function recordOf(given: Partial<SeatRecord> = {}): SeatRecord {
  return {
    peerId: peerId(1),
    origin: ip('192.0.2.1'),
    port: 6881,
    role: 'leecher',
    isCounted: false,
    seenAtSeconds: NOW,
    ...given,
  };
}

/** A row with one operation of each kind, and where in it another operation may begin. */
function sampleRow(): { row: Uint8Array; ends: Set<number> } {
  const writer = new SwarmLogWriter();
  const ends = new Set<number>([1]);
  for (const write of [
    () => writer.swarm(infoHash('aa'), 3),
    () => writeSeat(writer, recordOf()),
    () => writeSeat(writer, recordOf({ origin: ip('2001:db8::1') })),
    () => writeSeat(writer, recordOf({ origin: socketRef(7), port: 0 })),
    () => writer.leave(seatKey(0, peerId(1), ip('192.0.2.1'))),
    () => writer.clear(),
  ]) {
    write();
    ends.add(writer.lengthBytes);
  }
  return { row: writer.take(), ends };
}

describe('readSwarmLog() gives back', () => {
  test.each([
    ['an IPv4 address', recordOf({ port: 65_535, role: 'seeder' })],
    ['an IPv6 address', recordOf({ origin: ip('2001:db8::2'), port: 1, isCounted: true })],
    ['a socket', recordOf({ origin: socketRef(2 ** 32 - 1, 255), port: 0, role: 'partial' })],
    ['the last second of 32 bits', recordOf({ seenAtSeconds: 2 ** 32 - 1 })],
  ])('a seat at %s', (_case, record) => {
    const writer = new SwarmLogWriter();
    writeSeat(writer, record);
    expect(read(writer.take())).toEqual({ isRead: true, calls: [['seat', record]] });
  });

  test('every operation, in order', () => {
    const { row } = sampleRow();
    expect(read(row)).toMatchObject({
      isRead: true,
      calls: [
        ['swarm', infoHash('aa'), 3],
        ['seat', recordOf()],
        ['seat', recordOf({ origin: ip('2001:db8::1') })],
        ['seat', { origin: socketRef(7), port: 0 }],
        ['leave', peerId(1), ip('192.0.2.1')],
        ['clear'],
      ],
    });
  });

  test('anything that was written', () => {
    const twenty = fc.uint8Array({ minLength: 20, maxLength: 20 });
    const origin: fc.Arbitrary<Origin> = fc.oneof(
      ...[4, 16].map((length) =>
        fc
          .uint8Array({ minLength: length, maxLength: length })
          .map((bytes) => required(ipAddressFromBytes(new Uint8Array(bytes)))),
      ),
      fc.record({ holder: fc.nat(255), connection: fc.nat(2 ** 32 - 1) }),
    );
    const seat = fc.record({
      peerId: twenty.map((bytes) => required(peerIdFromBytes(bytes))),
      origin,
      port: fc.nat(65_535),
      role: fc.constantFrom(...ROLES),
      isCounted: fc.boolean(),
      seenAtSeconds: fc.nat(2 ** 32 - 1),
    });
    const swarm = twenty.map((bytes) => required(infoHashFromBytes(bytes)));
    const step = fc.oneof(
      fc.record({ swarm, downloads: fc.nat(2 ** 32 - 1) }),
      fc.record({ seat }),
      fc.record({ leave: seat }),
      fc.constant('clear' as const),
    );
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 40, size: 'max' }), (steps) => {
        const writer = new SwarmLogWriter();
        const calls: unknown[] = [];
        let last = '';
        for (const does of steps) {
          if (does === 'clear') {
            writer.clear();
            calls.push(['clear']);
          } else if ('swarm' in does) {
            writer.swarm(does.swarm, does.downloads);
            // What is said already is not said again.
            const name = `${does.swarm} ${does.downloads}`;
            if (name !== last) calls.push(['swarm', does.swarm, does.downloads]);
            last = name;
          } else if ('seat' in does) {
            const port = does.seat.origin instanceof Uint8Array ? does.seat.port : 0;
            writeSeat(writer, { ...does.seat, port });
            calls.push(['seat', { ...does.seat, port }]);
          } else {
            writer.leave(seatKey(0, does.leave.peerId, does.leave.origin));
            calls.push(['leave', does.leave.peerId, does.leave.origin]);
          }
        }
        const row = writer.take();
        expect(read(row)).toEqual({ isRead: true, calls });
      }),
    );
  });
});

describe('SwarmLogWriter.take()', () => {
  test('begins a row that stands alone: its swarm is named again', () => {
    const writer = new SwarmLogWriter();
    writer.swarm(infoHash('aa'), 0);
    writer.swarm(infoHash('aa'), 0);
    expect(read(writer.take()).calls).toHaveLength(1);
    expect([writer.lengthBytes, writer.take().length]).toEqual([0, 0]);
    writer.swarm(infoHash('aa'), 0);
    expect(read(writer.take()).calls).toHaveLength(1);
  });

  test('gives bytes that later ones do not change', () => {
    const writer = new SwarmLogWriter();
    writer.swarm(infoHash('aa'), 1);
    const row = writer.take();
    writer.swarm(infoHash('bb'), 2);
    expect(read(row).calls).toEqual([['swarm', infoHash('aa'), 1]]);
  });

  test('a seat at an IPv4 address takes 32 bytes, at an IPv6 address 44', () => {
    const writer = new SwarmLogWriter();
    writer.swarm(infoHash('aa'), 1);
    expect(writer.lengthBytes).toBe(1 + 25);
    writeSeat(writer, recordOf());
    expect(writer.lengthBytes).toBe(1 + 25 + 32);
    writeSeat(writer, recordOf({ origin: ip('2001:db8::1') }));
    expect(writer.lengthBytes).toBe(1 + 25 + 32 + 44);
  });
});

describe('readSwarmLog() refuses', () => {
  const { row, ends } = sampleRow();

  test.each([
    ['nothing', []],
    ['another version', [1, ...row.subarray(1)]],
    ['an operation that there is none of', [2, 0]],
    ['an operation past the last', [2, 5]],
    [
      'a seat of a kind that there is none of',
      [2, 2, ...new Uint8Array(20), 3, ...new Uint8Array(40)],
    ],
  ])('%s', (_case, bytes) => {
    expect(read(Uint8Array.from(bytes))).toEqual({ isRead: false, calls: [] });
  });

  test('every cut but those between two operations, after all that is whole', () => {
    for (let end = 0; end < row.length; end += 1) {
      const { isRead, calls } = read(row.subarray(0, end));
      expect(isRead).toBe(ends.has(end));
      const whole = [...ends].filter((one) => one > 1 && one <= end).length;
      expect(calls).toHaveLength(whole);
    }
  });

  test('garbage, without throwing', () => {
    const garbage = fc.uint8Array({ maxLength: 300 });
    const changed = fc
      .tuple(fc.nat(row.length - 1), fc.nat(255))
      .map(([at, byte]) => row.with(at, byte));
    const started = garbage.map((bytes) => Uint8Array.of(2, ...bytes));
    fc.assert(
      fc.property(fc.oneof(garbage, changed, started), (bytes) => {
        const { isRead, calls } = read(bytes);
        expect(bytes[0] === 2 || (!isRead && calls.length === 0)).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });
});
