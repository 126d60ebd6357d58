import { appendFileSync, readFileSync, truncateSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { HashOptions } from '../../seed-node/hashing/hashing-threads.ts';
import { infoHashesOf } from '../../seed-node/hashing/info-hashes.ts';
import { makeTorrent, type TorrentRecipe } from '../../seed-node/publish/make-torrent.ts';
import { PublishError } from '../../seed-node/publish/publish-error.ts';
import { scanContent } from '../../seed-node/publish/scan-content.ts';
import { toHex } from '../../shared/bytes.ts';
import { TORRENT_FORMATS } from '../../shared/info-hash.ts';
import { writeTree } from '../support/content.ts';
import {
  referencePieceHashes,
  referencePieceLayer,
  referencePiecesRoot,
} from '../support/reference-hashes.ts';
import { createTempDir } from '../support/temp-dir.ts';

const KIB = 1024;
const MIB = 1024 * KIB;
const PIECE_LENGTH = 64 * KIB;

function recipe(overrides: Partial<TorrentRecipe> = {}): TorrentRecipe {
  return {
    format: 'v1',
    pieceLengthBytes: PIECE_LENGTH,
    isPrivate: false,
    source: undefined,
    ...overrides,
  };
}

function options(overrides: Partial<HashOptions> = {}): HashOptions {
  return { signal: new AbortController().signal, onProgress: () => {}, ...overrides };
}

const TREES: readonly (readonly [name: string, files: Readonly<Record<string, number>>])[] = [
  ['exactly k pieces', { a: 4 * PIECE_LENGTH }],
  ['k pieces and one byte', { a: 4 * PIECE_LENGTH + 1 }],
  ['one byte', { a: 1 }],
  ['a file of exactly one piece beside others', { a: PIECE_LENGTH, b: PIECE_LENGTH + 1, c: 3 }],
  ['files across piece borders, empty ones among them', { a: 100_000, b: 0, c: 3 * MIB + 7, d: 1 }],
  ['empty files at both ends', { a: 0, b: 70_000, c: 0, d: 20_000, e: 0 }],
  ['more than one thread takes', { a: 5 * MIB + 1, b: 9 * KIB, c: 2 * MIB }],
];

describe('makeTorrent()', () => {
  const cases = TREES.flatMap(([name, files]) =>
    TORRENT_FORMATS.map((format) => [name, format, files] as const),
  );
  test.each(cases)('of %s in %s has the hashes that the BEPs say', async (_name, format, files) => {
    const root = join(createTempDir(), 'tree');
    writeTree(root, files);

    const made = await makeTorrent(await scanContent(root), recipe({ format }), options());

    const contents = Object.keys(files).map((path) => readFileSync(join(root, path)));
    const sha1 = made.info.pieceHashes === undefined ? undefined : toHex(made.info.pieceHashes);
    const isPadded = format === 'hybrid';
    expect(sha1).toBe(
      format === 'v2' ? undefined : referencePieceHashes(contents, PIECE_LENGTH, isPadded).join(''),
    );
    const roots = made.info.files.map(({ piecesRoot }) => piecesRoot && toHex(piecesRoot));
    const hasRoot = (file: Uint8Array): boolean => format !== 'v1' && file.length > 0;
    expect(roots).toEqual(
      contents.map((file) => (hasRoot(file) ? referencePiecesRoot(file) : undefined)),
    );
    const layers = [...(made.pieceLayers ?? [])].map(([root_, layer]) => [root_, toHex(layer)]);
    const layered = contents.filter((file) => format !== 'v1' && file.length > PIECE_LENGTH);
    expect(Object.fromEntries(layers)).toEqual(
      Object.fromEntries(
        layered.map((file) => [referencePiecesRoot(file), referencePieceLayer(file, PIECE_LENGTH)]),
      ),
    );
    expect(made.hashes).toEqual(infoHashesOf(made.infoBytes, format));
  });

  test.each(TORRENT_FORMATS)('makes the same %s with any number of threads', async (format) => {
    const root = join(createTempDir(), 'tree');
    writeTree(root, { a: 6 * MIB + 5, b: 3 * MIB, c: 100 });
    const content = await scanContent(root);

    const one = await makeTorrent(content, recipe({ format }), options({ threads: 1 }));
    const five = await makeTorrent(content, recipe({ format }), options({ threads: 5 }));
    const own = await makeTorrent(
      content,
      recipe({ format }),
      options({ threads: 1, usesThisThread: true }),
    );
    const mixed = await makeTorrent(
      content,
      recipe({ format }),
      options({ threads: 3, usesThisThread: true }),
    );

    for (const other of [five, own, mixed]) {
      expect(other.hashes).toEqual(one.hashes);
      expect(other.pieceLayers).toEqual(one.pieceLayers);
    }
  });

  test('tells how far it is, in bytes of files, and at the end that it is there', async () => {
    const root = join(createTempDir(), 'tree');
    writeTree(root, { a: 5 * MIB, b: 100 });
    const told: number[] = [];

    await makeTorrent(
      await scanContent(root),
      recipe({ format: 'hybrid' }),
      options({ onProgress: (bytes) => told.push(bytes) }),
    );

    expect(told.at(-1)).toBe(5 * MIB + 100);
    expect(told.toSorted((a, b) => a - b)).toEqual(told);
  });

  test.each([
    ['grows', (path: string) => appendFileSync(path, 'x')],
    ['shrinks', (path: string) => truncateSync(path, MIB)],
    ['is written over', (path: string) => utimesSync(path, 1, 1)],
  ])('refuses a file that %s after it was listed, by name', async (_case, change) => {
    for (const bytes of [MIB, 6 * MIB]) {
      const root = join(createTempDir(), 'tree');
      writeTree(root, { a: 10, b: bytes });
      const content = await scanContent(root);
      change(join(root, 'b'));

      const making = makeTorrent(content, recipe(), options());

      await expect(making).rejects.toThrow(PublishError);
      await expect(making).rejects.toThrow(/tree\/b: the file changed while it was hashed/);
    }
  });

  test('refuses a file that is gone, by name', async () => {
    const root = join(createTempDir(), 'tree');
    writeTree(root, { a: 10, b: 6 * MIB });
    const content = await scanContent(root);
    const gone = content.files.map((file) => ({ ...file, path: `${file.path}.gone` }));

    const making = makeTorrent({ ...content, files: gone }, recipe(), options());

    await expect(making).rejects.toThrow(/tree\/[ab]\.gone: the file cannot be read \(ENOENT/);
  });

  test('stops when it is aborted', async () => {
    const root = join(createTempDir(), 'a');
    writeTree(root, { a: 6 * MIB });
    const controller = new AbortController();
    const making = makeTorrent(
      await scanContent(root),
      recipe(),
      options({ signal: controller.signal }),
    );

    controller.abort(new Error('enough'));

    await expect(making).rejects.toThrow('enough');
  });

  test.each(['hybrid', 'v2'] as const)(
    'refuses a folder in %s that looks like a file',
    async (format) => {
      const root = join(createTempDir(), 'twin');
      writeTree(root, { twin: 10 });
      const content = await scanContent(root);

      const making = makeTorrent(content, recipe({ format }), options());

      await expect(making).rejects.toThrow(/its only file has the folder's own name/);
      await expect(makeTorrent(content, recipe(), options())).resolves.toBeDefined();
    },
  );

  test('private and source make other info-hashes of the same files', async () => {
    const root = join(createTempDir(), 'tree');
    writeTree(root, { a: 10 });
    const content = await scanContent(root);
    const recipes = [recipe(), recipe({ isPrivate: true }), recipe({ source: 'us' })];

    const made = await Promise.all(recipes.map((each) => makeTorrent(content, each, options())));

    expect(new Set(made.map((each) => each.hashes.v1)).size).toBe(3);
  });
});
