import { describe, expect, test } from 'vitest';
import {
  isFinal,
  type JobEvent,
  type JobState,
  nextState,
  OPEN_STATES,
} from '../../../../seed-node/jobs/job-state.ts';

const STATES: readonly JobState[] = [...OPEN_STATES, 'seeding', 'failed', 'cancelled'];
const EVENTS: readonly JobEvent[] = [
  'uploaded',
  'hashing-started',
  'hashed',
  'registered',
  'verified',
  'failed',
  'cancelled',
  'restarted',
];

function walk(from: JobState, events: readonly JobEvent[]): JobState | undefined {
  return events.reduce<JobState | undefined>(
    (state, event) => state && nextState(state, event),
    from,
  );
}

describe('nextState()', () => {
  test.each<[from: JobState, events: JobEvent[], to: JobState]>([
    ['uploading', ['uploaded', 'hashing-started', 'hashed', 'registered'], 'seeding'],
    ['queued', ['hashing-started', 'verified'], 'seeding'],
    ['hashing', ['restarted', 'hashing-started', 'hashed'], 'registering'],
  ])('%s goes on by %j to %s', (from, events, to) => {
    expect(walk(from, events)).toBe(to);
  });

  test.each(OPEN_STATES)('%s can fail and be cancelled', (state) => {
    expect([nextState(state, 'failed'), nextState(state, 'cancelled')]).toEqual([
      'failed',
      'cancelled',
    ]);
  });

  test('a job that is over stays as it is, whatever happens', () => {
    for (const state of STATES.filter(isFinal)) {
      for (const event of EVENTS)
        expect([state, event, nextState(state, event)][2]).toBe(undefined);
    }
    expect(STATES.filter((state) => !isFinal(state))).toEqual(OPEN_STATES);
  });

  test('nothing is hashed before all of it has arrived, nor registered before it is hashed', () => {
    expect(nextState('uploading', 'hashing-started')).toBeUndefined();
    expect(nextState('queued', 'hashed')).toBeUndefined();
    expect(nextState('hashing', 'registered')).toBeUndefined();
  });
});
