import {
  appendFileSync,
  mkdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { encodeBencode } from '../../shared/bencode.ts';
import { TORRENT_FORMATS } from '../../shared/info-hash.ts';
import { writeTree } from '../support/content.ts';
import { runForJson, runProgram } from '../support/run-program.ts';
import { createTempDir } from '../support/temp-dir.ts';

/** In all formats each of the first two files has its own pieces; `c` shares one with `b` in v1. */
const FILES = { 'tree/a': 65_536, 'tree/b': 40_000, 'tree/c': 10, 'tree/empty': 0 };

function prepare(format: string): string {
  const cwd = createTempDir();
  writeTree(cwd, FILES);
  runProgram(['create', 'tree', '--format', format], { cwd });
  return cwd;
}

function flip(path: string, offset: number): void {
  const bytes = readFileSync(path);
  bytes[offset] = (bytes[offset] ?? 0) ^ 1;
  writeFileSync(path, bytes);
}

describe.each(TORRENT_FORMATS)('evertorrent verify, %s', (format) => {
  test.each(['tree', '.'])('finds everything right at %s', (path) => {
    const cwd = prepare(format);
    const { exitCode, stdout } = runProgram(['verify', 'tree.torrent', path], { cwd });
    expect(stdout.toString()).toMatch(/^All right: 4 files, 106 kB, [78] pieces at /);
    expect(exitCode).toBe(0);
  });

  test.each([
    ['one wrong byte', (tree: string) => flip(join(tree, 'a'), 20_000), ['a wrong-data 1']],
    ['a missing file', (tree: string) => rmSync(join(tree, 'a')), ['a missing 0,1,2,3']],
    ['a missing empty file', (tree: string) => rmSync(join(tree, 'empty')), ['empty missing ']],
    ['a short file', (tree: string) => truncateSync(join(tree, 'a'), 50_000), ['a too-short 3']],
    ['a long file', (tree: string) => appendFileSync(join(tree, 'a'), 'x'), ['a too-long ']],
    [
      'an empty file with bytes',
      (tree: string) => writeFileSync(join(tree, 'empty'), 'x'),
      ['empty too-long '],
    ],
    [
      'a folder for a file',
      (tree: string) => {
        rmSync(join(tree, 'a'));
        mkdirSync(join(tree, 'a'));
      },
      ['a not-a-file 0,1,2,3'],
    ],
  ])('names the file and the pieces of %s, and exits 3', (_case, damage, expected) => {
    const cwd = prepare(format);
    damage(join(cwd, 'tree'));

    const found = runForJson(['verify', 'tree.torrent', '.'], { cwd });
    const { exitCode, stdout } = runProgram(['verify', 'tree.torrent', '.'], { cwd });

    expect(describeFound(found)).toEqual(expected);
    expect(exitCode).toBe(3);
    expect(stdout.toString()).toMatch(/^Wrong: 1 of 4 files/m);
  });
});

function describeFound(found: unknown): string[] {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what the program printed
  const { badFiles } = found as {
    badFiles: { path: string; finding: string; badPieces: number[] }[];
  };
  return badFiles.map(
    ({ path, finding, badPieces }) => `${path} ${finding} ${badPieces.join(',')}`,
  );
}

describe('evertorrent verify', () => {
  test('blames every file of a piece that holds several', () => {
    const cwd = prepare('v1');
    flip(join(cwd, 'tree/c'), 0);
    expect(describeFound(runForJson(['verify', 'tree.torrent', '.'], { cwd }))).toEqual([
      'b wrong-data 6',
      'c wrong-data 6',
    ]);
  });

  test('a hybrid’s wrong v1 half is found though its v2 half is right', () => {
    const cwd = prepare('hybrid');
    const torrent = readFileSync(join(cwd, 'tree.torrent'));
    const at = torrent.indexOf('6:pieces160:') + '6:pieces160:'.length;
    torrent[at] = (torrent[at] ?? 0) ^ 1;
    writeFileSync(join(cwd, 'tree.torrent'), torrent);
    expect(describeFound(runForJson(['verify', 'tree.torrent', '.'], { cwd }))).toEqual([
      'a wrong-data 0',
    ]);
  });

  test('finds the same on one thread and on several, in content of many megabytes', () => {
    const cwd = createTempDir();
    writeTree(cwd, { 'tree/a': 9_000_000, 'tree/b': 3_000_000, 'tree/c': 20 });
    runProgram(['create', 'tree', '--format', 'hybrid'], { cwd });
    flip(join(cwd, 'tree/a'), 5_000_000);
    truncateSync(join(cwd, 'tree/b'), 2_999_999);
    rmSync(join(cwd, 'tree/c'));
    const found = ['1', '2', '5'].map((threads) =>
      describeFound(runForJson(['verify', 'tree.torrent', '.', '--threads', threads], { cwd })),
    );
    expect(found).toEqual(
      found.map(() => ['a wrong-data 305', 'b too-short 733', 'c missing 734']),
    );
  });

  test('never follows a name out of the folder', () => {
    const cwd = createTempDir();
    writeTree(cwd, { 'tree/a': 5, secret: 5 });
    const info = {
      files: [
        { length: 5, path: ['..', 'secret'] },
        { length: 5, path: ['a'] },
      ],
      name: 'tree',
      'piece length': 16_384,
      pieces: new Uint8Array(20),
    };
    writeFileSync(join(cwd, 'evil.torrent'), encodeBencode({ info }));

    const { exitCode, stdout } = runProgram(['verify', 'evil.torrent', 'tree'], { cwd });

    expect(exitCode).toBe(3);
    expect(stdout.toString()).toMatch(/secret: not looked at, its name leads out of the folder/);
  });

  test('says where nothing is, and exits 1', () => {
    const cwd = prepare('v1');
    const { exitCode, stderr } = runProgram(['verify', 'tree.torrent', 'elsewhere'], { cwd });
    expect(stderr).toMatch(/Cannot verify .*elsewhere: nothing is there/);
    expect(exitCode).toBe(1);
  });
});
