import { describe, expect, test } from 'vitest';
import { exchangeKeys } from '../../seed-node/transport/key-exchange.ts';
import { DiallerKeys } from '../support/encryption-dialler.ts';

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
    ['0', new Uint8Array(96)],
    ['1', Uint8Array.from({ length: 96 }, (_, index) => (index === 95 ? 1 : 0))],
    ['what is above the prime', new Uint8Array(96).fill(0xff)],
  ])('%s is no key', (_case, key) => {
    expect(exchangeKeys(key)).toBeUndefined();
  });
});
