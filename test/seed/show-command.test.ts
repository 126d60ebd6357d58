import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { encodeBencode } from '../../shared/bencode.ts';
import { writeTree } from '../support/content.ts';
import { runForJson, runProgram } from '../support/run-program.ts';
import { createTempDir } from '../support/temp-dir.ts';

describe('evertorrent show', () => {
  test('prints a summary and the tree', () => {
    const cwd = createTempDir();
    writeTree(cwd, { 'tree/a/b': 40_000, 'tree/a/c': 0, 'tree/d': 5 });
    runProgram(['create', 'tree', '--format', 'hybrid', '--comment', 'hello'], { cwd });

    const { exitCode, stdout } = runProgram(['show', 'tree.torrent'], { cwd });

    expect(exitCode).toBe(0);
    expect(stdout.toString()).toMatch(/^tree\n {2}format {5}hybrid\n {2}v1 {9}[0-9a-f]{40}\n/);
    expect(stdout.toString()).toContain('  comment    hello\n');
    expect(stdout.toString()).toContain(
      ['└─ tree', '   ├─ a', '   │  ├─ b  40.0 kB', '   │  └─ c  0 B', '   └─ d  5 B', ''].join(
        '\n',
      ),
    );
  });

  test('prints everything as JSON, from stdin too', () => {
    const cwd = createTempDir();
    writeTree(cwd, { 'tree/a': 40_000, 'tree/b': 5 });
    const torrent = runProgram(['create', 'tree', '--format', 'v2', '-o', '-'], { cwd }).stdout;

    const shown = runForJson(['show', '-'], { cwd, input: torrent });

    expect(shown).toMatchObject({
      type: 'torrent',
      format: 'v2',
      infoHash: null,
      size: 40_005,
      pieces: 4,
      files: [
        { path: ['a'], length: 40_000, offset: 0 },
        { path: ['b'], length: 5, offset: 49_152 },
      ],
      pieceHashes: null,
      defects: [],
    });
  });

  test('shows a stranger’s torrent by the hash of its raw bytes, and names its defects', () => {
    const cwd = createTempDir();
    // `name` before `length`: not in the order of bencoding.
    const info = `d4:name1:x6:lengthi5e12:piece lengthi16384e6:pieces20:${'h'.repeat(20)}e`;
    writeFileSync(join(cwd, 'x.torrent'), `d4:info${info}e`);

    const shown = runForJson(['show', 'x.torrent'], { cwd });

    expect(shown).toMatchObject({
      name: 'x',
      infoHash: createHash('sha1').update(info).digest('hex'),
      defects: ['dictionary keys are not in byte order (at byte 17)'],
    });
  });

  test('shows what a name could do to a terminal as harmless text', () => {
    const cwd = createTempDir();
    const info = {
      length: 5,
      name: 'x\u001B[2Jy',
      'piece length': 16_384,
      pieces: new Uint8Array(20),
    };
    writeFileSync(join(cwd, 'x.torrent'), encodeBencode({ info }));

    expect(runProgram(['show', 'x.torrent'], { cwd }).stdout.toString()).not.toContain('\u001B');
  });

  test('shows a magnet link, its selected files too', () => {
    const cwd = createTempDir();
    const link = `magnet:?xt=urn:btih:${'ab'.repeat(20)}&dn=a+name&tr=udp%3A%2F%2Fx.example%3A80&so=0,2-4`;

    expect(runForJson(['show', link], { cwd })).toMatchObject({
      type: 'magnet',
      infoHash: 'ab'.repeat(20),
      name: 'a name',
      trackers: ['udp://x.example:80'],
      selectedFiles: [
        { first: 0, last: 0 },
        { first: 2, last: 4 },
      ],
    });
  });

  test.each([
    ['what is not there', 'nothing.torrent', /nothing\.torrent: there is no such file/],
    ['what is no torrent', 'text', /Cannot read text: /],
    ['a magnet link without a hash', 'magnet:?dn=x', /the link has no info-hash \(at xt\)/],
  ])('says why it cannot show %s', (_case, source, message) => {
    const cwd = createTempDir();
    writeFileSync(join(cwd, 'text'), 'hello');

    const { exitCode, stdout, stderr } = runProgram(['show', source], { cwd });

    expect(exitCode).toBe(1);
    expect(stderr).toMatch(message);
    expect(stdout.toString()).toBe('');
  });
});
