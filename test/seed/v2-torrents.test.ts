import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, test } from 'vitest';
import { Library } from '../../seed-node/library/library.ts';
import { concatBytes } from '../../shared/bytes.ts';
import { swarmsOf, type TorrentFormat } from '../../shared/info-hash.ts';
import { invariant } from '../../shared/invariant.ts';
import type { ActiveTorrent } from '../../seed-node/library/active-torrents.ts';
import { publishTree } from '../support/published-library.ts';
import { createTempDir } from '../support/temp-dir.ts';

const PIECE_LENGTH = 16 * 1024;
/** Pieces 0 to 2 are of `a`, 3 of `b`, 4 of `d`. */
const FILES = { a: 2 * PIECE_LENGTH + 1, b: 5, c: 0, d: PIECE_LENGTH };

async function publish(
  format: TorrentFormat,
): Promise<{ readonly root: string; readonly torrent: ActiveTorrent; readonly isOne: boolean }> {
  const root = createTempDir();
  const { torrents, torrent } = await publishTree(root, FILES, format);
  const found = swarmsOf(torrent.hashes).map((swarm) => torrents.find(swarm));
  const [first] = found;
  invariant(first !== undefined, 'the library has what was published');
  return { root, torrent: first, isOne: found.every((each) => each === first) };
}

function read(torrent: ActiveTorrent, index: number): Promise<Uint8Array> {
  const pieceIndex = torrent.layout.pieceIndex(index);
  invariant(pieceIndex !== undefined, 'the torrent has the piece');
  const lengthBytes = torrent.layout.lengthBytes(pieceIndex);
  return torrent.readBlock({ pieceIndex, beginBytes: 0, lengthBytes });
}

describe.each(['hybrid', 'v2'] as const)('a %s torrent in memory', (format) => {
  test('is one, whichever of its swarms is asked for', async () => {
    const { torrent, isOne } = await publish(format);
    expect(isOne).toBe(true);
    expect(torrent.swarms).toHaveLength(format === 'hybrid' ? 2 : 1);
  });

  test('gives out its files, each from the start of a piece, and zeros between them', async () => {
    const { root, torrent } = await publish(format);
    const pieces = [];
    for (let index = 0; index < torrent.layout.pieceCount; index += 1) {
      pieces.push(await read(torrent, index));
    }
    const fileOf = (name: string): Uint8Array => readFileSync(join(root, 'tree', name));
    expect(
      Buffer.from(concatBytes(pieces)).equals(
        Buffer.concat([
          fileOf('a'),
          new Uint8Array(PIECE_LENGTH - 1),
          fileOf('b'),
          new Uint8Array(PIECE_LENGTH - 5),
          fileOf('d'),
        ]),
      ),
    ).toBe(true);
  });

  test.each([
    ['in a file of several pieces', 'a', 1],
    ['in the short end of one', 'a', 2],
    ['in a file smaller than a piece', 'b', 3],
    ['in a file of exactly one piece', 'd', 4],
  ])('withholds a piece with a wrong byte %s, and no other', async (_case, name, bad) => {
    const { root, torrent } = await publish(format);
    const path = join(root, 'tree', name);
    const bytes = readFileSync(path);
    const at = name === 'a' ? bad * PIECE_LENGTH : 0;
    bytes[at] = (bytes[at] ?? 0) ^ 1;
    writeFileSync(path, bytes);
    const withheld: number[] = [];
    for (let index = 0; index < torrent.layout.pieceCount; index += 1) {
      await read(torrent, index).catch(() => withheld.push(index));
    }
    expect(withheld).toEqual([bad]);
  });
});

test('a library of an earlier release is opened, and what it holds is v1', () => {
  const path = join(createTempDir(), 'library.sqlite');
  const database = new DatabaseSync(path);
  database.exec(`
    CREATE TABLE torrents (
      info_hash TEXT PRIMARY KEY, name TEXT NOT NULL, root_path TEXT NOT NULL, metainfo BLOB NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX torrents_by_root ON torrents (root_path);
    INSERT INTO torrents VALUES ('${'ab'.repeat(20)}', 'old', '/srv/old', x'6465');`);
  database.close();

  for (let opening = 0; opening < 2; opening += 1) {
    const library = new Library(path);
    const [old] = library.findByRoot('/srv/old');
    expect(old?.hashes).toEqual({ v1: 'ab'.repeat(20), v2: undefined });
    library.close();
  }
});
