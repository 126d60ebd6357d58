import { describe, expect, test } from 'vitest';
import { toHex } from '../../../shared/bytes.ts';
import { infoHashFromHex } from '../../../shared/info-hash.ts';
import {
  type StandingRecord,
  StandingRecords,
  StandingRecordsWriter,
} from '../../../tracker-worker/swarm/standing-records.ts';
import type { Standing } from '../../../tracker-worker/swarm/standing.ts';
import { infoHash } from './swarm-builders.ts';

function record(byteHex: string, standing: Standing, downloads = 0): StandingRecord {
  return { infoHash: infoHash(byteHex), standing, downloads };
}

function bytesOf(...records: StandingRecord[]): Uint8Array<ArrayBuffer> {
  const writer = new StandingRecordsWriter(records.length);
  for (const one of records) writer.append(one);
  return writer.finish();
}

describe('StandingRecordsWriter', () => {
  test.each<[Standing, number, string]>([
    ['registered', 0, '0100000000'],
    ['allowed', 1, '0200000001'],
    ['blocked', 0xffff_ffff, '03ffffffff'],
    ['blocked', 0x1_0000_0000, '03ffffffff'],
  ])('writes %s and %i downloads in 25 bytes', (standing, downloads, hex) => {
    expect(toHex(bytesOf(record('a5', standing, downloads)))).toBe('a5'.repeat(20) + hex);
  });

  test('leaves out what is unknown, and room that was not needed', () => {
    expect(toHex(bytesOf(record('01', 'unknown', 5), record('02', 'allowed')))).toBe(
      `${'02'.repeat(20)}0200000000`,
    );
  });
});

describe('StandingRecords', () => {
  const kept = ['00', '01', '7f', '80', 'fe', 'ff'];
  const records = new StandingRecords(
    bytesOf(...kept.map((byteHex, index) => record(byteHex, 'registered', index))),
  );

  test.each(kept.map((byteHex, index) => [byteHex, index] as const))(
    'find() finds %s…',
    (byteHex, downloads) => {
      expect(records.find(infoHash(byteHex))).toEqual({ standing: 'registered', downloads });
    },
  );

  test.each(['02', '7e', '81', 'fd'])('find() finds no %s…', (byteHex) => {
    expect(records.find(infoHash(byteHex))).toBe(undefined);
  });

  test.each([0, 8, 16, 24, 32, 39])('find() tells hashes apart by digit %i', (digit) => {
    const other = infoHashFromHex(`${'0'.repeat(digit)}1${'0'.repeat(39 - digit)}`);
    if (other === undefined) throw new Error('these are 40 digits');
    const zero = infoHash('00');
    const both = new StandingRecords(
      bytesOf(record('00', 'blocked'), { infoHash: other, standing: 'allowed', downloads: 0 }),
    );
    expect(both.find(zero)?.standing).toBe('blocked');
    expect(both.find(other)?.standing).toBe('allowed');
    const one = new StandingRecords(bytesOf(record('00', 'blocked')));
    expect(one.find(other)).toBe(undefined);
  });

  test('find() finds nothing in nothing', () => {
    expect(new StandingRecords(new Uint8Array()).find(infoHash('00'))).toBe(undefined);
  });

  test('takes bytes that begin inside a buffer', () => {
    const inside = new Uint8Array(26);
    inside.set(bytesOf(record('01', 'allowed', 9)), 1);
    expect(new StandingRecords(inside.subarray(1)).find(infoHash('01'))).toEqual({
      standing: 'allowed',
      downloads: 9,
    });
  });

  test('with() adds, replaces and removes, at both ends and between', () => {
    const before = new StandingRecords(
      bytesOf(record('10', 'registered'), record('30', 'allowed')),
    );
    const after = before.with([
      record('40', 'allowed', 4),
      record('30', 'unknown'),
      record('20', 'blocked', 2),
      record('10', 'blocked', 3),
      record('00', 'registered', 1),
      record('50', 'unknown'),
    ]);
    expect(
      ['00', '10', '20', '30', '40', '50'].map((byteHex) => after.find(infoHash(byteHex))),
    ).toEqual([
      { standing: 'registered', downloads: 1 },
      { standing: 'blocked', downloads: 3 },
      { standing: 'blocked', downloads: 2 },
      undefined,
      { standing: 'allowed', downloads: 4 },
      undefined,
    ]);
    expect(before.find(infoHash('10'))).toEqual({ standing: 'registered', downloads: 0 });
  });

  const good = bytesOf(record('01', 'allowed'), record('02', 'allowed'));
  test.each<[string, Uint8Array]>([
    ['half a record', good.subarray(0, 37)],
    ['a standing of 0', Uint8Array.from(good).fill(0, 20, 21)],
    ['a standing of 4', Uint8Array.from(good).fill(4, 20, 21)],
    ['an info-hash twice', bytesOf(record('01', 'allowed'), record('01', 'allowed'))],
    ['info-hashes that descend', bytesOf(record('02', 'allowed'), record('01', 'allowed'))],
  ])('throws for %s', (_case, bytes) => {
    expect(() => new StandingRecords(bytes)).toThrow('Invariant broken');
  });
});
