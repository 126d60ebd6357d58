import { truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { TORRENT_FORMATS, type TorrentFormat } from '../../shared/info-hash.ts';
import { writeTree } from '../support/content.ts';
import { runTool } from '../support/run-client.ts';
import { runForJson, runProgram } from '../support/run-program.ts';
import { createTempDir } from '../support/temp-dir.ts';
import {
  hashByAria2,
  hashByTransmission,
  hashesByLibtorrent,
  hashesByQbittorrent,
  type HashPair,
  makeWithLibtorrent,
} from './other-makers.ts';

const KIB = 1024;
/** The smallest that mktorrent makes. */
const PIECE_LENGTH = 32 * KIB;
const TRACKER = 'http://tracker.example/announce';

type Tree = Readonly<Record<string, number>>;

const MANY_FILES: Tree = Object.fromEntries(
  Array.from({ length: 10_000 }, (_, index) => [
    `tree/${index % 100}/${index}.txt`,
    1 + ((index * 7919) % 3_000),
  ]),
);

const FLAT_TREES: readonly (readonly [name: string, files: Tree])[] = [
  ['a file of exactly k pieces', { 'one.bin': 4 * PIECE_LENGTH }],
  ['a file of k pieces and one byte', { 'one.bin': 4 * PIECE_LENGTH + 1 }],
  ['a file smaller than a block', { 'one.bin': 5 }],
  ['a file of 50 MB', { 'one.bin': 50_000_000 }],
  [
    'a flat folder',
    { 'tree/a.txt': 100, 'tree/a-b': 40 * KIB, 'tree/B': 1, 'tree/ünïcode': 17 * KIB },
  ],
];

const TREES: readonly (readonly [name: string, files: Tree])[] = [
  ...FLAT_TREES,
  [
    'empty files among others',
    { 'tree/a': 0, 'tree/b': 70_000, 'tree/c': 0, 'tree/d': PIECE_LENGTH, 'tree/e': 0 },
  ],
  ['deep folders', { 'tree/a/b/c/d/e/f/g/h/i/j/file': 100_000, 'tree/a/b/c/other': 3 }],
  [
    'a-b beside a/b beside a.txt',
    { 'tree/a-b': 40_000, 'tree/a/b': 50_000, 'tree/a.txt': 60_000, 'tree/A': 1 },
  ],
  [
    'unicode names, composed and not',
    { 'tree/\u00E9': 40_000, 'tree/e\u0301': 50_000, 'tree/日本': 6 },
  ],
  ['10,000 small files', MANY_FILES],
];

interface Made {
  readonly dir: string;
  readonly root: string;
  readonly torrent: string;
  readonly hashes: HashPair;
}

function prepare(files: Tree): { readonly dir: string; readonly root: string } {
  const dir = createTempDir();
  writeTree(dir, files);
  return { dir, root: join(dir, Object.keys(files)[0]?.split('/')[0] ?? '') };
}

function create(
  { dir, root }: { readonly dir: string; readonly root: string },
  format: TorrentFormat,
): Made {
  const torrent = join(dir, `${format}.torrent`);
  const made = runForJson(
    ['create', root, '-o', torrent, '--format', format, '--tracker', TRACKER].concat(
      '--piece-length',
      String(PIECE_LENGTH),
    ),
    { cwd: dir },
  );
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what the program printed
  const { infoHash, infoHashV2 } = made as { infoHash: string | null; infoHashV2: string | null };
  return { dir, root, torrent, hashes: [infoHash, infoHashV2] };
}

describe.each(TREES)('the info-hashes of %s', (_name, files) => {
  test.each(TORRENT_FORMATS)('in %s equal those that libtorrent makes and reads', (format) => {
    const made = create(prepare(files), format);

    expect(makeWithLibtorrent(made.root, format, PIECE_LENGTH)).toEqual(made.hashes);
    expect(hashesByLibtorrent(made.torrent)).toEqual(made.hashes);
  });
});

test.each(TORRENT_FORMATS)(
  'the info-hashes of a 5 GB sparse file in %s equal libtorrent’s',
  (format) => {
    const dir = createTempDir();
    const root = join(dir, 'sparse.bin');
    writeFileSync(root, '');
    truncateSync(root, 5_000_000_001);
    const torrent = join(dir, 'x.torrent');
    const pieceLength = 8 * KIB * KIB;

    const made = runForJson(['create', root, '-o', torrent, '--format', format], { cwd: dir });

    const [v1, v2] = makeWithLibtorrent(root, format, pieceLength);
    expect(made).toMatchObject({ infoHash: v1, infoHashV2: v2, pieceLength });
  },
);

describe.each(FLAT_TREES)('the v1 info-hash of %s', (_name, files) => {
  test('equals that of mktorrent, transmission-show and aria2', () => {
    const made = create(prepare(files), 'v1');
    const theirs = join(made.dir, 'theirs.torrent');
    const exponent = String(Math.log2(PIECE_LENGTH));

    runTool('mktorrent', ['-d', '-l', exponent, '-a', TRACKER, '-o', theirs, made.root]);

    expect(hashByTransmission(theirs)).toBe(made.hashes[0]);
    expect(hashByTransmission(made.torrent)).toBe(made.hashes[0]);
    expect(hashByAria2(made.torrent)).toBe(made.hashes[0]);
  });
});

describe('where libtorrent departs from the BEPs', () => {
  test('it pads behind the last file by default: that hybrid is read here as well', () => {
    const { dir, root } = prepare({ 'tree/a': 40_000, 'tree/b': 50_000 });
    const theirs = join(dir, 'theirs.torrent');
    const hashes = makeWithLibtorrent(root, 'hybrid', PIECE_LENGTH, {
      padsTail: true,
      output: theirs,
    });

    expect(runForJson(['show', theirs], { cwd: dir })).toMatchObject({
      infoHash: hashes[0],
      infoHashV2: hashes[1],
      defects: [],
    });
    expect(runProgram(['verify', theirs, dir], { cwd: dir }).exitCode).toBe(0);
    expect(create({ dir, root }, 'hybrid').hashes).not.toEqual(hashes);
  });

  test('it makes nothing of zero bytes, and so it is refused here, with a reason', () => {
    const { dir, root } = prepare({ 'tree/a': 0 });
    expect(() => makeWithLibtorrent(root, 'v1', PIECE_LENGTH)).toThrow('invalid length');
    const refused = runProgram(['create', root], { cwd: dir });
    expect(refused.stderr).toMatch(/all its files are empty/);
  });
});

test.each(TORRENT_FORMATS)(
  'qBittorrent loads a %s under the hashes that are printed',
  async (format) => {
    const made = create(
      prepare({ 'tree/a/b': 50_000, 'tree/a-b': 40_000, 'tree/c': 0, 'tree/\u00E9': 7 }),
      format,
    );
    expect(await hashesByQbittorrent(made.torrent)).toEqual(made.hashes);
  },
);
