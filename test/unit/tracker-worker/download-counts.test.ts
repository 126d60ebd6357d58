import { serialize } from 'node:v8';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { type InfoHash, infoHashFromHex } from '../../../shared/info-hash.ts';
import {
  DownloadCounts,
  MAX_UNREPORTED_INFO_HASHES,
} from '../../../tracker-worker/swarm/download-counts.ts';
import { required } from '../shared/required.ts';
import { infoHash } from './swarm-builders.ts';

const FIRST = 1_795_000_000_000;
const A = infoHash('aa');
const B = infoHash('bb');

function numbered(n: number): InfoHash {
  return required(infoHashFromHex(n.toString(16).padStart(40, '0')));
}

test('DownloadCounts.send() puts what was added into one batch, counted', () => {
  const counts = new DownloadCounts(undefined, FIRST);
  expect([counts.isEmpty, counts.send()]).toEqual([true, undefined]);
  for (const infoHashOf of [A, B, A]) counts.add(infoHashOf);
  expect(counts.isEmpty).toBe(false);
  expect(counts.send()).toEqual({
    sequence: FIRST,
    counts: [
      { infoHash: A, downloads: 2 },
      { infoHash: B, downloads: 1 },
    ],
  });
});

test('DownloadCounts.send() gives the same batch until it is taken, whatever is added', () => {
  const counts = new DownloadCounts(undefined, FIRST);
  counts.add(A);
  const batch = counts.send();
  counts.add(A);
  expect(counts.send()).toEqual(batch);
  counts.taken(FIRST + 1);
  expect(counts.send()).toEqual(batch);
  counts.taken(FIRST);
  expect(counts.isEmpty).toBe(false);
  expect(counts.send()).toEqual({ sequence: FIRST + 1, counts: [{ infoHash: A, downloads: 1 }] });
  counts.taken(FIRST + 1);
  expect(counts.isEmpty).toBe(true);
});

test('DownloadCounts.add() keeps so many info-hashes, and no further one until they are sent', () => {
  const counts = new DownloadCounts(undefined, FIRST);
  for (let n = 0; n <= MAX_UNREPORTED_INFO_HASHES; n += 1) counts.add(numbered(n));
  counts.add(numbered(0));
  const batch = counts.send();
  expect(batch?.counts).toHaveLength(MAX_UNREPORTED_INFO_HASHES);
  expect(batch?.counts[0]).toEqual({ infoHash: numbered(0), downloads: 2 });
  counts.add(numbered(MAX_UNREPORTED_INFO_HASHES));
  counts.taken(FIRST);
  expect(counts.send()?.counts).toHaveLength(1);
});

test('DownloadCounts of the most info-hashes twice fit a value in storage', () => {
  const counts = new DownloadCounts(undefined, FIRST);
  for (let n = 0; n < MAX_UNREPORTED_INFO_HASHES; n += 1) counts.add(numbered(n));
  counts.send();
  for (let n = 0; n < MAX_UNREPORTED_INFO_HASHES; n += 1) counts.add(numbered(n));
  expect(serialize(counts.save()).length).toBeLessThan(2_000_000);
});

test('DownloadCounts counts every download once, however often it is lost and sent again', () => {
  const step = fc.constantFrom('add A', 'add B', 'send', 'send unheard', 'save', 'restart');
  fc.assert(
    fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
      let saved: ReturnType<DownloadCounts['save']> | undefined;
      let counts = new DownloadCounts(saved, FIRST);
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
        else if (does === 'restart') counts = new DownloadCounts(saved, FIRST);
        else send(does === 'send');
      }
      send(true);
      send(true);
      expect(catalogue).toEqual(added);
      expect(counts.isEmpty).toBe(true);
    }),
  );
});
