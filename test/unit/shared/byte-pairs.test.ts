import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { bytesFromPairs, writePairs } from '../../../shared/byte-pairs.ts';
import { pairsOf } from '../tracker-worker/swarm-builders.ts';

test('bytesFromPairs() gives the upper half of a character first', () => {
  expect([...bytesFromPairs('\u0102\uff00\ud800')]).toEqual([1, 2, 0xff, 0, 0xd8, 0]);
});

test('bytesFromPairs() gives back any even number of bytes', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ minLength: 2, maxLength: 2 })), (pairs) => {
      const bytes = Uint8Array.from(pairs.flatMap((pair) => [...pair]));
      expect(bytesFromPairs(pairsOf(bytes))).toEqual(bytes);
    }),
  );
});

test('writePairs() writes from a place on and says where it ended', () => {
  const bytes = new Uint8Array(6);
  expect(writePairs('\u0102', bytes, 1)).toBe(3);
  expect([...bytes]).toEqual([0, 1, 2, 0, 0, 0]);
});
