import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { NO_TOTALS, type Totals } from '../../../tracker-worker/swarm/shard-stats.ts';
import {
  type JournalEvents,
  type JournalRow,
  type JournalStorage,
  SwarmJournal,
} from '../../../tracker-worker/swarm/swarm-journal.ts';

const TAIL_BYTES = 8000;
const CHECKPOINT_BYTES = 1_000_000;
const MAX_KEYS_PER_DELETE = 128;

/** What a Durable Object's storage does, in memory: what is written is copied, and listed by key. */
class MemoryStorage implements JournalStorage {
  readonly rows = new Map<string, JournalRow>([['other/1', { parts: [], totals: NO_TOTALS }]]);
  readonly confirmed: boolean[] = [];
  fault: Error | undefined;

  readonly kv = {
    list: <T>({ prefix }: { prefix: string }): Iterable<[string, T]> => {
      const found = [...this.rows]
        .filter(([key]) => key.startsWith(prefix))
        .toSorted(([a], [b]) => (a < b ? -1 : 1));
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what is stored has the type that its reader says
      return structuredClone(found) as unknown as [string, T][];
    },
  };

  async put(key: string, row: JournalRow, options: { allowUnconfirmed: boolean }): Promise<void> {
    if (this.fault !== undefined) throw this.fault;
    this.rows.set(key, structuredClone(row));
    this.confirmed.push(!options.allowUnconfirmed);
  }

  async delete(keys: string[]): Promise<number> {
    if (this.fault !== undefined) throw this.fault;
    if (keys.length > MAX_KEYS_PER_DELETE) throw new Error(`${keys.length} keys are too many`);
    for (const key of keys) this.rows.delete(key);
    return keys.length;
  }

  get logRows(): number {
    return this.rows.size - 1;
  }
}

function openJournal(storage: JournalStorage, given: Partial<JournalEvents> = {}) {
  const events = { rows: 0 };
  const journal = new SwarmJournal(storage, {
    onRows: (rows) => {
      events.rows += rows;
    },
    onFault: (error) => {
      throw error;
    },
    ...given,
  });
  const loaded = [...journal.load()];
  const parts = loaded.flatMap((row) => row.parts.map((part) => [...part]));
  return { journal, events, parts, totals: loaded.at(-1)?.totals };
}

function totalsOf(announces: number): Totals {
  return { ...NO_TOTALS, announces };
}

function bytesOf(length: number, value = 1): Uint8Array {
  return new Uint8Array(length).fill(value);
}

test('SwarmJournal.load() of an empty storage is nothing', () => {
  const { journal, parts, totals } = openJournal(new MemoryStorage());
  expect([parts, totals, journal.isCheckpointDue]).toEqual([[], undefined, false]);
});

describe('SwarmJournal.append()', () => {
  test.each([
    ['fill the last row', [TAIL_BYTES - 1, 1], 1],
    ['are one byte more than the last row holds', [TAIL_BYTES, 1], 2],
    ['are more than a row grows to', [10, TAIL_BYTES + 1, 10], 3],
  ])('changes that %s', (_case, lengths, rows) => {
    const storage = new MemoryStorage();
    const { journal, events } = openJournal(storage);
    for (const length of lengths) journal.append(bytesOf(length), NO_TOTALS, false);
    expect([storage.logRows, events.rows]).toEqual([rows, lengths.length]);
    expect(openJournal(storage).parts.map((part) => part.length)).toEqual(lengths);
  });

  test('holds replies for what is precious alone', () => {
    const storage = new MemoryStorage();
    const { journal } = openJournal(storage);
    for (const isPrecious of [false, true, false]) {
      journal.append(bytesOf(1), NO_TOTALS, isPrecious);
    }
    expect(storage.confirmed).toEqual([false, true, false]);
  });

  test('keeps the totals of the last time', () => {
    const storage = new MemoryStorage();
    const { journal } = openJournal(storage);
    journal.append(bytesOf(1), totalsOf(1), false);
    journal.append(bytesOf(1), totalsOf(2), false);
    expect(openJournal(storage).totals).toEqual(totalsOf(2));
  });

  test('begins a new row after a load, and leaves those that are there', () => {
    const storage = new MemoryStorage();
    openJournal(storage).journal.append(bytesOf(1, 1), NO_TOTALS, false);
    openJournal(storage).journal.append(bytesOf(1, 2), NO_TOTALS, false);
    expect(storage.logRows).toBe(2);
    expect(openJournal(storage).parts).toEqual([[1], [2]]);
  });

  test('tells of a write that failed', async () => {
    const storage = new MemoryStorage();
    const faults: unknown[] = [];
    const { journal } = openJournal(storage, { onFault: (error) => faults.push(error) });
    storage.fault = new Error('the disk is away');
    journal.append(bytesOf(1), NO_TOTALS, false);
    await Promise.resolve();
    expect(faults).toEqual([storage.fault]);
  });
});

