import { describe, expect, test } from 'vitest';
import {
  KeyExchangeLimits,
  MAX_KEY_EXCHANGES,
  MAX_KEY_EXCHANGES_PER_ADDRESS,
} from '../../../../seed-node/engine/key-exchange-limits.ts';

describe('KeyExchangeLimits', () => {
  test('take() lets a source have so many in ten seconds, and then again', () => {
    const limits = new KeyExchangeLimits();
    for (let taken = 0; taken < MAX_KEY_EXCHANGES_PER_ADDRESS; taken += 1) {
      expect(limits.take('192.0.2.1', 5_000)).toBe(true);
    }

    expect(limits.take('192.0.2.1', 14_999)).toBe(false);
    expect(limits.take('192.0.2.2', 14_999)).toBe(true);
    expect(limits.take('192.0.2.1', 15_000)).toBe(true);
  });

  test('take() lets all sources together have so many in ten seconds', () => {
    const limits = new KeyExchangeLimits();
    for (let taken = 0; taken < MAX_KEY_EXCHANGES; taken += 1) {
      expect(limits.take(`2001:db8::${taken}`, 0)).toBe(true);
    }

    expect(limits.take('192.0.2.1', 9_999)).toBe(false);
    expect(limits.take('192.0.2.1', 10_000)).toBe(true);
  });
});
