import { runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { beforeEach, describe, expect, test } from 'vitest';
import { type InfoHash, infoHashFromHex } from '../../shared/info-hash.ts';
import type { Catalog } from '../../tracker-worker/catalog/catalog.ts';
import { prepareCatalogTables } from '../../tracker-worker/catalog/catalog-schema.ts';
import { StandingRecords } from '../../tracker-worker/swarm/standing-records.ts';
import type { Standing } from '../../tracker-worker/swarm/standing.ts';

const BYTES = new Uint8Array([1, 2, 3]);

function infoHash(hex: string): InfoHash {
  const parsed = infoHashFromHex(hex);
  if (parsed === undefined) throw new Error(`${hex} is no info-hash`);
  return parsed;
}

const ONE = infoHash('01'.repeat(20));
const TWO = infoHash('02'.repeat(20));

function torrent(hash: InfoHash) {
  const hashes = { v1: hash, v2: undefined };
  return {
    hashes,
    name: 'a name',
    sizeBytes: 5,
    fileCount: 1,
    publishedAtSeconds: 1000,
    publisher: null,
    trackers: [],
  };
}

function listing(hash: InfoHash) {
  return { infoHash: hash, reason: null, listedAtSeconds: 1000 };
}

/** A catalogue that no other test sees. */
let catalog: DurableObjectStub<Catalog>;
let tests = 0;
beforeEach(() => {
  tests += 1;
  catalog = env.CATALOG.getByName(`test ${tests}`);
});

async function recordsOf(firstByte: number, lastByte: number): Promise<StandingRecords> {
  return new StandingRecords(await catalog.standingsIn({ firstByte, lastByte }));
}

/** The downloads of `ONE` and of `TWO`. */
async function downloads(): Promise<(number | undefined)[]> {
  return [(await catalog.find(ONE))?.downloads, (await catalog.find(TWO))?.downloads];
}

async function search(words: readonly string[]) {
  const query = { words, publisher: undefined, sort: 'newest', page: 1, limit: 9 } as const;
  return (await catalog.page(query)).torrents;
}

async function newest(limit: number) {
  const query = { words: [], publisher: undefined, sort: 'newest', page: 1, limit } as const;
  return (await catalog.page(query)).torrents;
}

async function count(
  shard: string,
  sequence: number,
  ...counts: [InfoHash, number][]
): Promise<void> {
  await catalog.countDownloads(
    shard,
    sequence,
    counts.map(([hash, n]) => ({ infoHash: hash, downloads: n })),
  );
}

describe('standings', () => {
  const cases: [Standing, { published?: true; allowed?: true; blocked?: true }][] = [
    ['unknown', {}],
    ['registered', { published: true }],
    ['allowed', { allowed: true }],
    ['registered', { published: true, allowed: true }],
    ['blocked', { blocked: true }],
    ['blocked', { published: true, blocked: true }],
    ['blocked', { allowed: true, blocked: true }],
    ['blocked', { published: true, allowed: true, blocked: true }],
  ];
  test.each(cases)('%s is what is %j', async (standing, { published, allowed, blocked }) => {
    // A neighbour on either side, which must not be mixed up with it.
    await catalog.publish(torrent(infoHash('00'.repeat(20))), BYTES);
    await catalog.list('blocklist', listing(TWO));
    if (published) {
      await catalog.publish(torrent(ONE), BYTES);
      await catalog.countDownloads('0/1', 1, [{ infoHash: ONE, downloads: 7 }]);
    }
    if (allowed) await catalog.list('allowlist', listing(ONE));
    if (blocked) await catalog.list('blocklist', listing(ONE));

    expect(await catalog.standingOf(ONE)).toBe(standing);
    const record = (await recordsOf(0, 255)).find(ONE);
    expect(record).toEqual(
      standing === 'unknown' ? undefined : { standing, downloads: published ? 7 : 0 },
    );
    expect((await recordsOf(0, 255)).find(TWO)?.standing).toBe('blocked');
  });

  test('of a slice are those whose first byte is in it', async () => {
    const hashes = ['3f'.padEnd(40, 'f'), '40'.padEnd(40, '0'), '7f'.padEnd(40, 'f'), '80'];
    for (const hex of hashes) {
      const hash = infoHash(hex.padEnd(40, '0'));
      await catalog.publish(torrent(hash), BYTES);
      await catalog.list('allowlist', listing(hash));
    }
    const records = await recordsOf(0x40, 0x7f);
    const found = hashes.map((hex) => records.find(infoHash(hex.padEnd(40, '0')))?.standing);
    expect(found).toEqual([undefined, 'registered', 'registered', undefined]);
  });

  test('of a catalogue that has nothing are none', async () => {
    expect(await catalog.standingsIn({ firstByte: 0, lastByte: 255 })).toHaveLength(0);
  });
});

describe('publications', () => {
  test('one that is blocked is as if it were not there, and comes back whole', async () => {
    expect(await catalog.publish(torrent(ONE), BYTES)).toBe('published');
    await catalog.publish(torrent(TWO), BYTES);
    await catalog.countDownloads('0/1', 1, [{ infoHash: ONE, downloads: 7 }]);

    await catalog.list('blocklist', listing(ONE));
    expect(await catalog.find(ONE)).toBe(null);
    expect(await catalog.torrentBytes(ONE)).toBe(null);
    expect((await newest(1)).map((one) => one.hashes.v1)).toEqual([TWO]);
    expect(await catalog.publish(torrent(ONE), new Uint8Array([9]))).toBe('blocked');

    expect(await catalog.unlist('blocklist', ONE)).toBe(true);
    expect(await catalog.find(ONE)).toMatchObject({ ...torrent(ONE), downloads: 7 });
    expect(await catalog.torrentBytes(ONE)).toEqual(BYTES);
    expect(await newest(9)).toHaveLength(2);
    expect(await catalog.publish(torrent(ONE), BYTES)).toBe('replaced');
  });

  test('one that is blocked can be removed', async () => {
    await catalog.publish(torrent(ONE), BYTES);
    await catalog.list('blocklist', listing(ONE));
    expect(await catalog.remove(ONE)).toBe(true);
    await catalog.unlist('blocklist', ONE);
    expect(await catalog.find(ONE)).toBe(null);
  });
});

describe('countDownloads()', () => {
  test('adds to what is published, and passes everything else over', async () => {
    await catalog.publish(torrent(ONE), BYTES);
    await count('0/4', 1, [ONE, 2], [TWO, 5]);
    await catalog.publish(torrent(TWO), BYTES);
    expect(await downloads()).toEqual([2, 0]);
    await count('0/4', 2, [ONE, 1], [TWO, 5]);
    expect(await downloads()).toEqual([3, 5]);
  });

  test.each([
    ['the same again', 5],
    ['an earlier one', 4],
  ])('passes over %s', async (_case, sequence) => {
    await catalog.publish(torrent(ONE), BYTES);
    await count('0/4', 5, [ONE, 2]);
    await count('0/4', sequence, [ONE, 2]);
    expect(await downloads()).toEqual([2, undefined]);
  });

  test('knows one shard from another', async () => {
    await catalog.publish(torrent(ONE), BYTES);
    await count('0/4', 1, [ONE, 2]);
    await count('0/8', 1, [ONE, 3]);
    expect(await downloads()).toEqual([5, undefined]);
  });

  test('a .torrent that is published again keeps its count, one that was unpublished has none', async () => {
    await catalog.publish(torrent(ONE), BYTES);
    await count('0/4', 1, [ONE, 2]);
    await catalog.publish(torrent(ONE), BYTES);
    expect(await downloads()).toEqual([2, undefined]);
    await catalog.remove(ONE);
    await catalog.publish(torrent(ONE), BYTES);
    expect(await downloads()).toEqual([0, undefined]);
  });
});

test('the tables of the first release are taken over with what they hold', async () => {
  await runInDurableObject(catalog, (_catalog, { storage }) => {
    for (const table of [
      'torrents',
      'torrent_chunks',
      'listings',
      'counted_downloads',
      'search_rows',
      'search_texts',
      'samples',
    ]) {
      storage.sql.exec(`DROP TABLE ${table}`);
    }
    storage.sql.exec(`
      CREATE TABLE torrents (
        info_hash TEXT PRIMARY KEY, name TEXT NOT NULL, size_bytes INTEGER NOT NULL, file_count INTEGER NOT NULL,
        published_at INTEGER NOT NULL
      ) WITHOUT ROWID;
      CREATE INDEX torrents_by_age ON torrents (published_at);
      CREATE TABLE torrent_chunks (
        info_hash TEXT NOT NULL, chunk INTEGER NOT NULL, bytes BLOB NOT NULL, PRIMARY KEY (info_hash, chunk)
      ) WITHOUT ROWID;`);
    const insert = 'INSERT INTO torrents VALUES (?, ?, ?, ?, ?)';
    storage.sql.exec(insert, ONE, 'a name', 5, 1, 1000);
    storage.sql.exec('INSERT INTO torrent_chunks VALUES (?, 0, ?)', ONE, BYTES.buffer);
    // As every start does.
    prepareCatalogTables(storage);
    prepareCatalogTables(storage);
  });
  expect(await catalog.find(ONE)).toMatchObject({
    ...torrent(ONE),
    updatedAtSeconds: 1000,
    downloads: 0,
    title: null,
    addedWebSeeds: [],
  });
  expect(await catalog.torrentBytes(ONE)).toEqual(BYTES);
  await catalog.countDownloads('0/1', 1, [{ infoHash: ONE, downloads: 7 }]);
  expect((await catalog.find(ONE))?.downloads).toBe(7);
  expect((await search(['name'])).map((one) => one.hashes.v1)).toEqual([ONE]);
  expect(await catalog.list('blocklist', listing(ONE))).toBe(true);
});
