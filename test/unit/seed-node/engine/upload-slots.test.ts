import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  SLOT_IDLE_MS,
  SLOT_TURN_MS,
  type SlotChanges,
  UploadSlots,
} from '../../../../seed-node/engine/upload-slots.ts';

const TORRENT = 'torrent';

/** Every peer was sent something just now. */
function takesAll(): number {
  return Number.POSITIVE_INFINITY;
}

function takesNothing(): number {
  return Number.NEGATIVE_INFINITY;
}

function allButB(peer: string): number {
  return peer === 'b' ? 0 : SLOT_TURN_MS;
}

function torrentOf(peer: string): string {
  return peer < 'c' ? 'one' : 'two';
}

const NONE: SlotChanges<string> = { unchoke: [], choke: [] };

/** Slots that `names` entered one after another at time 0. */
function slotsWith(slots: number, ...names: readonly string[]): UploadSlots<string, string> {
  const uploadSlots = new UploadSlots<string, string>(slots);
  for (const name of names) uploadSlots.enter(name, TORRENT, 0);
  return uploadSlots;
}

describe('UploadSlots.enter()', () => {
  test('unchokes at once while a slot is free, and not after', () => {
    const slots = new UploadSlots<string, string>(2);
    expect(slots.enter('a', TORRENT, 0)).toEqual({ unchoke: ['a'], choke: [] });
    expect(slots.enter('b', TORRENT, 0)).toEqual({ unchoke: ['b'], choke: [] });
    expect(slots.enter('c', TORRENT, 0)).toEqual(NONE);
  });

  test('of a peer that is served changes nothing', () => {
    const slots = slotsWith(1, 'a', 'b');
    expect(slots.enter('a', TORRENT, 1)).toEqual(NONE);
    expect(slots.leave('a', 2)).toEqual({ unchoke: ['b'], choke: ['a'] });
  });

  test('of a peer that waits keeps its place', () => {
    const slots = slotsWith(1, 'a', 'b', 'c');
    slots.enter('b', TORRENT, 1);
    expect(slots.leave('a', 2).unchoke).toEqual(['b']);
  });
});

describe('UploadSlots.leave()', () => {
  test('gives the slot to whoever waited longest', () => {
    const slots = slotsWith(1, 'a', 'b', 'c');
    expect(slots.leave('a', 0)).toEqual({ unchoke: ['b'], choke: ['a'] });
    expect(slots.leave('b', 0)).toEqual({ unchoke: ['c'], choke: ['b'] });
  });

  test('of a peer that waits takes it out of the queue', () => {
    const slots = slotsWith(1, 'a', 'b', 'c');
    expect(slots.leave('b', 0)).toEqual(NONE);
    expect(slots.leave('a', 0).unchoke).toEqual(['c']);
  });

  test('of a peer that never came, or twice, changes nothing', () => {
    const slots = slotsWith(1, 'a');
    expect(slots.leave('x', 0)).toEqual(NONE);
    slots.leave('a', 0);
    expect(slots.leave('a', 0)).toEqual(NONE);
  });
});

describe('UploadSlots.rotate()', () => {
  test.each([
    ['one ms before the turn ends', SLOT_TURN_MS - 1, NONE],
    ['at the end of the turn', SLOT_TURN_MS, { unchoke: ['b'], choke: ['a'] }],
  ])('%s', (_name, nowMs, changes) => {
    expect(slotsWith(1, 'a', 'b').rotate(nowMs, () => nowMs)).toEqual(changes);
  });

  test('leaves everyone in place while nobody waits', () => {
    expect(slotsWith(2, 'a', 'b').rotate(10 * SLOT_TURN_MS, takesAll)).toEqual(NONE);
  });

  test('takes no more slots than peers wait, from those served longest', () => {
    const slots = slotsWith(3, 'a', 'b', 'c', 'd');
    expect(slots.rotate(SLOT_TURN_MS, takesAll)).toEqual({ unchoke: ['d'], choke: ['a'] });
  });

  test('spares who came to its slot later', () => {
    const slots = slotsWith(1, 'a', 'b', 'c');
    slots.leave('a', 10);
    expect(slots.rotate(SLOT_TURN_MS + 9, takesAll)).toEqual(NONE);
    expect(slots.rotate(SLOT_TURN_MS + 10, takesAll)).toEqual({ unchoke: ['c'], choke: ['b'] });
  });

  test('puts the choked behind all who wait', () => {
    const slots = slotsWith(1, 'a', 'b', 'c');
    const turns = [1, 2, 3, 4].map((turn) => slots.rotate(turn * SLOT_TURN_MS, takesAll).unchoke);
    expect(turns).toEqual([['b'], ['c'], ['a'], ['b']]);
  });

  test('serves each of n peers within n turns, whatever the number of slots', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 5 }),
        fc.integer({ min: 1, max: 20 }),
        (free, peers) => {
          const names = Array.from({ length: peers }, (_, index) => `p${index}`);
          const slots = new UploadSlots<string, string>(free);
          const served = new Set(names.flatMap((name) => slots.enter(name, TORRENT, 0).unchoke));
          const turns = Math.ceil(peers / free) - 1;
          for (let turn = 1; turn <= turns; turn += 1) {
            for (const name of slots.rotate(turn * SLOT_TURN_MS, takesAll).unchoke)
              served.add(name);
          }
          expect(served.size).toBe(peers);
        },
      ),
    );
  });
});

