import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type LogFields, logFault, logSampled } from '../../../tracker-worker/log.ts';

/** What was written, a line each, as it is read by a machine. */
function linesOf(spy: { mock: { calls: unknown[][] } }): unknown[] {
  return spy.mock.calls.map((line) => {
    expect(line).toHaveLength(1);
    const text = String(line[0]);
    expect(text).not.toContain('\n');
    const read: unknown = JSON.parse(text);
    return read;
  });
}

describe('logFault()', () => {
  const written = vi.spyOn(console, 'error');
  beforeEach(() => {
    written.mockReset().mockReturnValue();
  });
  afterEach(() => {
    written.mockReset();
  });

  test('writes one line with name, message, stack and every cause', () => {
    const cause = new RangeError('the disk\nis full', { cause: 'a text' });
    logFault('flushing swarms', new TypeError('no row', { cause }));
    const stack: unknown = expect.stringContaining('log.test.ts');
    expect(linesOf(written)).toEqual([
      {
        level: 'error',
        doing: 'flushing swarms',
        error: {
          name: 'TypeError',
          message: 'no row',
          stack,
          cause: {
            name: 'RangeError',
            message: 'the disk\nis full',
            stack,
            cause: { name: 'thrown', message: 'a text' },
          },
        },
      },
    ]);
  });

  test.each<[string, unknown, string]>([
    ['a text', 'oops', 'oops'],
    ['an object', { code: 5 }, '{"code":5}'],
    ['nothing', undefined, 'undefined'],
    ['null', null, 'null'],
    ['a symbol', Symbol('x'), 'Symbol(x)'],
    ['a big number', 5n, '5'],
    ['an object with a big number', { count: 5n }, 'what cannot be written as text'],
  ])('writes %s that was thrown', (_case, thrown, message) => {
    logFault('testing', thrown);
    expect(linesOf(written)).toEqual([
      { level: 'error', doing: 'testing', error: { name: 'thrown', message } },
    ]);
  });

  test('ends a circle of causes', () => {
    const first = new Error('first');
    first.cause = new Error('second', { cause: first });
    logFault('testing', first);
    const [line] = linesOf(written);
    expect(JSON.stringify(line).match(/"message"/g)).toHaveLength(6);
  });

  test.each([
    [8000, 'x'.repeat(8000)],
    [8001, `${'x'.repeat(8000)}…`],
  ])('cuts a message of %i characters where it is longer than 8,000', (length, message) => {
    logFault('testing', new Error('x'.repeat(length)));
    expect(linesOf(written)).toMatchObject([{ error: { message } }]);
  });
});

describe('logSampled()', () => {
  const written = vi.spyOn(console, 'log');
  beforeEach(() => {
    written.mockReset().mockReturnValue();
  });

  test.each([
    [0, 0, 0],
    [0.25, 0.249, 1],
    [0.25, 0.25, 0],
    [1, 0.999, 1],
  ])('at rate %d and a throw of %d writes %i lines', (rate, thrown, lines) => {
    const fields = vi.fn<() => LogFields>(() => ({ seeders: 2 }));
    logSampled(rate, () => thrown, 'announce', fields);
    expect(linesOf(written)).toEqual(
      Array.from({ length: lines }, () => ({
        level: 'info',
        event: 'announce',
        sampleRate: rate,
        seeders: 2,
      })),
    );
    // Nothing is put together for a line that is not written.
    expect(fields).toHaveBeenCalledTimes(lines);
  });

  test('at rate 0 does not even ask for a random number', () => {
    const random = vi.fn<() => number>(() => 0);
    logSampled(0, random, 'announce', () => ({}));
    expect(random).not.toHaveBeenCalled();
  });

  test("a field cannot stand for the line's own", () => {
    logSampled(
      1,
      () => 0,
      'announce',
      () => ({ level: 'error', event: 'forged' }),
    );
    expect(linesOf(written)).toMatchObject([{ level: 'info', event: 'announce' }]);
  });
});
