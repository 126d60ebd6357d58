import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { TORRENT_FORMATS } from '../../shared/info-hash.ts';
import { writeTree } from '../support/content.ts';
import { runProgram } from '../support/run-program.ts';
import { createTempDir } from '../support/temp-dir.ts';

/** The recipe of `docs/torrents.md` in bytes: a release that makes other ones splits every swarm in two. */
const FIXTURES = new URL('../fixtures/torrents/', import.meta.url);

const FOLDER = {
  'golden/B': 20_000,
  'golden/a/b': 16_384,
  'golden/a/empty': 0,
  'golden/a-b': 100_001,
  'golden/a.txt': 5,
  'golden/é': 32_769,
};
const FILE = { 'golden.bin': 20_000_000 };
const ALL_OPTIONS =
  '--tracker http://a.example/announce --tracker udp://b.example:80 --web-seed https://c.example/ ' +
  '--private --source golden --comment ünïcode --date 2026-01-31 --piece-length 32KiB';

const CASES = TORRENT_FORMATS.flatMap((format) => [
  [`folder-${format}`, format, FOLDER, []] as const,
  [`file-${format}`, format, FILE, []] as const,
  [`options-${format}`, format, FOLDER, ALL_OPTIONS.split(' ')] as const,
]);

describe('the recipe', () => {
  test.each(CASES)('makes the same %s.torrent in every release', (name, format, files, options) => {
    const cwd = createTempDir();
    writeTree(cwd, files);
    const [root = ''] = (Object.keys(files)[0] ?? '').split('/');

    runProgram(['create', root, '-o', 'x.torrent', '--format', format, ...options], { cwd });

    const golden = readFileSync(new URL(`${name}.torrent`, FIXTURES));
    expect(readFileSync(join(cwd, 'x.torrent')).equals(golden)).toBe(true);
  });
});
