import { env } from 'cloudflare:workers';
import { beforeEach, describe, expect, test } from 'vitest';
import { type InfoHash, infoHashFromHex } from '../../shared/info-hash.ts';
import type { Catalog } from '../../tracker-worker/catalog/catalog.ts';
import type { ListingQuery } from '../../tracker-worker/catalog/torrent-search.ts';

const BYTES = new Uint8Array([1]);

function infoHash(byte: number): InfoHash {
  const parsed = infoHashFromHex(byte.toString(16).padStart(2, '0').repeat(20));
  if (parsed === undefined) throw new Error(`${byte} is no byte`);
  return parsed;
}

/** A catalogue that no other test sees. */
let catalog: DurableObjectStub<Catalog>;
let tests = 0;
beforeEach(() => {
  tests += 1;
  catalog = env.CATALOG.getByName(`search test ${tests}`);
});

async function publish(byte: number, name: string, sizeBytes = 5): Promise<InfoHash> {
  const hash = infoHash(byte);
  const hashes = { v1: hash, v2: undefined };
  const torrent = {
    hashes,
    name,
    sizeBytes,
    fileCount: 1,
    trackers: [],
    publishedAtSeconds: 1000 + byte,
    publisher: null,
  };
  await catalog.publish(torrent, BYTES);
  return hash;
}

/** The names of a page, and how many there are on all. */
async function page(query: Partial<ListingQuery> = {}): Promise<[string[], number]> {
  const all = { words: [], publisher: undefined, sort: 'newest', page: 1, limit: 10 } as const;
  const { torrents, total } = await catalog.page({ ...all, ...query });
  return [torrents.map(({ name }) => name), total];
}

async function search(...words: string[]): Promise<string[]> {
  return (await page({ words }))[0];
}

describe('Catalog.page()', () => {
  test.each([
    ['newest', ['b', 'C', 'a']],
    ['oldest', ['a', 'C', 'b']],
    ['name', ['a', 'b', 'C']],
    ['size', ['C', 'a', 'b']],
    ['downloads', ['b', 'a', 'C']],
  ] as const)('sorts: %s', async (sort, names) => {
    await publish(1, 'a', 5);
    await publish(2, 'C', 9);
    const popular = await publish(3, 'b', 1);
    await catalog.countDownloads('0/1', 1, [{ infoHash: popular, downloads: 2 }]);
    expect(await page({ sort })).toEqual([names, 3]);
  });

  test('turns pages, and counts all of them on each', async () => {
    for (const byte of [1, 2, 3]) await publish(byte, `number ${byte}`);
    expect(await page({ limit: 2 })).toEqual([['number 3', 'number 2'], 3]);
    expect(await page({ limit: 2, page: 2 })).toEqual([['number 1'], 3]);
    expect(await page({ limit: 2, page: 3 })).toEqual([[], 3]);
  });

  test.each([
    ['the start of a word', ['holi'], true],
    ['whatever the case and the accents', ['UBUNG'], true],
    ['each of several words, in any order', ['2024', 'holiday'], true],
    ['not the middle of a word', ['oliday'], false],
    ['not when one word is missing', ['holiday', '2025'], false],
    ['words of other scripts', ['日本'], true],
  ])('finds by %s', async (_case, words, isFound) => {
    await publish(1, 'Holiday_Übung.2024 日本語.mkv');
    await publish(2, 'something else');
    expect(await search(...words)).toEqual(isFound ? ['Holiday_Übung.2024 日本語.mkv'] : []);
  });

  test.each(['"', '""', '*', 'NOT', 'a OR b', 'name:x', '(', '-', 'x" OR "y'])(
    'takes %j for text, not for a query',
    async (word) => {
      await publish(1, 'x y');
      expect(await search(word)).toEqual([]);
    },
  );

  test('finds title, description and publisher as they are now', async () => {
    const hash = await publish(1, 'raw-name');
    const before = { title: 'Summer', description: 'by the sea', publisher: 'ann' };
    await catalog.describe(hash, before, 2000);
    expect(await search('summer', 'sea', 'ann', 'raw')).toEqual(['raw-name']);
    await catalog.describe(hash, { title: 'Winter' }, 3000);
    expect([await search('summer'), await search('winter'), await search('sea')]).toEqual([
      [],
      ['raw-name'],
      ['raw-name'],
    ]);
    expect(await page({ publisher: 'ann' })).toEqual([['raw-name'], 1]);
    expect(await page({ publisher: 'bob' })).toEqual([[], 0]);
  });

  test('has nothing of what is blocked or removed, and again what is unblocked', async () => {
    const hash = await publish(1, 'gone');
    await catalog.list('blocklist', { infoHash: hash, reason: 'why', listedAtSeconds: 1 });
    expect(await page({ words: ['gone'] })).toEqual([[], 0]);
    await catalog.unlist('blocklist', hash);
    expect(await search('gone')).toEqual(['gone']);
    await catalog.remove(hash);
    expect(await search('gone')).toEqual([]);
  });
});

describe('Catalog.describe()', () => {
  test('changes what is named, and keeps the rest', async () => {
    const hash = await publish(1, 'a');
    await catalog.describe(hash, { title: 'A', addedWebSeeds: ['https://one.example/a'] }, 2000);
    expect(await catalog.describe(hash, { description: 'text' }, 3000)).toMatchObject({
      title: 'A',
      description: 'text',
      publisher: null,
      addedWebSeeds: ['https://one.example/a'],
      addedTrackers: [],
      updatedAtSeconds: 3000,
    });
    expect(await catalog.describe(hash, { title: null }, 4000)).toMatchObject({ title: null });
  });

  test('a .torrent that is published again keeps its description', async () => {
    const hash = await publish(1, 'a');
    await catalog.describe(hash, { title: 'A' }, 2000);
    await publish(1, 'a');
    expect(await catalog.find(hash)).toMatchObject({ title: 'A', publishedAtSeconds: 1001 });
  });

  test('of what is not there, or blocked, is null and changes nothing', async () => {
    expect(await catalog.describe(infoHash(1), { title: 'A' }, 2000)).toBe(null);
    const hash = await publish(1, 'a');
    await catalog.list('blocklist', { infoHash: hash, reason: null, listedAtSeconds: 1 });
    expect(await catalog.describe(hash, { title: 'A' }, 2000)).toBe(null);
    await catalog.unlist('blocklist', hash);
    expect(await catalog.find(hash)).toMatchObject({ title: null });
  });
});

test('Catalog.takedown() tells why, of either swarm, and null where nothing is blocked', async () => {
  const hash = await publish(1, 'a');
  expect(await catalog.takedown(hash)).toBe(null);
  await catalog.list('blocklist', { infoHash: hash, reason: 'not ours', listedAtSeconds: 7 });
  expect(await catalog.takedown(hash)).toEqual({ reason: 'not ours', listedAtSeconds: 7 });
});
