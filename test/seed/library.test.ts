import { spawnSync } from 'node:child_process';
import { DatabaseSync } from 'node:sqlite';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { swarmKey } from '../../seed-node/engine/encryption-keys.ts';
import { sha1 } from '../../seed-node/hashing/sha1.ts';
import {
  FIND_SWARM,
  Library,
  LibraryInUse,
  type LibraryTorrent,
} from '../../seed-node/library/library.ts';
import { infoHashFromHex, infoHashV2FromHex, swarmsOf } from '../../shared/info-hash.ts';
import { invariant } from '../../shared/invariant.ts';
import { createTempDir } from '../support/temp-dir.ts';

const infoHash = infoHashFromHex('ab'.repeat(20));
invariant(infoHash !== undefined, '40 hex digits are an info-hash');

const infoHashV2 = infoHashV2FromHex('cd'.repeat(32));
invariant(infoHashV2 !== undefined, '64 hex digits are a v2 info-hash');

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

  test.each([
    ['v1', { v1: infoHash, v2: undefined }],
    ['hybrid', { v1: infoHash, v2: infoHashV2 }],
    ['v2', { v1: undefined, v2: infoHashV2 }],
  ])(
    'findSwarm() finds each swarm of a %s torrent by its key, until it is removed',
    (_, hashes) => {
      const library = new Library(':memory:');
      const swarms = swarmsOf(hashes);
      library.add({ ...TORRENT, hashes });
      library.add({ ...TORRENT, hashes });

      for (const swarm of swarms) expect(library.findSwarm(swarmKey(swarm, sha1))).toBe(swarm);
      expect(library.findSwarm(new Uint8Array(20))).toBeUndefined();

      library.remove(swarms[0]);
      for (const swarm of swarms) expect(library.findSwarm(swarmKey(swarm, sha1))).toBeUndefined();
      library.close();
    },
  );

  test('a library of an earlier release, without swarms, is brought up to date', () => {
    const path = join(createTempDir(), 'library.sqlite');
    const hashes = { v1: infoHash, v2: infoHashV2 };
    const now = new Library(path);
    now.add({ ...TORRENT, hashes });
    now.close();
    const earlier = new DatabaseSync(path);
    earlier.exec('DROP TABLE swarms');
    earlier.close();

    const library = new Library(path);

    for (const swarm of swarmsOf(hashes)) {
      expect(library.findSwarm(swarmKey(swarm, sha1))).toBe(swarm);
    }
    expect(library.find(infoHash)).toEqual({ ...TORRENT, hashes });
    library.close();
  });

  test('findSwarm() looks into an index, not through the library', () => {
    const path = join(createTempDir(), 'library.sqlite');
    new Library(path).close();
    const database = new DatabaseSync(path);
    const plan = database.prepare(`EXPLAIN QUERY PLAN ${FIND_SWARM}`).all(Buffer.alloc(20));
    database.close();
    expect(plan.map((row) => row['detail'])).toEqual([
      'SEARCH swarms USING PRIMARY KEY (swarm_key=?)',
    ]);
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
