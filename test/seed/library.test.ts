import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { Library, LibraryInUse, type LibraryTorrent } from '../../seed-node/library/library.ts';
import { infoHashFromHex } from '../../shared/info-hash.ts';
import { invariant } from '../../shared/invariant.ts';
import { createTempDir } from '../support/temp-dir.ts';

const infoHash = infoHashFromHex('ab'.repeat(20));
invariant(infoHash !== undefined, '40 hex digits are an info-hash');

const TORRENT: LibraryTorrent = {
  hashes: { v1: infoHash, v2: undefined },
  name: 'tree',
  rootPath: '/srv/tree',
  metainfoBytes: Uint8Array.of(1, 2, 3),
  files: [
    { path: '/srv/tree/a', sizeBytes: 2 ** 40, modifiedNs: 1_700_000_000_123_456_789n },
    { path: '/srv/tree/b', sizeBytes: 0, modifiedNs: 0n },
  ],
};

describe('Library', () => {
  test('add() keeps a torrent whole, across opening again', () => {
    const path = join(createTempDir(), 'library.sqlite');
    const first = new Library(path);
    first.add(TORRENT);
    first.close();

    const second = new Library(path);

    expect(second.infoHashes()).toEqual([infoHash]);
    expect(second.find(infoHash)).toEqual(TORRENT);
    expect(second.findByRoot('/srv/tree')).toEqual([TORRENT]);
    second.close();
  });

  test('add() replaces what is known of the same torrent', () => {
    const library = new Library(':memory:');
    library.add(TORRENT);

    library.add({ ...TORRENT, rootPath: '/mnt/tree', files: [] });

    expect(library.count()).toBe(1);
    expect(library.find(infoHash)).toEqual({ ...TORRENT, rootPath: '/mnt/tree', files: [] });
    library.close();
  });

  test('remove() forgets the torrent and its files', () => {
    const library = new Library(':memory:');
    library.add(TORRENT);

    library.remove(infoHash);

    expect(library.find(infoHash)).toBeUndefined();
    expect(library.count()).toBe(0);
    library.close();
  });

  test('a second process is refused while the first has it open', () => {
    const path = join(createTempDir(), 'library.sqlite');
    const library = new Library(path);
    const open = `const { Library } = await import(process.argv[1]);
      try { new Library(process.argv[2]); } catch (error) { console.log(error.constructor.name); }`;
    const module = new URL('../../seed-node/library/library.ts', import.meta.url).href;

    const second = spawnSync(process.execPath, ['--input-type=module', '-e', open, module, path], {
      encoding: 'utf8',
    });

    expect(second.stdout.trim()).toBe(LibraryInUse.name);
    library.close();
  });
});
