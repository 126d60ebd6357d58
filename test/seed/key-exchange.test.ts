import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { exchangeKeys } from '../../seed-node/transport/key-exchange.ts';
import { DiallerKeys, PRIME, toKey } from '../support/encryption-dialler.ts';

/** A few with zeros in front among them: one in 256 has such a key, or such a secret. */
const EXCHANGES = 600;

describe('exchangeKeys()', () => {
  test('both sides have the same secret, in 96 bytes, and no two exchanges have one', () => {
    const secrets = new Set<string>();
    const theirs = new DiallerKeys();
    for (let count = 0; count < EXCHANGES; count += 1) {
      const ours = exchangeKeys(theirs.publicKey);
      expect(ours?.publicKey).toHaveLength(96);
      const secret = Buffer.from(ours?.secret ?? []).toString('hex');
      expect(secret).toHaveLength(192);
      secrets.add(secret);
      if (count % 50 > 0 || ours === undefined) continue;
      expect(Buffer.from(theirs.secretWith(ours.publicKey)).toString('hex')).toBe(secret);
    }
    expect(secrets.size).toBe(EXCHANGES);
  });

  test.each([
    ['0', 0n],
    ['1', 1n],
    ['the prime less one', PRIME - 1n],
    ['the prime', PRIME],
    ['all ones', 2n ** 768n - 1n],
  ])('%s is no key', (_case, key) => {
    expect(exchangeKeys(toKey(key))).toBeUndefined();
  });

  test.each([
    ['2', 2n],
    ['the prime less two', PRIME - 2n],
  ])('%s is a key', (_case, key) => {
    expect(exchangeKeys(toKey(key))?.secret).toHaveLength(96);
  });

  test('any 96 bytes are a key, or none', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 96, maxLength: 96 }), (key) => {
        expect([undefined, 96]).toContain(exchangeKeys(key)?.secret.length);
      }),
    );
  });
});