describe('SwarmJournal.checkpoint()', () => {
  test('takes the place of everything, and counts rows written and deleted', () => {
    const storage = new MemoryStorage();
    const { journal, events } = openJournal(storage);
    for (let n = 0; n < 300; n += 1) journal.append(bytesOf(TAIL_BYTES), NO_TOTALS, false);
    expect([storage.logRows, events.rows]).toEqual([300, 300]);
    journal.checkpoint([bytesOf(1, 7), bytesOf(2, 8)], totalsOf(5));
    expect([storage.logRows, events.rows]).toEqual([2, 300 + 2 + 300]);
    const { parts, totals } = openJournal(storage);
    expect([parts, totals]).toEqual([[[7], [8, 8]], totalsOf(5)]);
    expect(storage.rows.has('other/1')).toBe(true);
  });

  test('of nothing leaves nothing', () => {
    const storage = new MemoryStorage();
    const { journal } = openJournal(storage);
    journal.append(bytesOf(1), NO_TOTALS, false);
    journal.checkpoint([], NO_TOTALS);
    expect(storage.logRows).toBe(0);
    journal.append(bytesOf(1, 9), NO_TOTALS, false);
    expect(openJournal(storage).parts).toEqual([[9]]);
  });

  test.each([
    ['1 MB of changes', [], CHECKPOINT_BYTES],
    ['as much as a large checkpoint', [CHECKPOINT_BYTES, CHECKPOINT_BYTES], 2 * CHECKPOINT_BYTES],
  ])('is due after more than %s', (_case, checkpoint, most) => {
    const { journal } = openJournal(new MemoryStorage());
    journal.checkpoint(
      checkpoint.map((length) => bytesOf(length)),
      NO_TOTALS,
    );
    journal.append(bytesOf(most), NO_TOTALS, false);
    expect(journal.isCheckpointDue).toBe(false);
    journal.append(bytesOf(1), NO_TOTALS, false);
    expect(journal.isCheckpointDue).toBe(true);
    journal.checkpoint([], NO_TOTALS);
    expect(journal.isCheckpointDue).toBe(false);
  });

  test('is due after a load of more than 1 MB', () => {
    const storage = new MemoryStorage();
    openJournal(storage).journal.append(bytesOf(CHECKPOINT_BYTES), NO_TOTALS, false);
    expect(openJournal(storage).journal.isCheckpointDue).toBe(false);
    openJournal(storage).journal.append(bytesOf(1), NO_TOTALS, false);
    expect(openJournal(storage).journal.isCheckpointDue).toBe(true);
  });
});

test('SwarmJournal.load() reads rows in the order that they were written, also of more digits', () => {
  const storage = new MemoryStorage();
  const { journal } = openJournal(storage);
  for (let n = 0; n < 120; n += 1) journal.append(bytesOf(TAIL_BYTES, n), NO_TOTALS, false);
  expect(openJournal(storage).parts.map(([value]) => value)).toEqual(
    Array.from({ length: 120 }, (_, n) => n),
  );
});

test('SwarmJournal.load() gives the last checkpoint and all changes since, in order', () => {
  const step = fc.oneof(
    { weight: 6, arbitrary: fc.record({ append: fc.constantFrom(1, 3000, 9000) }) },
    { weight: 1, arbitrary: fc.record({ checkpoint: fc.nat(3) }) },
    { weight: 1, arbitrary: fc.constant('load' as const) },
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const storage = new MemoryStorage();
      let { journal, events } = openJournal(storage);
      let model: [value: number, length: number][] = [];
      let rows = 0;
      let value = 0;
      for (const does of steps) {
        value = (value + 1) % 256;
        if (does === 'load') {
          ({ journal, events } = openJournal(storage));
          rows = 0;
        } else if ('append' in does) {
          journal.append(bytesOf(does.append, value), NO_TOTALS, false);
          model.push([value, does.append]);
          rows += 1;
        } else {
          const before = storage.logRows;
          model = Array.from({ length: does.checkpoint }, (_, n) => [value, n + 1]);
          journal.checkpoint(
            model.map(([of, length]) => bytesOf(length, of)),
            NO_TOTALS,
          );
          rows += before + does.checkpoint;
        }
      }
      const { parts } = openJournal(storage);
      expect(parts.map((part) => [part[0], part.length])).toEqual(model);
      expect(events.rows).toBe(rows);
    }),
    { numRuns: 60 },
  );
});
