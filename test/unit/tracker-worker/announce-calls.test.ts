import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { accept } from '../../../shared/result.ts';
import {
  AnnounceCalls,
  LATE_CALL_MS,
  MAX_CALLS_PER_LEADER,
  MAX_WAIT_MS,
} from '../../../tracker-worker/swarm/announce-calls.ts';
import type { SwarmAnnounce, SwarmOutcome } from '../../../tracker-worker/swarm/swarm-announce.ts';
import { announceOf } from './swarm-builders.ts';

const MAX_PER_CALL = 8;

/** One call of a shard, which is under way until it is told how it ends. */
interface Call {
  readonly batch: readonly SwarmAnnounce[];
  readonly fail: (error: Error) => void;
  /** Each announce is answered with its port as the number of seeders. */
  readonly answer: () => void;
}

interface Opened {
  readonly announces: AnnounceCalls;
  readonly calls: Call[];
  readonly leaders: Promise<void>[];
}

function openCalls(): Opened {
  const calls: Call[] = [];
  const leaders: Promise<void>[] = [];
  const announces = new AnnounceCalls({
    maxAnnouncesPerCall: MAX_PER_CALL,
    ask: async (batch) => {
      const { promise, resolve, reject } = Promise.withResolvers<readonly SwarmOutcome[]>();
      calls.push({ batch, fail: reject, answer: () => resolve(batch.map(outcomeOf)) });
      return promise;
    },
    keepAlive: (work) => void leaders.push(work),
    nowMs: () => Date.now(),
  });
  return { announces, calls, leaders };
}

function outcomeOf({ port }: SwarmAnnounce): SwarmOutcome {
  return accept({
    intervalSeconds: 1800,
    minIntervalSeconds: 900,
    seeders: port,
    leechers: 0,
    downloads: 0,
    ipv4Peers: '',
    ipv6Peers: '',
    ipv4PeerIds: '',
    ipv6PeerIds: '',
  });
}

/** What a client at a port is told; each of them announces from as many addresses as are named. */
async function seedersSeen(
  announces: AnnounceCalls,
  port: number,
  ...others: number[]
): Promise<number> {
  const outcome = await announces.announce([
    announceOf({ port }),
    ...others.map((other) => announceOf({ port: other })),
  ]);
  return outcome.ok ? outcome.value.seeders : -1;
}

const settled = async (): Promise<unknown> => vi.advanceTimersByTimeAsync(0);

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

