import { beforeEach, describe, expect, test } from 'vitest';
import { type InfoHash, infoHashFromHex } from '../../../shared/info-hash.ts';
import { StandingRecordsWriter } from '../../../tracker-worker/swarm/standing-records.ts';
import type { Standing, StandingSource } from '../../../tracker-worker/swarm/standing.ts';
import { Standings } from '../../../tracker-worker/swarm/standings.ts';
import { infoHash } from './swarm-builders.ts';

const ONE = infoHash('01');

/** A catalogue whose answers, true when it was asked, are held until they are let go: the latest overtakes the others. */
class HeldSource implements StandingSource {
  readonly standings = new Map<InfoHash, Standing>();
  readonly downloads = new Map<InfoHash, number>();
  isAway = false;
  loads = 0;
  #held: (() => void)[] = [];
  #isHolding = false;

  hold(): void {
    this.#isHolding = true;
  }

  letGo(): void {
    this.#isHolding = false;
    for (const release of this.#held.toReversed()) release();
    this.#held = [];
  }

  async standingsIn(): Promise<Uint8Array> {
    this.loads += 1;
    if (this.isAway) throw new Error('away');
    const writer = new StandingRecordsWriter(this.standings.size);
    for (const hash of [...this.standings.keys()].toSorted()) {
      const standing = this.standings.get(hash) ?? 'unknown';
      writer.append({ infoHash: hash, standing, downloads: this.downloads.get(hash) ?? 0 });
    }
    return this.#answer(writer.finish());
  }

  async standingOf(hash: InfoHash): Promise<Standing> {
    return this.#answer(this.standings.get(hash) ?? 'unknown');
  }

  async #answer<T>(answer: T): Promise<T> {
    if (this.#isHolding) await new Promise<void>((resolve) => this.#held.push(resolve));
    return answer;
  }
}

/** Whatever can be asked by now was asked. */
async function asked(): Promise<void> {
  await new Promise((resolve) => {
    setTimeout(resolve, 0);
  });
}

/** The `n`th of many info-hashes, which differ in their last four digits. */
function nthHash(n: number): InfoHash {
  const hash = infoHashFromHex(n.toString(16).padStart(4, '0').padStart(40, 'c'));
  if (hash === undefined) throw new Error(`${n} is too large`);
  return hash;
}

describe('Standings', () => {
  let source: HeldSource;
  let standings: Standings;
  beforeEach(() => {
    source = new HeldSource();
    standings = new Standings(source, { firstByte: 0, lastByte: 255 });
  });
  const standingOf = async (hash: InfoHash) => (await standings.loaded()).standingOf(hash);

  test.each<Standing>(['registered', 'allowed', 'blocked', 'unknown'])(
    'loaded() has what the source said is %s, with its downloads',
    async (standing) => {
      source.standings.set(ONE, standing);
      source.downloads.set(ONE, 7);
      const loaded = await standings.loaded();
      expect(loaded.standingOf(ONE)).toBe(standing);
      expect(loaded.downloadsOf(ONE)).toBe(standing === 'unknown' ? 0 : 7);
      expect(loaded.standingOf(infoHash('02'))).toBe('unknown');
      expect(loaded.downloadsOf(infoHash('02'))).toBe(0);
    },
  );

  test('loaded() asks the source once', async () => {
    await Promise.all([standings.loaded(), standings.loaded()]);
    await standings.loaded();
    expect(source.loads).toBe(1);
  });

  test('loaded() tries again after a failure', async () => {
    source.isAway = true;
    await expect(standings.loaded()).rejects.toThrow('away');
    expect(standings.current).toBe(undefined);
    source.isAway = false;
    source.standings.set(ONE, 'registered');
    expect(await standingOf(ONE)).toBe('registered');
  });

  test('current is there once the slice is loaded, and changes with every refresh', async () => {
    source.hold();
    const loading = standings.loaded();
    expect(standings.current).toBe(undefined);
    source.letGo();
    await loading;
    const { current } = standings;
    expect(current?.standingOf(ONE)).toBe('unknown');
    source.standings.set(ONE, 'blocked');
    await standings.refresh(ONE);
    expect(current?.standingOf(ONE)).toBe('blocked');
    expect(standings.current).toBe(current);
  });

  test('refresh() takes over every change', async () => {
    await standings.loaded();
    for (const standing of ['registered', 'blocked', 'allowed', 'unknown'] as const) {
      source.standings.set(ONE, standing);
      expect(await standings.refresh(ONE)).toBe(standing);
      expect(await standingOf(ONE)).toBe(standing);
    }
  });

  test('refresh() keeps the downloads of what is blocked, and not of what is unpublished', async () => {
    source.standings.set(ONE, 'registered');
    source.downloads.set(ONE, 7);
    const loaded = await standings.loaded();
    for (const [standing, downloads] of [
      ['blocked', 7],
      ['registered', 7],
      ['unknown', 0],
      ['registered', 0],
    ] as const) {
      source.standings.set(ONE, standing);
      await standings.refresh(ONE);
      expect([standing, loaded.downloadsOf(ONE)]).toEqual([standing, downloads]);
    }
  });

  test('refresh() is not lost to a load that had begun before the change', async () => {
    source.hold();
    const loading = standings.loaded();
    source.standings.set(ONE, 'registered');
    const refreshing = standings.refresh(ONE);
    source.letGo();
    await loading;
    await refreshing;
    expect(await standingOf(ONE)).toBe('registered');
  });

  test('refresh() ends with the last change, whatever answer comes late', async () => {
    await standings.loaded();
    source.hold();
    source.standings.set(ONE, 'registered');
    const first = standings.refresh(ONE);
    await asked();
    source.standings.delete(ONE);
    const second = standings.refresh(ONE);
    await asked();
    source.letGo();
    await Promise.all([first, second]);
    expect(await standingOf(ONE)).toBe('unknown');
  });

  test('refresh() that fails does not stop the next', async () => {
    source.isAway = true;
    await expect(standings.refresh(ONE)).rejects.toThrow('away');
    source.isAway = false;
    source.standings.set(ONE, 'registered');
    expect(await standings.refresh(ONE)).toBe('registered');
  });

  test('refresh() of 10,000 others, in no order, leaves each as it is', async () => {
    for (let n = 0; n < 1000; n += 1) {
      source.standings.set(nthHash(n * 10), 'registered');
      source.downloads.set(nthHash(n * 10), n);
    }
    const loaded = await standings.loaded();
    const expected = new Map(source.standings);
    for (let n = 0; n < 10_000; n += 1) {
      const hash = nthHash((n * 7919) % 20_011);
      const standing = (['unknown', 'allowed', 'blocked'] as const)[n % 3] ?? 'unknown';
      source.standings.set(hash, standing);
      expected.set(hash, standing);
      await standings.refresh(hash);
    }
    for (let n = 0; n < 20_011; n += 1) {
      const standing = expected.get(nthHash(n)) ?? 'unknown';
      expect([n, loaded.standingOf(nthHash(n))]).toEqual([n, standing]);
      const downloads = standing === 'unknown' ? 0 : (source.downloads.get(nthHash(n)) ?? 0);
      expect([n, loaded.downloadsOf(nthHash(n))]).toEqual([n, downloads]);
    }
  });
});
