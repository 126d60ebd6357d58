import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { ResidentSwarms } from '../../../tracker-worker/swarm/resident-swarms.ts';
import { EXPIRY, LIMITS, ModelledSwarms, naiveSeatsOf, seatsOf } from './modelled-swarms.ts';
import { anySteps, HASHES, timelessSteps } from './swarm-steps.ts';

test('ResidentSwarms does what plain lists would do, over any sequence', () => {
  fc.assert(
    fc.property(anySteps, fc.integer(), (steps, seed) => {
      const swarms = new ModelledSwarms(seed);
      for (const step of steps) {
        swarms.take(step);
        for (const hash of HASHES) {
          expect(swarms.real.counts(hash)).toEqual(swarms.of(hash).counts());
          expect(seatsOf(swarms.real, hash, swarms.now)).toEqual(naiveSeatsOf(swarms.of(hash)));
        }
        const seats = HASHES.flatMap((hash) => swarms.of(hash).seats);
        expect(swarms.real.hasSeats).toBe(seats.length > 0);
      }
    }),
    { numRuns: 60 },
  );
});

test('ResidentSwarms.replay() of the last checkpoint and the changes since is all of it', () => {
  fc.assert(
    fc.property(anySteps, fc.integer(), (steps, seed) => {
      const swarms = new ModelledSwarms(seed);
      for (const step of steps) {
        swarms.take(step);
        swarms.write();
        swarms.sweep();
        const woken = new ResidentSwarms(LIMITS, seed + 1);
        for (const row of swarms.rows) expect(woken.replay(row, swarms.now, EXPIRY)).toBe(true);
        woken.forgetEmpty();
        for (const hash of HASHES) {
          expect(woken.counts(hash)).toEqual(swarms.real.counts(hash));
          expect(seatsOf(woken, hash, swarms.now)).toEqual(naiveSeatsOf(swarms.of(hash)));
        }
        expect(woken.hasSeats).toBe(swarms.real.hasSeats);
        // What was read is on disk, and is no news.
        expect([woken.changesBytes, woken.hasNewDownloads]).toEqual([0, false]);
      }
    }),
    { numRuns: 40 },
  );
});

test('ResidentSwarms counts each download as plain lists would, also after it has slept', () => {
  fc.assert(
    fc.property(timelessSteps, timelessSteps, fc.integer(), (before, after, seed) => {
      const swarms = new ModelledSwarms(seed);
      for (const step of before) swarms.take(step);
      swarms.write();
      const woken = new ModelledSwarms(seed + 1, swarms.naive);
      for (const row of swarms.rows) woken.real.replay(row, swarms.now, EXPIRY);
      for (const step of after) woken.take(step);
      for (const hash of HASHES) {
        expect(woken.real.counts(hash)).toEqual(woken.of(hash).counts());
      }
    }),
    { numRuns: 100 },
  );
});

test('ResidentSwarms that all have left hold nobody, and keep their downloads', () => {
  fc.assert(
    fc.property(anySteps, fc.integer(), (steps, seed) => {
      const swarms = new ModelledSwarms(seed);
      for (const step of steps) swarms.take(step);
      swarms.take({ does: 'wait', seconds: 3600 });
      expect(swarms.real.hasSeats).toBe(false);
      expect([...swarms.real.all()]).toEqual([]);
      for (const hash of HASHES) {
        expect(swarms.real.counts(hash)).toEqual(swarms.of(hash).counts());
      }
    }),
    { numRuns: 30 },
  );
});
