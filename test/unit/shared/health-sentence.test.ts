import { describe, expect, test } from 'vitest';
import { describeHealth, type HealthFacts } from '../../../shared/health-sentence.ts';

const NOON = 20_000 * 86_400 + 43_200;

function healthOf(facts: Partial<HealthFacts>) {
  return describeHealth({ counts: undefined, alwaysOnSeeds: 0, nowSeconds: NOON, ...facts });
}

describe('describeHealth()', () => {
  test.each([
    [
      'several copies',
      { counts: { seeders: 3, leechers: 0 }, alwaysOnSeeds: 1, verifiedAtSeconds: NOON - 60 },
      'good',
      '3 full copies online, 1 always-on seed, verified today',
    ],
    [
      'one copy that stays',
      { counts: { seeders: 1, leechers: 2 }, alwaysOnSeeds: 1 },
      'good',
      '1 full copy online, 1 always-on seed, 2 downloading',
    ],
    [
      'one copy that may leave',
      { counts: { seeders: 1, leechers: 0 } },
      'warn',
      '1 full copy online',
    ],
    [
      'copies that may leave',
      { counts: { seeders: 1234, leechers: 0 } },
      'good',
      '1,234 full copies online',
    ],
    [
      'a seed box that has not announced yet',
      { counts: { seeders: 0, leechers: 0 }, alwaysOnSeeds: 1 },
      'good',
      '1 full copy online, 1 always-on seed',
    ],
    [
      'two seed boxes, without the tracker',
      { alwaysOnSeeds: 2 },
      'good',
      '2 full copies online, 2 always-on seeds',
    ],
    ['nobody', { counts: { seeders: 0, leechers: 0 } }, 'bad', 'No full copy is online now'],
    [
      'leechers alone',
      { counts: { seeders: 0, leechers: 1 } },
      'bad',
      'No full copy is online now, 1 peer without all of it',
    ],
    [
      'nothing',
      {},
      'unknown',
      'The tracker does not answer just now: how many copies are online is not known',
    ],
  ] as const)('of %s', (_case, facts, tone, sentence) => {
    expect(healthOf(facts)).toMatchObject({ tone, sentence });
  });

  test.each([
    [NOON - 43_200, 'verified today'],
    [NOON - 43_201, 'verified yesterday'],
    [NOON - 3 * 86_400, 'verified 3 days ago'],
    // A clock that runs ahead.
    [NOON + 86_400, 'verified today'],
  ])('of a verification at %i', (verifiedAtSeconds, words) => {
    const { sentence } = healthOf({ alwaysOnSeeds: 1, verifiedAtSeconds });
    expect(sentence).toBe(`1 full copy online, 1 always-on seed, ${words}`);
  });

  test('gives advice where something can be done, and none elsewhere', () => {
    expect(healthOf({ counts: { seeders: 0, leechers: 5 } }).advice).toContain('you are the seed');
    expect(healthOf({ counts: { seeders: 1, leechers: 5 } }).advice).toContain('the only one');
    expect(healthOf({ counts: { seeders: 2, leechers: 5 } }).advice).toBeUndefined();
    expect(
      healthOf({ counts: { seeders: 1, leechers: 0 }, alwaysOnSeeds: 1 }).advice,
    ).toBeUndefined();
    expect(healthOf({}).advice).toBeUndefined();
  });
});
