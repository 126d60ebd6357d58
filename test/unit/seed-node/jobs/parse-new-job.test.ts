import { describe, expect, test } from 'vitest';
import {
  MAX_DESCRIPTION_CHARACTERS,
  MAX_JOB_FILES,
  MAX_TITLE_CHARACTERS,
  MAX_WEB_SEEDS,
} from '../../../../seed-node/jobs/job-limits.ts';
import { parseNewJob } from '../../../../seed-node/jobs/parse-new-job.ts';
import { encodeUtf8 } from '../../../../shared/text.ts';

const RULES = { maxUploadBytes: 1_000, format: 'hybrid' } as const;

function parse(value: unknown) {
  return parseNewJob(encodeUtf8(JSON.stringify(value)), RULES);
}

function parsePaths(...paths: unknown[]) {
  return parse({ name: 'album', files: paths.map((path) => ({ path, size: 1 })) });
}

describe('parseNewJob()', () => {
  test('takes a folder, and what is said of it', () => {
    const details = { title: 'Title', description: 'Words\nand words', webSeeds: ['https://a/b/'] };
    const files = [
      { path: ['a', 'ü'], size: 1_000 },
      { path: ['empty'], size: 0 },
    ];
    expect(parse({ name: 'album', files, ...details })).toEqual({
      ok: true,
      value: {
        kind: 'publish',
        name: 'album',
        files: [
          { path: ['a', 'ü'], sizeBytes: 1_000 },
          { path: ['empty'], sizeBytes: 0 },
        ],
        sizeBytes: 1_000,
        format: 'hybrid',
        details,
      },
    });
  });

  test.each([[[]], [['album']]])('takes the path %j of an only file for the file alone', (path) => {
    expect(parsePaths(path)).toMatchObject({ value: { files: [{ path: [] }] } });
    expect(parsePaths(['other'])).toMatchObject({ value: { files: [{ path: ['other'] }] } });
  });

  test('takes a verification', () => {
    const infoHash = 'ab'.repeat(20);
    const parsed = parse({ kind: 'verify', infoHash: infoHash.toUpperCase() });
    expect(parsed).toEqual({ ok: true, value: { kind: 'verify', infoHash } });
    expect(parse({ kind: 'verify', infoHash: 'ab' })).toMatchObject({ ok: false });
  });

  test('takes a name of 255 bytes, and none of 256', () => {
    expect(parsePaths(['é'.repeat(127) + 'x'], ['b']).ok).toBe(true);
    expect(parsePaths(['é'.repeat(128)], ['b'])).toMatchObject({
      refusal: { code: 'unsafe-path' },
    });
    expect(parse({ name: 'x'.repeat(255), files: [{ path: ['a'], size: 1 }] }).ok).toBe(true);
    expect(parse({ name: 'x'.repeat(256), files: [{ path: ['a'], size: 1 }] }).ok).toBe(false);
  });

  test.each<[what: string, path: readonly string[]]>([
    ['a folder above', ['..', 'x']],
    ['a folder above, inside', ['a', '..', '..', 'x']],
    ['the folder itself', ['.']],
    ['an absolute path', ['/etc/passwd']],
    ['a slash in a name', ['a/b']],
    ['a backslash', ['..\\x']],
    ['a drive', ['C:x']],
    ['a NUL', ['a\0b']],
    ['an empty name', ['a', '']],
    ['no name', []],
    ['a lone surrogate', ['a\ud800']],
    ['more than 100 folders', Array.from({ length: 101 }, () => 'a')],
    ['more than 3,000 bytes', Array.from({ length: 13 }, () => 'a'.repeat(240))],
  ])('refuses a path with %s', (_what, path) => {
    expect(parsePaths(path, ['b'])).toMatchObject({
      refusal: { code: 'unsafe-path', at: 'files[0].path' },
    });
  });

  test.each(['..', '.', '/etc', 'a/b', '..\\x', 'C:x', 'a\0b', '', 'a\ud800'])(
    'refuses the name %j',
    (name) => {
      expect(parse({ name, files: [{ path: ['a'], size: 1 }] })).toMatchObject({
        refusal: { code: 'unsafe-path', at: 'name' },
      });
    },
  );

  test.each<[what: string, paths: readonly (readonly string[])[]]>([
    ['twice the same', [['a', 'b'], ['c'], ['a', 'b']]],
    ['a file that is a folder', [['a', 'b'], ['a']]],
    ['a folder that is a file', [['a'], ['a', 'b', 'c']]],
  ])('refuses paths of which %s', (_what, paths) => {
    expect(parsePaths(...paths)).toMatchObject({ refusal: { code: 'unsafe-path' } });
  });

  const good = { name: 'album', files: [{ path: ['a'], size: 1 }] };
  test.each<[what: string, value: unknown, code: string]>([
    ['a list', [], 'bad-body'],
    ['no name', { files: good.files }, 'bad-body'],
    ['a name of ours', { ...good, name: '.evertorrent' }, 'unsafe-path'],
    ['another kind', { ...good, kind: 'delete' }, 'bad-body'],
    ['no files', { name: 'album', files: [] }, 'bad-body'],
    ['a file that is a text', { ...good, files: ['a'] }, 'bad-body'],
    ['a path that is a text', { ...good, files: [{ path: 'a', size: 1 }] }, 'bad-body'],
    ['names that are numbers', { ...good, files: [{ path: [1], size: 1 }] }, 'bad-body'],
    ['a size below zero', { ...good, files: [{ path: ['a'], size: -1 }] }, 'bad-body'],
    ['half a byte', { ...good, files: [{ path: ['a'], size: 1.5 }] }, 'bad-body'],
    ['a size in words', { ...good, files: [{ path: ['a'], size: '1' }] }, 'bad-body'],
    ['empty files only', { ...good, files: [{ path: ['a'], size: 0 }] }, 'bad-body'],
    ['a byte too many', { ...good, files: [{ path: ['a'], size: 1_001 }] }, 'too-large'],
    ['another format', { ...good, format: 'v3' }, 'bad-body'],
    ['a long title', { ...good, title: 'x'.repeat(MAX_TITLE_CHARACTERS + 1) }, 'bad-body'],
    ['a title that is none', { ...good, title: 7 }, 'bad-body'],
    [
      'a long description',
      { ...good, description: 'x'.repeat(MAX_DESCRIPTION_CHARACTERS + 1) },
      'bad-body',
    ],
    ['a web seed that is none', { ...good, webSeeds: ['javascript:alert(1)'] }, 'bad-body'],
    [
      'many web seeds',
      { ...good, webSeeds: Array.from({ length: MAX_WEB_SEEDS + 1 }, () => 'http://a/') },
      'bad-body',
    ],
  ])('refuses %s', (_what, value, code) => {
    expect(parse(value)).toMatchObject({ ok: false, refusal: { code } });
  });

  test('refuses what is no JSON in UTF-8', () => {
    for (const bytes of [encodeUtf8('{'), Uint8Array.of(0xff), new Uint8Array()]) {
      expect(parseNewJob(bytes, RULES)).toMatchObject({ refusal: { code: 'bad-body' } });
    }
  });

  test('takes as many files as may be, and not one more', () => {
    const paths = Array.from({ length: MAX_JOB_FILES + 1 }, (_, n) => [`${n}`]);
    const rules = { ...RULES, maxUploadBytes: 1_000_000 };
    const body = (count: number): Uint8Array => {
      const files = paths.slice(0, count).map((path) => ({ path, size: 1 }));
      return encodeUtf8(JSON.stringify({ name: 'album', files }));
    };
    expect(parseNewJob(body(MAX_JOB_FILES), rules).ok).toBe(true);
    expect(parseNewJob(body(MAX_JOB_FILES + 1), rules)).toMatchObject({
      refusal: { code: 'too-large' },
    });
  });
});
