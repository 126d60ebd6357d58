import { expect, test } from 'vitest';
import {
  refusalOfStanding,
  SWARM_REFUSAL_CODES,
  swarmRefusal,
} from '../../../tracker-worker/swarm/refusal.ts';

test.each([
  ['registered', 'published', undefined],
  ['allowed', 'published', undefined],
  ['unknown', 'published', 'not-registered'],
  ['blocked', 'published', 'blocked'],
  ['registered', 'open', undefined],
  ['allowed', 'open', undefined],
  ['unknown', 'open', undefined],
  ['blocked', 'open', 'blocked'],
] as const)('refusalOfStanding() of %s in %s mode is %s', (standing, mode, code) => {
  expect(refusalOfStanding(standing, mode)).toBe(code);
});

test('swarmRefusal() has a reason of its own for every code', () => {
  const reasons = SWARM_REFUSAL_CODES.map((code) => swarmRefusal(code).refusal.reason);
  expect(new Set(reasons).size).toBe(3);
  expect(SWARM_REFUSAL_CODES.map((code) => swarmRefusal(code).refusal.code)).toEqual(
    SWARM_REFUSAL_CODES,
  );
});
