import { describe, expect, test } from 'vitest';
import { peerIdBytes, peerIdFromBytes } from '../../../shared/peer-id.ts';
import { required } from './required.ts';

describe('peerIdFromBytes()', () => {
  test.each([
    [0, false],
    [19, false],
    [20, true],
    [21, false],
  ])('of %i bytes is a peer id: %s', (length, isPeerId) => {
    expect(peerIdFromBytes(new Uint8Array(length)) !== undefined).toBe(isPeerId);
  });

  test('keeps bytes that are no text', () => {
    const bytes = Uint8Array.from({ length: 20 }, (_, index) => 255 - index * 12);
    expect(peerIdBytes(required(peerIdFromBytes(bytes)))).toEqual(bytes);
  });

  test('tells ids apart that differ in a byte above 0x7f', () => {
    const one = new Uint8Array(20).fill(0x80);
    const other = new Uint8Array(20).fill(0x81);
    expect(peerIdFromBytes(one)).not.toBe(peerIdFromBytes(other));
  });
});
