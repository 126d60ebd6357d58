import { execFileSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { curlLine } from '../../../../tracker-worker/pages/curl-line.ts';

const url = (path: readonly string[]): string => `https://edge.example/${path.join('/')}`;
const file = (...path: string[]) => ({ path, lengthBytes: 1, offsetBytes: 0 });

/** What a shell makes of a line: the words after `curl`. */
function wordsOf(line: string | undefined): string[] {
  const script = `curl() { printf '%s\\0' "$@"; }\n${line}`;
  return execFileSync('sh', ['-c', script], { encoding: 'utf8' }).split('\0').slice(0, -1);
}

describe('curlLine()', () => {
  test('resumes one file under its own name', () => {
    expect(curlLine('one.iso', [file()], url)).toBe(
      "curl -fL -C - \\\n  -o 'one.iso' 'https://edge.example/'",
    );
  });

  test('makes the folders of several', () => {
    expect(wordsOf(curlLine('album', [file('a.txt'), file('b', 'c.txt')], url))).toEqual([
      '-fL',
      '-C',
      '-',
      '--create-dirs',
      '-o',
      'album/a.txt',
      'https://edge.example/a.txt',
      '-o',
      'album/b/c.txt',
      'https://edge.example/b/c.txt',
    ]);
  });

  test.each([
    ['it\'s; touch $HOME `id` "x"', 'it\'s; touch $HOME `id` "x"'],
    ["'", "'"],
    ['a\nb\u202ec', 'a\ufffdb\ufffdc'],
  ])('leaves a shell nothing to run in %j', (name, target) => {
    expect(wordsOf(curlLine(name, [file()], () => 'https://edge.example/'))).toEqual([
      '-fL',
      '-C',
      '-',
      '-o',
      target,
      'https://edge.example/',
    ]);
  });

  test('of more than eight files is none', () => {
    const files = Array.from({ length: 9 }, (_, n) => file(String(n)));
    expect(curlLine('many', files.slice(1), url)).toBeDefined();
    expect(curlLine('many', files, url)).toBeUndefined();
  });
});
