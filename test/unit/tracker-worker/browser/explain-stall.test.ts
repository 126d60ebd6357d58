import { describe, expect, test } from 'vitest';
import { explainStall, type StallFacts } from '../../../../tracker-worker/browser/explain-stall.ts';

const FACTS: StallFacts = {
  hasWebRtc: true,
  isTrackerReached: true,
  webRtcPeers: 0,
  webSeed: undefined,
  seeders: undefined,
};

describe('explainStall()', () => {
  test.each([
    ['no tracker', { isTrackerReached: false }, 'The tracker cannot be reached'],
    ['no WebRTC', { hasWebRtc: false }, 'WebRTC switched off'],
    ['no seeder', { seeders: 0 }, 'Nobody who has all of it is online'],
    ['no way through', { seeders: 2 }, 'no WebRTC connection to them came about'],
    ['silent peers', { webRtcPeers: 2 }, '2 connected, but none of them sends'],
    ['no web seed', {}, 'There is no web seed'],
    [
      'a web seed that is away',
      { webSeed: { type: 'unreachable' } },
      'The web seed cannot be reached',
    ],
    [
      'a web seed without a seed box',
      { webSeed: { type: 'answered', status: 503 } },
      'no seed box behind it',
    ],
    ['a web seed without the file', { webSeed: { type: 'answered', status: 404 } }, 'HTTP 404'],
  ] as const)('names %s', (_case, facts, words) => {
    expect(explainStall({ ...FACTS, ...facts }).join(' ')).toContain(words);
  });

  test('blames no one for what works, and nobody for peers where the tracker is the cause', () => {
    const reasons = explainStall({
      ...FACTS,
      isTrackerReached: false,
      webSeed: { type: 'answered', status: 206 },
    });
    expect(reasons).toHaveLength(2);
    expect(reasons[1]).toContain('It goes on by itself');
  });
});