describe('UploadSlots and those who take nothing', () => {
  test('make room for one that waits long before their turn is over', () => {
    const slots = slotsWith(1, 'a', 'b');
    expect(slots.rotate(SLOT_IDLE_MS - 1, takesNothing)).toEqual(NONE);
    expect(slots.rotate(SLOT_IDLE_MS, takesNothing)).toEqual({ unchoke: ['b'], choke: ['a'] });
  });

  test('keep the slot while nobody waits', () => {
    expect(slotsWith(2, 'a', 'b').rotate(SLOT_TURN_MS, takesNothing)).toEqual(NONE);
  });

  test('make room before those who were served longer', () => {
    const slots = slotsWith(2, 'a', 'b', 'c');
    expect(slots.rotate(SLOT_TURN_MS, allButB)).toEqual({ unchoke: ['c'], choke: ['b'] });
  });

  test('are those who took their last block so long ago', () => {
    const slots = slotsWith(1, 'a', 'b');
    expect(slots.rotate(SLOT_IDLE_MS + 4, () => 5)).toEqual(NONE);
    expect(slots.rotate(SLOT_IDLE_MS + 5, () => 5).choke).toEqual(['a']);
  });
});

describe('UploadSlots and several torrents', () => {
  test('one peer of a torrent does not wait for all of another', () => {
    const slots = new UploadSlots<string, string>(1);
    for (const name of ['a', 'b', 'c', 'd']) slots.enter(name, 'popular', 0);
    slots.enter('x', 'rare', 1);
    slots.enter('y', 'rare', 1);
    const order = ['a', 'b', 'x', 'c', 'y'].flatMap((name) => slots.leave(name, 2).unchoke);
    expect(order).toEqual(['b', 'x', 'c', 'y', 'd']);
  });

  test('counts who waits and who is served', () => {
    const slots = slotsWith(2, 'a', 'b', 'c');
    expect([slots.servedCount, slots.waitingCount]).toEqual([2, 1]);
    slots.leave('a', 0);
    slots.leave('b', 0);
    expect([slots.servedCount, slots.waitingCount]).toEqual([1, 0]);
  });
});

describe('UploadSlots invariants', () => {
  const step = fc.record({
    action: fc.constantFrom('enter' as const, 'leave' as const, 'rotate' as const),
    peer: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'),
    afterMs: fc.constantFrom(0, 1, 1000, SLOT_TURN_MS - 1, SLOT_TURN_MS),
  });

  test('hold over any sequence: no more served than slots, nobody waits beside a free one', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 4 }),
        fc.array(step, { maxLength: 60 }),
        (free, steps) => {
          const slots = new UploadSlots<string, string>(free);
          const present = new Set<string>();
          const served = new Set<string>();
          let nowMs = 0;
          for (const { action, peer, afterMs } of steps) {
            nowMs += afterMs;
            if (action === 'enter') present.add(peer);
            if (action === 'leave') present.delete(peer);
            const changes =
              action === 'rotate'
                ? slots.rotate(nowMs, () => nowMs)
                : action === 'enter'
                  ? slots.enter(peer, torrentOf(peer), nowMs)
                  : slots.leave(peer, nowMs);
            // Only the served are choked, only the waiting unchoked, and nobody twice or both.
            for (const choked of changes.choke) expect(served.delete(choked)).toBe(true);
            for (const unchoked of changes.unchoke) {
              expect(present.has(unchoked) && !served.has(unchoked)).toBe(true);
              expect(changes.choke).not.toContain(unchoked);
              served.add(unchoked);
            }
            expect(served.size).toBe(Math.min(free, present.size));
          }
        },
      ),
      { numRuns: 300 },
    );
  });
});