describe('announces of one shard', () => {
  test('sends an announce at once and alone while no call is under way', async () => {
    const { announces, calls } = openCalls();
    for (const port of [1, 2, 3]) {
      const seen = seedersSeen(announces, port);
      expect(calls).toHaveLength(port);
      calls.at(-1)?.answer();
      expect(await seen).toBe(port);
      await settled();
    }
    expect(calls.map(({ batch }) => batch.length)).toEqual([1, 1, 1]);
  });

  test('sends what comes during a call together in the next one, and gives each its own answer', async () => {
    const { announces, calls } = openCalls();
    const seen = [1, 2, 3, 4].map(async (port) => seedersSeen(announces, port));
    expect(calls).toHaveLength(1);
    calls[0]?.answer();
    await settled();
    expect(calls.map(({ batch }) => batch.map(({ port }) => port))).toEqual([[1], [2, 3, 4]]);
    calls[1]?.answer();
    expect(await Promise.all(seen)).toEqual([1, 2, 3, 4]);
  });

  test('answers a client with several addresses as its first one', async () => {
    const { announces, calls } = openCalls();
    const seen = [
      seedersSeen(announces, 1, 11),
      seedersSeen(announces, 2, 12, 22),
      seedersSeen(announces, 3),
      seedersSeen(announces, 4, 14),
    ];
    calls[0]?.answer();
    await settled();
    calls[1]?.answer();
    expect(await Promise.all(seen)).toEqual([1, 2, 3, 4]);
    expect(calls[1]?.batch.map(({ port }) => port)).toEqual([2, 12, 22, 3, 4, 14]);
  });

  test('a call that fails is the fault of its own announces alone', async () => {
    const { announces, calls } = openCalls();
    const seen = [1, 2, 3].map(async (port) => seedersSeen(announces, port));
    const fates = Promise.allSettled(seen);
    calls[0]?.answer();
    await settled();
    calls[1]?.fail(new Error('the shard is away'));
    const later = seedersSeen(announces, 4);
    await settled();
    calls[2]?.answer();
    expect(await later).toBe(4);
    expect((await fates).map(({ status }) => status)).toEqual([
      'fulfilled',
      'rejected',
      'rejected',
    ]);
    await expect(seen[2]).rejects.toThrow('the shard is away');
  });

  test('an answer too few is a fault, and nobody waits for it', async () => {
    const announces = new AnnounceCalls({
      maxAnnouncesPerCall: MAX_PER_CALL,
      ask: async () => [],
      keepAlive: () => {},
      nowMs: () => Date.now(),
    });
    await expect(seedersSeen(announces, 1)).rejects.toThrow('every announce has an answer');
  });

  test('a full call does not wait for the one before it', async () => {
    const { announces, calls } = openCalls();
    const seen = Array.from({ length: MAX_PER_CALL }, async (_, port) =>
      seedersSeen(announces, port),
    );
    expect(calls).toHaveLength(1);
    seen.push(seedersSeen(announces, MAX_PER_CALL));
    expect(calls.map(({ batch }) => batch.length)).toEqual([1, MAX_PER_CALL]);
    // The first leader is not one any more: what comes now waits for the second call.
    const later = seedersSeen(announces, 1000);
    calls[0]?.answer();
    await settled();
    expect(calls).toHaveLength(2);
    calls[1]?.answer();
    await settled();
    calls[2]?.answer();
    expect(await later).toBe(1000);
    expect(await Promise.all(seen)).toEqual(Array.from(seen.keys()));
  });

  test('a call that is late holds nobody up who comes after that', async () => {
    const { announces, calls } = openCalls();
    const first = seedersSeen(announces, 1);
    const second = seedersSeen(announces, 2);
    await vi.advanceTimersByTimeAsync(LATE_CALL_MS - 1);
    const third = seedersSeen(announces, 3);
    expect(calls).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(1);
    const fourth = seedersSeen(announces, 4);
    expect(calls).toHaveLength(2);
    calls[1]?.answer();
    expect(await Promise.all([second, third, fourth])).toEqual([2, 3, 4]);
    calls[0]?.answer();
    expect(await first).toBe(1);
    await settled();
    const fifth = seedersSeen(announces, 5);
    expect(calls).toHaveLength(3);
    calls[2]?.answer();
    expect(await fifth).toBe(5);
  });

  test('who waits for the call of another is told when none comes back, and the next one leads', async () => {
    const { announces, calls } = openCalls();
    void seedersSeen(announces, 1);
    const second = seedersSeen(announces, 2);
    const fate = Promise.allSettled([second]);
    await vi.advanceTimersByTimeAsync(MAX_WAIT_MS);
    await fate;
    await expect(second).rejects.toThrow(`no answer within ${MAX_WAIT_MS} ms`);
    const third = seedersSeen(announces, 3);
    calls.at(-1)?.answer();
    expect(await third).toBe(3);
  });

  test(`a leader hands over after ${MAX_CALLS_PER_LEADER} calls to whoever comes next`, async () => {
    const { announces, calls, leaders } = openCalls();
    const seen = [seedersSeen(announces, 1)];
    for (let call = 0; call < MAX_CALLS_PER_LEADER; call += 1) {
      seen.push(seedersSeen(announces, 2 + call));
      calls.at(-1)?.answer();
      await settled();
    }
    expect(calls).toHaveLength(MAX_CALLS_PER_LEADER);
    expect(leaders).toHaveLength(1);
    seen.push(seedersSeen(announces, 100));
    expect(leaders).toHaveLength(2);
    expect(calls.at(-1)?.batch).toHaveLength(2);
    calls.at(-1)?.answer();
    await vi.advanceTimersByTimeAsync(1000);
    await Promise.all(leaders);
    expect(await Promise.all(seen)).toHaveLength(MAX_CALLS_PER_LEADER + 2);
    expect(calls).toHaveLength(MAX_CALLS_PER_LEADER + 1);
  });

  test('a leader goes on where nobody comes to hand over to', async () => {
    const { announces, calls, leaders } = openCalls();
    const seen = [seedersSeen(announces, 1)];
    for (let call = 0; call < MAX_CALLS_PER_LEADER; call += 1) {
      seen.push(seedersSeen(announces, 2 + call));
      calls.at(-1)?.answer();
      await settled();
    }
    await vi.advanceTimersByTimeAsync(1000);
    expect(calls).toHaveLength(MAX_CALLS_PER_LEADER + 1);
    calls.at(-1)?.answer();
    expect(await Promise.all(seen)).toHaveLength(MAX_CALLS_PER_LEADER + 1);
    await Promise.all(leaders);
  });
});
