import { describe, expect, test } from 'vitest';
import { AUTHORIZED, fetchEdge } from './support/edge.ts';
import { reportFakeEverseed, seedingReport } from './support/fake-everseed.ts';

function hash(number: number): string {
  return number.toString(16).padStart(40, '0');
}

/** The info-hashes of a list, as numbers. */
async function listed(query: string): Promise<number[]> {
  const response = await fetchEdge(`/api/seeding${query}`, { headers: AUTHORIZED });
  expect(response.status).toBe(200);
  const { torrents } = await response.json<{ torrents: { infoHash: string }[] }>();
  return torrents.map(({ infoHash }) => parseInt(infoHash, 16));
}

/** A seed box that seeds the torrents of these numbers, and is asked for torrents by name. */
async function seeds(id: string, has: (number: number) => boolean): Promise<void> {
  await reportFakeEverseed(id, (_method, { searchParams }) => {
    const of = searchParams.get('of')?.split(',') ?? [];
    const torrents = of.filter((one) => has(parseInt(one, 16))).map(seedingReport);
    return Response.json({ torrents });
  });
}

function page(...numbers: readonly number[]): Response {
  return Response.json({ torrents: numbers.map(hash).map(seedingReport) });
}

describe('GET /api/seeding', () => {
  test('?of= has the torrents that are named, of all seed boxes, however many', async () => {
    await seeds('even', (number) => number % 2 === 0);
    await seeds('odd', (number) => number % 2 === 1 && number < 150);
    const named = Array.from({ length: 200 }, (_, index) => 200 - index);
    const there = named.filter((number) => number % 2 === 0 || number < 150);
    expect(await listed(`?of=${named.map(hash).join(',')}`)).toEqual(there.toReversed());
    expect(await listed(`?of=${hash(151)}`)).toEqual([]);
  });

  test('without it is a page of the limit, and a next page begins behind it', async () => {
    await reportFakeEverseed('one', () => page(1, 3, 5));
    await reportFakeEverseed('two', () => page(2, 3, 4));
    expect(await listed('?limit=3')).toEqual([1, 2, 3, 3]);
  });

  test.each([
    'limit=0',
    'limit=x',
    'after=x',
    'of=',
    'of=abc',
    `of=${Array.from({ length: 201 }, (_, index) => hash(index)).join(',')}`,
  ])('?%s is refused, and no seed box asked', async (query) => {
    await reportFakeEverseed('asked', () => {
      throw new Error('it was asked');
    });
    const response = await fetchEdge(`/api/seeding?${query}`, { headers: AUTHORIZED });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ code: 'bad-query' });
  });
});
