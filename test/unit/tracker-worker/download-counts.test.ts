import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { InfoHash } from '../../../shared/info-hash.ts';
import { DownloadCounts } from '../../../tracker-worker/swarm/download-counts.ts';
import { infoHash } from './swarm-builders.ts';

const A = infoHash('aa');
const B = infoHash('bb');

test('DownloadCounts.send() puts what was added into one batch, counted', () => {
  const counts = new DownloadCounts(undefined);
  expect([counts.isEmpty, counts.send()]).toEqual([true, undefined]);
  for (const infoHashOf of [A, B, A]) counts.add(infoHashOf);
  expect(counts.isEmpty).toBe(false);
  expect(counts.send()).toEqual({
    sequence: 1,
    counts: [
      { infoHash: A, downloads: 2 },
      { infoHash: B, downloads: 1 },
    ],
  });
});

test('DownloadCounts.send() gives the same batch until it is taken, whatever is added', () => {
  const counts = new DownloadCounts(undefined);
  counts.add(A);
  const batch = counts.send();
  counts.add(A);
  expect(counts.send()).toEqual(batch);
  counts.taken(2);
  expect(counts.send()).toEqual(batch);
  counts.taken(1);
  expect(counts.isEmpty).toBe(false);
  expect(counts.send()).toEqual({ sequence: 2, counts: [{ infoHash: A, downloads: 1 }] });
  counts.taken(2);
  expect(counts.isEmpty).toBe(true);
});

test('DownloadCounts counts every download once, however often it is lost and sent again', () => {
  const step = fc.constantFrom('add A', 'add B', 'send', 'send unheard', 'save', 'restart');
  fc.assert(
    fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
      let saved: ReturnType<DownloadCounts['save']> | undefined;
      let counts = new DownloadCounts(saved);
      const keep = (): void => {
        saved = structuredClone(counts.save());
      };
      const added = new Map<InfoHash, number>();
      const catalogue = new Map<InfoHash, number>();
      let lastTaken = 0;
      /** What the catalogue does with a batch. */
      const receive = (batch: ReturnType<DownloadCounts['send']>): void => {
        if (batch === undefined || batch.sequence <= lastTaken) return;
        lastTaken = batch.sequence;
        for (const one of batch.counts) {
          catalogue.set(one.infoHash, (catalogue.get(one.infoHash) ?? 0) + one.downloads);
        }
      };
      const send = (isHeard: boolean): void => {
        const batch = counts.send();
        keep();
        receive(batch);
        if (isHeard && batch !== undefined) counts.taken(batch.sequence);
      };
      for (const does of steps) {
        if (does.startsWith('add')) {
          const added1 = does === 'add A' ? A : B;
          counts.add(added1);
          keep();
          added.set(added1, (added.get(added1) ?? 0) + 1);
        } else if (does === 'save') keep();
        else if (does === 'restart') counts = new DownloadCounts(saved);
        else send(does === 'send');
      }
      send(true);
      send(true);
      expect(catalogue).toEqual(added);
      expect(counts.isEmpty).toBe(true);
    }),
  );
});
