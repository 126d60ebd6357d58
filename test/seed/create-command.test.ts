import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type Metainfo, parseMetainfo } from '../../shared/metainfo.ts';
import { invariant } from '../../shared/invariant.ts';
import { writeTree } from '../support/content.ts';
import { runForJson, runProgram } from '../support/run-program.ts';
import { createTempDir } from '../support/temp-dir.ts';

function parse(bytes: Uint8Array): Metainfo {
  const parsed = parseMetainfo(bytes);
  invariant(parsed.ok, 'the .torrent parses');
  return parsed.value;
}

function pathsIn(torrent: string): string[] {
  return parse(readFileSync(torrent)).info.files.map((file) => file.path.join('/'));
}

describe('evertorrent create', () => {
  test('writes <name>.torrent where it is called, and prints what it made', () => {
    const cwd = createTempDir();
    writeTree(cwd, { 'one.bin': 100_000 });

    const { exitCode, stdout } = runProgram(['create', 'one.bin'], { cwd });

    expect(exitCode).toBe(0);
    expect(readdirSync(cwd).toSorted()).toEqual(['one.bin', 'one.bin.torrent']);
    expect(stdout.toString()).toMatch(/one\.bin {2}\(v1, 100 kB, 1 file, 7 × 16 KiB\)/);
    expect(stdout.toString()).toMatch(/magnet:\?xt=urn:btih:[0-9a-f]{40}&dn=one\.bin$/m);
  });

  test('takes every option into the file', () => {
    const cwd = createTempDir();
    writeTree(cwd, { 'tree/a': 100_000, 'tree/b': 1 });

    const made = runForJson(
      (
        'create tree -o x.torrent --format hybrid --piece-length 32KiB ' +
        '--tracker http://a.example/announce --tracker udp://b.example:80 ' +
        '--web-seed https://c.example/ --private --source S --comment ü --date 2026-01-31 --threads 2'
      ).split(' '),
      { cwd },
    );

    const metainfo = parse(readFileSync(join(cwd, 'x.torrent')));
    expect(metainfo).toMatchObject({
      trackers: [['http://a.example/announce'], ['udp://b.example:80']],
      webSeeds: ['https://c.example/'],
      comment: 'ü',
      createdBy: undefined,
      createdAtSeconds: Date.UTC(2026, 0, 31) / 1000,
      info: { format: 'hybrid', pieceLengthBytes: 32_768, isPrivate: true, source: 'S' },
    });
    expect(made).toMatchObject({ format: 'hybrid', size: 100_001, files: 2, pieces: 5 });
  });

  test('makes the same bytes of the same files in another place', () => {
    const [here, there] = [createTempDir(), createTempDir()];
    for (const cwd of [here, there]) {
      writeTree(cwd, { 'tree/b': 40_000, 'tree/a/c': 5 });
      expect(runProgram(['create', 'tree', '--format', 'v2'], { cwd }).exitCode).toBe(0);
    }
    const [one, other] = [here, there].map((cwd) => readFileSync(join(cwd, 'tree.torrent')));
    expect(other).toEqual(one);
  });

  test('writes to stdout for "-", and says the rest on stderr', () => {
    const cwd = createTempDir();
    writeTree(cwd, { 'tree/a': 10 });

    const { stdout, stderr } = runProgram(['create', 'tree', '-o', '-'], { cwd });

    expect(parse(stdout).info.name).toBe('tree');
    expect(stderr).toMatch(/written {2}stdout/);
    expect(readdirSync(cwd)).toEqual(['tree']);
  });

  test('overwrites nothing unless told', () => {
    const cwd = createTempDir();
    writeTree(cwd, { 'tree/a': 10 });
    writeFileSync(join(cwd, 'tree.torrent'), 'precious');

    const refused = runProgram(['create', 'tree'], { cwd });

    expect(refused.exitCode).toBe(1);
    expect(refused.stderr).toMatch(/tree\.torrent exists already; overwrite it with --force/);
    expect(readFileSync(join(cwd, 'tree.torrent'), 'utf8')).toBe('precious');
    expect(runProgram(['create', 'tree', '--force'], { cwd }).exitCode).toBe(0);
    expect(pathsIn(join(cwd, 'tree.torrent'))).toEqual(['a']);
  });

  test('leaves its own output out of the folder that it describes', () => {
    const cwd = join(createTempDir(), 'tree');
    writeTree(cwd, { a: 10 });

    for (let run = 0; run < 2; run += 1) {
      expect(runProgram(['create', '.', '--force'], { cwd }).exitCode).toBe(0);
      expect(pathsIn(join(cwd, 'tree.torrent'))).toEqual(['a']);
    }
  });

  test('leaves out junk and what is excluded, and keeps what is hidden', () => {
    const cwd = createTempDir();
    writeTree(cwd, {
      'tree/.DS_Store': 1,
      'tree/.hidden': 1,
      'tree/a.tmp': 1,
      'tree/build/x': 1,
      'tree/sub/Thumbs.db': 1,
      'tree/sub/a.txt': 1,
      'tree/sub/build/y': 1,
    });
    const args = ['create', 'tree', '--force', '--exclude', '*.tmp', '--exclude', 'build/**'];

    const { stderr } = runProgram(args, { cwd });

    expect(pathsIn(join(cwd, 'tree.torrent'))).toEqual(['.hidden', 'sub/a.txt', 'sub/build/y']);
    expect(stderr).toMatch(/Left out \.DS_Store: junk\nLeft out sub\/Thumbs\.db: junk/);
    runProgram([...args, '--include-junk'], { cwd });
    expect(pathsIn(join(cwd, 'tree.torrent'))).toContain('sub/Thumbs.db');
  });

  test('follows links when told, but never out of the folder and never in circles', () => {
    const cwd = createTempDir();
    writeTree(cwd, { 'tree/a/x': 5, 'tree/b': 6, secret: 7 });
    const link = (to: string, name: string): void => symlinkSync(to, join(cwd, 'tree', name));
    link('a', 'folder-link');
    link('b', 'file-link');
    link('../secret', 'out');
    link('..', 'parent');
    link('.', 'a/circle');
    link('nowhere', 'nothing');

    const followed = runProgram(['create', 'tree', '--follow-symlinks'], { cwd });

    expect(pathsIn(join(cwd, 'tree.torrent'))).toEqual(['a/x', 'b', 'file-link', 'folder-link/x']);
    expect(followed.stderr).toMatch(/Left out out: a symbolic link out of the folder/);
    expect(followed.stderr).toMatch(/Left out parent: a symbolic link/);
    expect(followed.stderr).toMatch(/Left out a\/circle: a symbolic link to a folder around it/);
    expect(followed.stderr).toMatch(/Left out nothing: a symbolic link to nothing/);
    runProgram(['create', 'tree', '--force'], { cwd });
    expect(pathsIn(join(cwd, 'tree.torrent'))).toEqual(['a/x', 'b']);
  });

  test.each([
    ['a private torrent without a tracker', ['--private'], /private torrent without a tracker/],
    ['no tracker', [], /Without a tracker it is found by DHT only/],
    ['very long pieces', ['--piece-length', '64MiB'], /Pieces of 64 MiB are shared late/],
    ['few pieces', ['--piece-length', '1MiB'], /With one piece only/],
    ['v2 alone', ['--format', 'v2'], /v2 alone is for libtorrent 2/],
    ['padding', ['--format', 'hybrid', '--piece-length', '1MiB'], /Padding adds 1\.0 MB to 500 kB/],
  ])('warns of %s', (_case, options, warning) => {
    const cwd = createTempDir();
    writeTree(cwd, { 'tree/a': 10, 'tree/b': 500_000 });
    expect(runProgram(['create', 'tree', ...options], { cwd }).stderr).toMatch(warning);
  });

  test.each([
    ['an unknown format', ['--format', 'v3'], /Allowed choices are v1, hybrid, v2/],
    ['a piece length of no power', ['--piece-length', '100KiB'], /power of two from 16KiB to 1GiB/],
    ['a small piece length', ['--piece-length', '8KiB'], /power of two from 16KiB/],
    [
      'a tracker that is none',
      ['--tracker', 'example'],
      /not a URL of http, https, ws, wss or udp/,
    ],
    ['a web seed that is none', ['--web-seed', 'udp://x'], /not a URL of http, https or ftp/],
    ['a date that is none', ['--date', 'yesterday'], /A date is like 2026-01-31/],
    ['a date that no calendar has', ['--date', '2026-13-01'], /A date is like/],
    ['no threads', ['--threads', '0'], /Threads are 1 to 64/],
  ])('refuses %s as wrong usage', (_case, options, message) => {
    const cwd = createTempDir();
    writeTree(cwd, { 'tree/a': 10 });

    const { exitCode, stderr } = runProgram(['create', 'tree', ...options], { cwd });

    expect(exitCode).toBe(2);
    expect(stderr).toMatch(message);
    expect(readdirSync(cwd)).toEqual(['tree']);
  });

  test('refuses what cannot be published, by name, and writes nothing', () => {
    const cwd = createTempDir();
    mkdirSync(join(cwd, 'tree'));
    execFileSync('bash', ['-c', `printf x > "$0"/$'bad\\xff'`, join(cwd, 'tree')]);

    const { exitCode, stderr } = runProgram(['create', 'tree'], { cwd });

    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/Cannot publish .*tree\/bad.*: its name is not UTF-8/);
    expect(existsSync(join(cwd, 'tree.torrent'))).toBe(false);
  });

  test('ends with 130 when it is interrupted, and leaves nothing behind', () => {
    const cwd = createTempDir();
    writeFileSync(join(cwd, 'big'), '');
    truncateSync(join(cwd, 'big'), 20_000_000_000);
    const script = '"$0" "$1" create big & pid=$!; sleep 2; kill -INT $pid; wait $pid';
    const main = new URL('../../seed-node/main.ts', import.meta.url).pathname;

    const code = execFileSync('bash', ['-c', `${script}; echo $?`, process.execPath, main], {
      cwd,
      encoding: 'utf8',
    });

    expect(code.trim()).toBe('130');
    expect(readdirSync(cwd)).toEqual(['big']);
  });
});
