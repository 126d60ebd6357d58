import { describe, expect, test } from 'vitest';
import { AnnounceScheduler } from '../../../../seed-node/announce/announce-scheduler.ts';
import { EDGE_LIMITS } from '../../../../seed-node/announce/edge-trackers.ts';
import { Pace } from '../../../../seed-node/announce/pace.ts';
import {
  type DueAnnounce,
  TrackerSchedule,
} from '../../../../seed-node/announce/tracker-schedule.ts';
import { type SiteLimits, TrackerSite } from '../../../../seed-node/announce/tracker-site.ts';
import type { InfoHash } from '../../../../shared/info-hash.ts';
import { infoHash } from '../../shared/required.ts';

const REPLY = { type: 'reply', intervalSeconds: 1800, minIntervalSeconds: 0 } as const;
const UNREACHABLE = { type: 'unreachable' } as const;
const WIDE: SiteLimits = { maxPerSecond: 1_000_000, maxUnderWay: 1_000_000, maxRetrySeconds: 8 };
const MIDDLE = 0.5;

function swarm(n: number): InfoHash {
  return infoHash(n.toString(16).padStart(40, '0'));
}

/** One tracker with `swarms` swarms that are due at 0. */
function scheduleOf(limits: SiteLimits, swarms: number): TrackerSchedule {
  const schedule = new TrackerSchedule(new TrackerSite(limits), new Pace(limits.maxPerSecond));
  for (let n = 0; n < swarms; n += 1) schedule.add(swarm(n), 0);
  return schedule;
}

function takeAll(schedule: TrackerSchedule, nowMs: number): DueAnnounce[] {
  const scheduler = new AnnounceScheduler();
  scheduler.add({ schedule });
  return scheduler.take(nowMs).map(({ announce }) => announce);
}

/** Runs until `endMs`, each announce answered after `replyMs`; when each began, by swarm. */
function run(schedule: TrackerSchedule, endMs: number, replyMs: number): Map<InfoHash, number[]> {
  const scheduler = new AnnounceScheduler();
  scheduler.add({ schedule });
  const begun = new Map<InfoHash, number[]>();
  const underWay: { announce: DueAnnounce; endsAtMs: number }[] = [];
  for (let nowMs = 0; nowMs < endMs; nowMs += 1) {
    while ((underWay[0]?.endsAtMs ?? Number.POSITIVE_INFINITY) <= nowMs) {
      const ended = underWay.shift();
      if (ended !== undefined) schedule.settle(ended.announce, REPLY, nowMs, MIDDLE);
    }
    if (scheduler.nextAtMs > nowMs) continue;
    for (const { announce } of scheduler.take(nowMs)) {
      underWay.push({ announce, endsAtMs: nowMs + replyMs });
      begun.set(announce.infoHash, [...(begun.get(announce.infoHash) ?? []), nowMs]);
    }
  }
  return begun;
}

/** The most starts in any second. */
function mostInASecond(times: readonly number[]): number {
  const sorted = times.toSorted((a, b) => a - b);
  let first = 0;
  let most = 0;
  for (const [index, timeMs] of sorted.entries()) {
    while ((sorted[first] ?? timeMs) <= timeMs - 1_000) first += 1;
    most = Math.max(most, index - first + 1);
  }
  return most;
}

describe('AnnounceScheduler', () => {
  test('2,000 torrents: each is announced once within ten seconds, no second has more than 250 and a tenth', () => {
    const begun = run(scheduleOf(EDGE_LIMITS, 2_000), 10_000, 20);

    expect(begun.size).toBe(2_000);
    expect([...begun.values()].every((times) => times.length === 1)).toBe(true);
    const most = mostInASecond([...begun.values()].flat());
    expect(most).toBeLessThanOrEqual(EDGE_LIMITS.maxPerSecond * 1.1 + 1);
    expect(most).toBeGreaterThan(EDGE_LIMITS.maxPerSecond * 0.9);
  });

  test('no more are under way than the site bears', () => {
    const schedule = scheduleOf({ ...WIDE, maxUnderWay: 3 }, 10);
    const [first] = takeAll(schedule, 0);

    expect(schedule.nextAtMs).toBe(Number.POSITIVE_INFINITY);
    if (first !== undefined) schedule.settle(first, REPLY, 5, MIDDLE);
    expect(takeAll(schedule, 5)).toHaveLength(1);
  });

  test('trackers of one site take turns where it is away', () => {
    const site = new TrackerSite(WIDE);
    const scheduler = new AnnounceScheduler<{ schedule: TrackerSchedule }>();
    const probed = new Set<TrackerSchedule>();
    for (let n = 0; n < 5; n += 1) {
      const schedule = new TrackerSchedule(site, new Pace(1_000));
      schedule.add(swarm(n), 0);
      scheduler.add({ schedule });
    }
    for (let nowMs = 0; nowMs < 120_000; nowMs += 500) {
      for (const { tracker, announce } of scheduler.take(nowMs)) {
        if (announce.isProbe) probed.add(tracker.schedule);
        tracker.schedule.settle(announce, UNREACHABLE, nowMs, MIDDLE);
      }
    }

    expect(probed.size).toBe(5);
  });
});

