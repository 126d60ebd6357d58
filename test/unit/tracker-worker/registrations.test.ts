import { beforeEach, describe, expect, test } from 'vitest';
import { concatBytes } from '../../../shared/bytes.ts';
import { type InfoHash, infoHashBytes } from '../../../shared/info-hash.ts';
import {
  type RegistrationSource,
  Registrations,
} from '../../../tracker-worker/swarm/registrations.ts';
import { infoHash } from './swarm-builders.ts';

/** A catalogue whose answers, true when it was asked, are held until they are let go: the latest overtakes the others. */
class HeldSource implements RegistrationSource {
  readonly registered = new Set<InfoHash>();
  isAway = false;
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

  async registeredIn(): Promise<Uint8Array> {
    if (this.isAway) throw new Error('away');
    return this.#answer(concatBytes([...this.registered].map((hash) => infoHashBytes(hash))));
  }

  async isRegistered(hash: InfoHash): Promise<boolean> {
    return this.#answer(this.registered.has(hash));
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

describe('Registrations', () => {
  let source: HeldSource;
  let registrations: Registrations;
  beforeEach(() => {
    source = new HeldSource();
    registrations = new Registrations(source, { firstByte: 0, lastByte: 255 });
  });
  const loaded = async () => [...(await registrations.loaded())];

  test('loaded() has what the source had', async () => {
    source.registered.add(infoHash('01')).add(infoHash('02'));
    expect(await loaded()).toEqual([infoHash('01'), infoHash('02')]);
  });

  test('loaded() tries again after a failure', async () => {
    source.isAway = true;
    await expect(loaded()).rejects.toThrow('away');
    source.isAway = false;
    source.registered.add(infoHash('01'));
    expect(await loaded()).toEqual([infoHash('01')]);
  });

  test('refresh() takes over both ways', async () => {
    await loaded();
    source.registered.add(infoHash('01'));
    expect(await registrations.refresh(infoHash('01'))).toBe(true);
    expect(await loaded()).toEqual([infoHash('01')]);
    source.registered.delete(infoHash('01'));
    expect(await registrations.refresh(infoHash('01'))).toBe(false);
    expect(await loaded()).toEqual([]);
  });

  test('refresh() is not lost to a load that had begun before the change', async () => {
    source.hold();
    const loading = loaded();
    source.registered.add(infoHash('01'));
    const refreshing = registrations.refresh(infoHash('01'));
    source.letGo();
    await loading;
    await refreshing;
    expect(await loaded()).toEqual([infoHash('01')]);
  });

  test('refresh() ends with the last change, whatever answer comes late', async () => {
    await loaded();
    source.hold();
    source.registered.add(infoHash('01'));
    const first = registrations.refresh(infoHash('01'));
    await asked();
    source.registered.delete(infoHash('01'));
    const second = registrations.refresh(infoHash('01'));
    await asked();
    source.letGo();
    await Promise.all([first, second]);
    expect(await loaded()).toEqual([]);
  });

  test('refresh() that fails does not stop the next', async () => {
    source.isAway = true;
    await expect(registrations.refresh(infoHash('01'))).rejects.toThrow('away');
    source.isAway = false;
    source.registered.add(infoHash('01'));
    expect(await registrations.refresh(infoHash('01'))).toBe(true);
  });
});
