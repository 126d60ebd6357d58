import { appendFileSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { ActiveTorrent } from '../../seed-node/library/active-torrents.ts';
import { RunCache } from '../../seed-node/storage/run-cache.ts';
import { swarmsOf } from '../../shared/info-hash.ts';
import { concatBytes } from '../../shared/bytes.ts';
import { invariant } from '../../shared/invariant.ts';
import { publishTree } from '../support/published-library.ts';
import { createTempDir } from '../support/temp-dir.ts';
import { waitUntil } from '../support/wait-until.ts';

const PIECE_LENGTH = 16 * 1024;
/** Piece 0 is in `a`, piece 1 in `a` and `b`, pieces 2 and 3 in `b`. */
const FILES = { a: PIECE_LENGTH + 100, b: 2.5 * PIECE_LENGTH };

async function openTree(cache: RunCache = new RunCache()): Promise<{
  root: string;
  tree: Uint8Array;
  torrent: ActiveTorrent;
  logged: string[];
}> {
  const root = join(createTempDir());
  const published = await publishTree(root, FILES, 'v1', cache);
  const torrent = published.torrents.find(swarmsOf(published.torrent.hashes)[0]);
  invariant(torrent !== undefined, 'the torrent was published');
  const tree = concatBytes(['a', 'b'].map((name) => readFileSync(join(root, 'tree', name))));
  return { root: join(root, 'tree'), tree, torrent, logged: published.logged };
}

function read(torrent: ActiveTorrent, index: number): Promise<Uint8Array> {
  const pieceIndex = torrent.layout.pieceIndex(index);
  invariant(pieceIndex !== undefined, 'the piece is in the torrent');
  const lengthBytes = torrent.layout.lengthBytes(pieceIndex);
  return torrent.readBlock({ pieceIndex, beginBytes: 0, lengthBytes });
}

/** Writes one byte that differs, in place. */
function corrupt(path: string, offset: number): void {
  const bytes = readFileSync(path);
  bytes[offset] = (bytes[offset] ?? 0) ^ 0xff;
  writeFileSync(path, bytes);
}

describe('ActiveTorrent', () => {
  test('readBlock() gives the published bytes of every piece, across files', async () => {
    const { tree, torrent } = await openTree();

    for (let index = 0; index < torrent.layout.pieceCount; index += 1) {
      const start = index * PIECE_LENGTH;
      expect(await read(torrent, index)).toEqual(
        new Uint8Array(tree.subarray(start, start + PIECE_LENGTH)),
      );
    }
    expect([...torrent.bitfield()]).toEqual([0b1111_0000]);
  });

  test('readBlock() withholds a piece with a wrong byte, and bitfield() offers it no more', async () => {
    const { root, torrent, logged } = await openTree();
    corrupt(join(root, 'b'), 2 * PIECE_LENGTH);

    await expect(read(torrent, 3)).rejects.toThrow('Piece 3 is withheld: wrong-data');

    expect([...torrent.bitfield()]).toEqual([0b1110_0000]);
    expect(logged).toEqual([
      expect.stringMatching(/Piece 3 of tree is withheld: wrong-data at .*b$/),
    ]);
    await expect(read(torrent, 0)).resolves.toHaveLength(PIECE_LENGTH);
  });

  test('readBlock() verifies again when the file changed after it was verified', async () => {
    const { root, torrent } = await openTree(new RunCache(0));
    await read(torrent, 2);
    await read(torrent, 0);

    corrupt(join(root, 'b'), PIECE_LENGTH + 5000);

    await expect(read(torrent, 2)).rejects.toThrow('Piece 2 is withheld: wrong-data');
  });

  test('cachedBlock() gives the bytes that were verified, whatever became of the file', async () => {
    const { root, tree, torrent } = await openTree();
    const pieceIndex = torrent.layout.pieceIndex(2);
    invariant(pieceIndex !== undefined, 'the piece is in the torrent');
    const request = { pieceIndex, beginBytes: 100, lengthBytes: 200 };
    expect(torrent.cachedBlock(request)).toBe(undefined);
    await read(torrent, 2);

    corrupt(join(root, 'b'), PIECE_LENGTH + 5000);

    const start = 2 * PIECE_LENGTH + 100;
    expect(torrent.cachedBlock(request)).toEqual(new Uint8Array(tree.subarray(start, start + 200)));
  });

  test('load() brings verified bytes into memory, and withholds others', async () => {
    const { root, tree, torrent } = await openTree();
    corrupt(join(root, 'b'), 2 * PIECE_LENGTH);
    const [good, bad] = [torrent.layout.pieceIndex(1), torrent.layout.pieceIndex(3)];
    invariant(good !== undefined && bad !== undefined, 'the pieces are in the torrent');

    const request = { pieceIndex: good, beginBytes: 100, lengthBytes: 200 };
    await torrent.load(request);
    const start = PIECE_LENGTH + 100;
    expect(torrent.cachedBlock(request)).toEqual(new Uint8Array(tree.subarray(start, start + 200)));
    const withheld = { ...request, pieceIndex: bad };
    await expect(torrent.load(withheld)).rejects.toThrow('Piece 3 is withheld: wrong-data');
    expect(torrent.cachedBlock(withheld)).toBe(undefined);
  });

  test('prepare() brings a piece into memory, and says nothing where that fails', async () => {
    const { root, torrent } = await openTree();
    corrupt(join(root, 'b'), 2 * PIECE_LENGTH);
    const [good, bad] = [1, 3].map((index) => torrent.layout.pieceIndex(index));
    invariant(good !== undefined && bad !== undefined, 'the pieces are in the torrent');

    for (const pieceIndex of [good, bad]) {
      torrent.prepare({ pieceIndex, beginBytes: 0, lengthBytes: 1 });
    }

    const request = { pieceIndex: good, beginBytes: 0, lengthBytes: 1 };
    await waitUntil('the piece', () => torrent.cachedBlock(request));
    await expect(read(torrent, 3)).rejects.toThrow('Piece 3 is withheld');
  });

  test('many readers of few pieces, and of memory for none, all get their bytes', async () => {
    const { tree, torrent } = await openTree(new RunCache(0));
    const indexes = Array.from({ length: 60 }, (_, i) => i % torrent.layout.pieceCount);

    const blocks = await Promise.all(indexes.map((index) => read(torrent, index)));

    for (const [i, index] of indexes.entries()) {
      const start = index * PIECE_LENGTH;
      expect(blocks[i]).toEqual(new Uint8Array(tree.subarray(start, start + PIECE_LENGTH)));
    }
  });

  test('bitfield() offers a withheld piece again when its file is restored', async () => {
    const { root, torrent } = await openTree();
    const good = readFileSync(join(root, 'b'));
    corrupt(join(root, 'b'), 2 * PIECE_LENGTH);
    await expect(read(torrent, 3)).rejects.toThrow('withheld');

    writeFileSync(join(root, 'b'), good);

    expect([...torrent.bitfield()]).toEqual([0b1111_0000]);
    await expect(read(torrent, 3)).resolves.toHaveLength(PIECE_LENGTH / 2 + 100);
  });

  test('bitfield() withholds every piece of a file that is gone, until it is back', async () => {
    const { root, torrent, logged } = await openTree();
    renameSync(join(root, 'b'), join(root, 'away'));

    await expect(read(torrent, 2)).rejects.toThrow('Piece 2 is withheld: file-missing');
    expect([...torrent.bitfield()]).toEqual([0b1000_0000]);
    expect(logged).toHaveLength(1);

    renameSync(join(root, 'away'), join(root, 'b'));
    expect([...torrent.bitfield()]).toEqual([0b1111_0000]);
    await expect(read(torrent, 2)).resolves.toHaveLength(PIECE_LENGTH);
  });

  test.each([
    [
      'cut short',
      (path: string) => writeFileSync(path, readFileSync(path).subarray(0, 100)),
      'file-too-short',
    ],
    ['removed', (path: string) => rmSync(path), 'file-missing'],
  ])('readBlock() withholds a piece of a file that was %s', async (_case, change, reason) => {
    const { root, torrent } = await openTree();
    change(join(root, 'b'));

    await expect(read(torrent, 2)).rejects.toThrow(reason);
  });

  test('readBlock() serves on when a file only grew', async () => {
    const { root, torrent } = await openTree();
    await read(torrent, 2);

    appendFileSync(join(root, 'b'), 'more');

    await expect(read(torrent, 2)).resolves.toHaveLength(PIECE_LENGTH);
  });
});