describe('TrackerSchedule', () => {
  test('a tracker that is away is asked by one probe at a time, at most eight seconds apart', () => {
    const schedule = scheduleOf(EDGE_LIMITS, 1_000);
    for (const announce of takeAll(schedule, 0)) schedule.settle(announce, UNREACHABLE, 10, 1);
    const probes: number[] = [];
    for (let nowMs = 10; nowMs < 600_000; nowMs += 10) {
      for (const announce of takeAll(schedule, nowMs)) {
        probes.push(nowMs);
        expect(announce.isProbe).toBe(true);
        expect(takeAll(schedule, nowMs + 60_000)).toEqual([]);
        schedule.settle(announce, UNREACHABLE, nowMs, 1);
      }
    }

    const pauses = probes.slice(1).map((atMs, index) => atMs - (probes[index] ?? 0));
    expect(Math.max(...pauses)).toBe(8_000);
    expect(probes.length).toBeLessThan(80);
  });

  test('16 that fail together are one failure: the next attempt is two seconds later', () => {
    const schedule = scheduleOf(EDGE_LIMITS, 100);
    for (const announce of takeAll(schedule, 0)) schedule.settle(announce, UNREACHABLE, 10, 1);

    expect(schedule.nextAtMs).toBe(2_010);
  });

  test('an answer to the probe lets all others go on at once', () => {
    const schedule = scheduleOf(WIDE, 100);
    for (const announce of takeAll(schedule, 0)) schedule.settle(announce, UNREACHABLE, 10, 1);
    const [probe] = takeAll(schedule, 3_000);
    if (probe !== undefined) schedule.settle(probe, REPLY, 3_010, MIDDLE);

    expect(takeAll(schedule, 3_010)).toHaveLength(99);
  });

  test('a swarm that fails goes behind those that wait', () => {
    const schedule = scheduleOf({ ...WIDE, maxUnderWay: 1 }, 2);
    const [first] = takeAll(schedule, 0);
    if (first !== undefined) schedule.settle(first, UNREACHABLE, 1, MIDDLE);

    expect(takeAll(schedule, 60_000)[0]?.infoHash).toBe(swarm(1));
  });

  test.each([
    ['an interval', REPLY, 1_800],
    ['a longer min interval', { ...REPLY, minIntervalSeconds: 3_600 }, 3_600],
    ['retry in', { type: 'refused', retrySeconds: 600 } as const, 600],
  ])('%s is waited for', (_name, outcome, seconds) => {
    const schedule = scheduleOf(WIDE, 1);
    for (const announce of takeAll(schedule, 0)) schedule.settle(announce, outcome, 0, 0);

    expect(takeAll(schedule, seconds * 1_000 - 1)).toEqual([]);
    expect(takeAll(schedule, seconds * 1_000)).toHaveLength(1);
  });

  test('the tracker id is said again, and holds where the next reply has none', () => {
    const schedule = scheduleOf(WIDE, 1);
    const ids: (string | undefined)[] = [];
    for (const trackerId of ['one', undefined, 'two', undefined]) {
      for (const announce of takeAll(schedule, schedule.nextAtMs)) {
        ids.push(announce.trackerId);
        schedule.settle(announce, { ...REPLY, trackerId }, schedule.nextAtMs, 0);
      }
    }

    expect(ids).toEqual([undefined, 'one', 'one', 'two']);
  });

  test('known() has what was answered and not refused since', () => {
    const schedule = scheduleOf(WIDE, 2);
    const [first, second] = takeAll(schedule, 0);
    if (first !== undefined) schedule.settle(first, REPLY, 0, 0);
    if (second !== undefined) {
      schedule.settle(second, { type: 'refused', retrySeconds: 60 }, 0, 0);
    }

    expect(schedule.known().map((announce) => announce.infoHash)).toEqual([swarm(0)]);
  });

  test('forgotten() announces everything anew, as unknown, but what is refused not before its time', () => {
    const schedule = scheduleOf(WIDE, 3);
    const [first, second, third] = takeAll(schedule, 0);
    if (first !== undefined) schedule.settle(first, REPLY, 0, 0);
    if (second !== undefined) {
      schedule.settle(second, { type: 'refused', retrySeconds: 60 }, 0, 0);
    }
    schedule.forgotten(1_000);

    expect(takeAll(schedule, 1_000)).toMatchObject([{ infoHash: swarm(0), isKnown: false }]);
    // The third is still under way.
    expect(third?.infoHash).toBe(swarm(2));
    expect(takeAll(schedule, 60_000)).toMatchObject([{ infoHash: swarm(1) }]);
  });

  test('doubted() announces everything soon, which stays known, but for what is refused', () => {
    const schedule = scheduleOf(WIDE, 2);
    const [first, second] = takeAll(schedule, 0);
    if (first !== undefined) schedule.settle(first, REPLY, 0, 0);
    if (second !== undefined) {
      schedule.settle(second, { type: 'refused', retrySeconds: 60 }, 0, 0);
    }
    schedule.doubted(1_000);

    expect(takeAll(schedule, 1_000)).toMatchObject([{ infoHash: swarm(0), isKnown: true }]);
  });

  test('doubted() announces again what is under way once it is answered, once', () => {
    const schedule = scheduleOf(WIDE, 2);
    const [first, second] = takeAll(schedule, 0);
    schedule.doubted(1_000);
    if (first !== undefined) schedule.settle(first, REPLY, 2_000, 0);
    if (second !== undefined) {
      schedule.settle(second, { type: 'refused', retrySeconds: 60 }, 2_000, 0);
    }

    const [again, ...others] = takeAll(schedule, 2_000);
    expect(again).toMatchObject({ infoHash: swarm(0), isKnown: true });
    expect(others).toEqual([]);
    if (again !== undefined) schedule.settle(again, REPLY, 2_000, 0);
    expect(schedule.nextAtMs).toBe(62_000);
  });

  test('probe() brings one forward', () => {
    const schedule = scheduleOf(WIDE, 3);
    for (const announce of takeAll(schedule, 0)) schedule.settle(announce, REPLY, 0, 0);
    schedule.probe(1_000);

    expect(takeAll(schedule, 1_000)).toHaveLength(1);
  });

  test('remove() ends it, also of one that is under way', () => {
    const schedule = scheduleOf({ ...WIDE, maxUnderWay: 1 }, 2);
    const [first] = takeAll(schedule, 0);
    schedule.remove(swarm(0));
    schedule.remove(swarm(1));
    if (first !== undefined) schedule.settle(first, REPLY, 0, 0);

    expect(schedule.nextAtMs).toBe(Number.POSITIVE_INFINITY);
    expect(schedule.known()).toEqual([]);
  });

  test('standingOf() tells what the tracker said last, and when', () => {
    const schedule = scheduleOf(WIDE, 1);
    const never = { answeredAtMs: undefined, refusal: undefined };
    expect(schedule.standingOf(swarm(0))).toEqual({ state: 'waiting', ...never });
    expect(schedule.standingOf(swarm(1))).toBe(undefined);
    const [first] = takeAll(schedule, 0);
    if (first !== undefined) schedule.settle(first, REPLY, 5, 0);
    const announced = { state: 'announced', answeredAtMs: 5, refusal: undefined };
    expect(schedule.standingOf(swarm(0))).toEqual(announced);
    const [second] = takeAll(schedule, 2_000_000);
    const refused = { type: 'refused', retrySeconds: 60, reason: 'not here' } as const;
    if (second !== undefined) schedule.settle(second, refused, 2_000_001, 0);
    expect(schedule.standingOf(swarm(0))).toEqual({
      state: 'refused',
      answeredAtMs: 2_000_001,
      refusal: 'not here',
    });
    const [third] = takeAll(schedule, 3_000_000);
    if (third !== undefined) schedule.settle(third, UNREACHABLE, 3_000_001, 0);
    expect(schedule.standingOf(swarm(0))?.answeredAtMs).toBe(2_000_001);
    schedule.forgotten(3_000_002);
    expect(schedule.standingOf(swarm(0))?.state).toBe('refused');
  });

  test('100,000 swarms that wait cost nothing', () => {
    const schedule = scheduleOf(WIDE, 100_000);
    const answered = takeAll(schedule, 0);
    for (const [index, announce] of answered.entries()) {
      schedule.settle(announce, REPLY, index, 0);
    }

    expect(answered).toHaveLength(100_000);
    expect(schedule.nextAtMs).toBe(1_800_000);
    expect(takeAll(schedule, 1_800_000)).toHaveLength(1);
  });
});
