import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { accept } from '../../../shared/result.ts';
import {
  AnnounceCalls,
  HANDOVER_MS,
  LATE_CALL_MS,
  MAX_CALLS_PER_LEADER,
  MAX_WAIT_MS,
} from '../../../tracker-worker/swarm/announce-calls.ts';
import type { SwarmAnnounce, SwarmOutcome } from '../../../tracker-worker/swarm/swarm-announce.ts';
import { announceOf, replyOf } from './swarm-builders.ts';

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

function openCalls(maxAnnouncesPerCall = MAX_PER_CALL): Opened {
  const calls: Call[] = [];
  const leaders: Promise<void>[] = [];
  const announces = new AnnounceCalls({
    maxAnnouncesPerCall,
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
  return accept(replyOf({ seeders: port }));
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

/** A turn of the event loop, after which a call is under way or its answers have arrived. */
const turn = async (): Promise<unknown> => vi.advanceTimersByTimeAsync(0);

/** With a call under way for the client at port 0. */
async function openBusyCalls(): Promise<Opened & { readonly first: Promise<number> }> {
  const opened = openCalls();
  const first = seedersSeen(opened.announces, 0);
  await turn();
  return { ...opened, first };
}

/** With a leader that has made all the calls that one may, and one client that still waits. */
async function openTiredCalls(): Promise<Opened & { readonly seen: Promise<number>[] }> {
  const { first, ...opened } = await openBusyCalls();
  const seen = [first];
  for (let call = 1; call <= MAX_CALLS_PER_LEADER; call += 1) {
    seen.push(seedersSeen(opened.announces, call));
    opened.calls.at(-1)?.answer();
    await turn();
  }
  return { ...opened, seen };
}

function portsOf(calls: readonly Call[]): number[][] {
  return calls.map(({ batch }) => batch.map(({ port }) => port));
}

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

describe('announces of one shard', () => {
  test('are called for one by one while none comes during a call', async () => {
    const { announces, calls } = openCalls();
    for (const port of [1, 2, 3]) {
      const seen = seedersSeen(announces, port);
      await turn();
      expect(calls).toHaveLength(port);
      calls.at(-1)?.answer();
      expect(await seen).toBe(port);
    }
    expect(portsOf(calls)).toEqual([[1], [2], [3]]);
  });

  test('go together where they come in one turn of the event loop, or during a call', async () => {
    const { announces, calls } = openCalls();
    const early = [1, 2, 3].map(async (port) => seedersSeen(announces, port));
    await turn();
    const late = [4, 5].map(async (port) => seedersSeen(announces, port));
    await turn();
    expect(portsOf(calls)).toEqual([[1, 2, 3]]);
    calls[0]?.answer();
    expect(await Promise.all(early)).toEqual([1, 2, 3]);
    await turn();
    expect(portsOf(calls)).toEqual([
      [1, 2, 3],
      [4, 5],
    ]);
    calls[1]?.answer();
    expect(await Promise.all(late)).toEqual([4, 5]);
  });

  test('of a client with several addresses are answered as the first of them', async () => {
    const { announces, calls } = openCalls();
    const seen = [
      seedersSeen(announces, 1, 11),
      seedersSeen(announces, 2, 12, 22),
      seedersSeen(announces, 3),
      seedersSeen(announces, 4, 14),
    ];
    await turn();
    calls[0]?.answer();
    expect(await Promise.all(seen)).toEqual([1, 2, 3, 4]);
    expect(portsOf(calls)).toEqual([[1, 11, 2, 12, 22, 3, 4, 14]]);
  });

  test('fail with their own call alone', async () => {
    const { announces, calls, first } = await openBusyCalls();
    const failing = [1, 2].map(async (port) => seedersSeen(announces, port));
    calls[0]?.answer();
    await turn();
    calls[1]?.fail(new Error('the shard is away'));
    const later = seedersSeen(announces, 3);
    for (const seen of failing) await expect(seen).rejects.toThrow('the shard is away');
    await turn();
    calls[2]?.answer();
    expect(await Promise.all([first, later])).toEqual([0, 3]);
  });

  test('fail where the shard gives an answer too few', async () => {
    const announces = new AnnounceCalls({
      maxAnnouncesPerCall: MAX_PER_CALL,
      ask: async () => [],
      keepAlive: () => {},
      nowMs: () => Date.now(),
    });
    const seen = seedersSeen(announces, 1);
    const fate = Promise.allSettled([seen]);
    await turn();
    await fate;
    await expect(seen).rejects.toThrow('every announce has an answer');
  });

  test('fill a call, which does not wait for the one before it', async () => {
    const { announces, calls, first } = await openBusyCalls();
    const seen = Array.from({ length: MAX_PER_CALL }, async (_, at) =>
      seedersSeen(announces, at + 1),
    );
    await turn();
    expect(calls.map(({ batch }) => batch.length)).toEqual([1, MAX_PER_CALL]);
    // The first leader is not one any more: what comes now waits for the second call.
    const later = seedersSeen(announces, 100);
    calls[0]?.answer();
    await turn();
    expect(calls).toHaveLength(2);
    calls[1]?.answer();
    await turn();
    calls[2]?.answer();
    expect(await later).toBe(100);
    expect(await first).toBe(0);
    expect(await Promise.all(seen)).toEqual(Array.from(seen.keys(), (at) => at + 1));
  });

  test('are never more than a call may take, however many come in one turn', async () => {
    const { announces, calls } = openCalls();
    const seen = Array.from({ length: 3 * MAX_PER_CALL + 2 }, async (_, port) =>
      seedersSeen(announces, port),
    );
    for (let answered = 0; answered < 5; answered += 1) {
      await turn();
      for (const call of calls) call.answer();
    }
    expect(await Promise.all(seen)).toEqual(Array.from(seen.keys()));
    expect(Math.max(...calls.map(({ batch }) => batch.length))).toBe(MAX_PER_CALL);
    expect(calls).toHaveLength(4);
  });

  test('go alone where a call takes one, and each is its own leader', async () => {
    const { announces, calls, leaders } = openCalls(1);
    const seen = [1, 2, 3].map(async (port) => seedersSeen(announces, port, 10 + port));
    expect(portsOf(calls)).toEqual([
      [1, 11],
      [2, 12],
      [3, 13],
    ]);
    for (const call of calls.toReversed()) call.answer();
    expect(await Promise.all(seen)).toEqual([1, 2, 3]);
    expect(leaders).toEqual([]);
  });

  test('are not held up by a call that is late', async () => {
    const { announces, calls, first } = await openBusyCalls();
    const second = seedersSeen(announces, 1);
    await vi.advanceTimersByTimeAsync(LATE_CALL_MS - 1);
    const third = seedersSeen(announces, 2);
    expect(calls).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(1);
    const fourth = seedersSeen(announces, 3);
    await turn();
    expect(portsOf(calls)).toEqual([[0], [1, 2, 3]]);
    calls[1]?.answer();
    expect(await Promise.all([second, third, fourth])).toEqual([1, 2, 3]);
    calls[0]?.answer();
    expect(await first).toBe(0);
    const fifth = seedersSeen(announces, 4);
    await turn();
    calls[2]?.answer();
    expect(await fifth).toBe(4);
  });

  test('wait for a call of another so long and no longer; the next one leads', async () => {
    const { announces, calls, first } = await openBusyCalls();
    const second = seedersSeen(announces, 1);
    const fates = Promise.allSettled([first, second]);
    await vi.advanceTimersByTimeAsync(MAX_WAIT_MS);
    await fates;
    await expect(second).rejects.toThrow(`no answer within ${MAX_WAIT_MS} ms`);
    const third = seedersSeen(announces, 2);
    await turn();
    calls.at(-1)?.answer();
    expect(await third).toBe(2);
  });

  test(`are handed over after ${MAX_CALLS_PER_LEADER} calls to whoever comes next`, async () => {
    const { announces, calls, leaders, seen } = await openTiredCalls();
    expect(calls).toHaveLength(MAX_CALLS_PER_LEADER);
    expect(leaders).toHaveLength(1);
    seen.push(seedersSeen(announces, 100));
    expect(leaders).toHaveLength(2);
    await turn();
    expect(portsOf(calls).at(-1)).toEqual([MAX_CALLS_PER_LEADER, 100]);
    calls.at(-1)?.answer();
    await vi.advanceTimersByTimeAsync(HANDOVER_MS);
    await Promise.all(leaders);
    expect(await Promise.all(seen)).toHaveLength(MAX_CALLS_PER_LEADER + 2);
    expect(calls).toHaveLength(MAX_CALLS_PER_LEADER + 1);
  });

  test('stay with their leader where nobody comes to hand them over to', async () => {
    const { calls, leaders, seen } = await openTiredCalls();
    // A turn that begins while this clock moves takes a millisecond of it.
    await vi.advanceTimersByTimeAsync(HANDOVER_MS + 1);
    expect(calls).toHaveLength(MAX_CALLS_PER_LEADER + 1);
    calls.at(-1)?.answer();
    expect(await Promise.all(seen)).toHaveLength(MAX_CALLS_PER_LEADER + 1);
    await Promise.all(leaders);
  });

  test('are each called for once and answered as their own, in whatever order things happen', async () => {
    const step = fc.oneof(
      fc.record({ come: fc.integer({ min: 1, max: 2 * MAX_PER_CALL }) }),
      fc.record({ end: fc.nat({ max: 5 }), fails: fc.boolean() }),
      fc.record({ passMs: fc.constantFrom(0, 0, 10, LATE_CALL_MS) }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 80 }), async (steps) => {
        const { announces, calls } = openCalls();
        const open = new Set<number>();
        const failed = new Set<number>();
        const seen: Promise<number | 'failed'>[] = [];
        let known = 0;
        let latePasses = 0;
        const end = (index: number, fails: boolean): void => {
          const call = calls[index];
          open.delete(index);
          if (!fails) {
            call?.answer();
            return;
          }
          for (const { port } of call?.batch ?? []) failed.add(port);
          call?.fail(new Error('the shard is away'));
        };
        const pass = async (ms: number): Promise<void> => {
          await vi.advanceTimersByTimeAsync(ms);
          for (; known < calls.length; known += 1) open.add(known);
        };
        for (const does of steps) {
          if ('come' in does) {
            for (let i = 0; i < does.come; i += 1) {
              seen.push(seedersSeen(announces, seen.length).catch(() => 'failed' as const));
            }
          } else if ('end' in does) {
            const index = [...open][does.end];
            if (index !== undefined) end(index, does.fails);
          } else if (does.passMs < LATE_CALL_MS) {
            await pass(does.passMs);
          } else if (latePasses < MAX_WAIT_MS / LATE_CALL_MS / 2) {
            // Nobody waits for so long that it is told to come back.
            latePasses += 1;
            await pass(does.passMs);
          }
        }
        for (let turns = 0; turns < 400; turns += 1) {
          await pass(turns % 20 === 0 ? HANDOVER_MS : 1);
          for (const index of open) end(index, false);
        }
        expect(
          portsOf(calls)
            .flat()
            .toSorted((a, b) => a - b),
        ).toEqual(Array.from(seen.keys()));
        for (const { batch } of calls) expect(batch.length).toBeLessThanOrEqual(MAX_PER_CALL);
        expect(await Promise.all(seen)).toEqual(
          Array.from(seen.keys(), (port) => (failed.has(port) ? 'failed' : port)),
        );
      }),
    );
  });
});
