import { describe, expect, test } from 'vitest';
import { createLog, describeCause, LOG_LEVELS, type LogLevel } from '../../../seed-node/log.ts';

function linesAt(level: LogLevel): string[] {
  const lines: string[] = [];
  const log = createLog(level, (line) => lines.push(line));
  log.debug('d');
  log.info('i');
  log.warn('w');
  log.error('e');
  return lines;
}

describe('createLog()', () => {
  test.each<[level: LogLevel, lines: string[]]>([
    ['debug', ['debug: d\n', 'i\n', 'warn: w\n', 'error: e\n']],
    ['info', ['i\n', 'warn: w\n', 'error: e\n']],
    ['warn', ['warn: w\n', 'error: e\n']],
    ['error', ['error: e\n']],
    ['silent', []],
  ])('at %s', (level, lines) => {
    expect(linesAt(level)).toEqual(lines);
  });

  test('knows every level that can be chosen', () => {
    expect(LOG_LEVELS.map((level) => linesAt(level).length)).toEqual([4, 3, 2, 1, 0]);
  });

  test('writes the cause behind the message', () => {
    const lines: string[] = [];
    const log = createLog('info', (line) => lines.push(line));
    log.warn('it failed', new Error('why'));
    log.error('it failed', 'text');
    expect(lines).toEqual(['warn: it failed: why\n', 'error: it failed: text\n']);
  });

  test('indents every line but the first, of message and cause alike', () => {
    const lines: string[] = [];
    const log = createLog('info', (line) => lines.push(line));
    log.info('a\nerror: b\r\n\rc');
    log.warn('a\nb', new Error('c\nerror: d', { cause: 'e\nf' }));
    expect(lines).toEqual(['a\n  error: b\n  c\n', 'warn: a\n  b: c\n  error: d: e\n  f\n']);
  });
});

/** Errors of `messages`, each the cause of the one before it. */
function chain(messages: readonly string[]): Error {
  const [first, ...rest] = messages;
  return rest.length === 0 ? new Error(first) : new Error(first, { cause: chain(rest) });
}

function itsOwnCause(): Error {
  const error = new Error('a');
  error.cause = error;
  return error;
}

describe('describeCause()', () => {
  test.each<[name: string, cause: unknown, text: string]>([
    ['an error', new Error('a'), 'a'],
    ['an error with its cause', new Error('a', { cause: new Error('b') }), 'a: b'],
    ['a chain of causes', new Error('a', { cause: new Error('b', { cause: 'c' }) }), 'a: b: c'],
    ['a cause that is null', new Error('a', { cause: null }), 'a: null'],
    ['five errors', chain(['a', 'b', 'c', 'd', 'e']), 'a: b: c: d: e'],
    ['the first five of six errors', chain(['a', 'b', 'c', 'd', 'e', 'f']), 'a: b: c: d: e'],
    ['an error that is its own cause', itsOwnCause(), 'a: a: a: a: a'],
    ['text', 'a', 'a'],
    ['null', null, 'null'],
    ['a number', 7, '7'],
  ])('%s', (_name, cause, text) => {
    expect(describeCause(cause)).toBe(text);
  });
});
