import type { DueAnnounce, TrackerSchedule } from './tracker-schedule.ts';

/** A tracker with the swarms that are announced to it. */
export interface Scheduled {
  readonly schedule: TrackerSchedule;
}

/**
 * The one scheduler of all announces: which tracker is told next of which swarm. Pure: time is an argument. Its cost
 * grows with the trackers; swarms that are not due cost nothing.
 */
export class AnnounceScheduler<Tracker extends Scheduled> {
  readonly #trackers: Tracker[] = [];
  /** Which tracker is asked first: each in turn, since those of one site share what it bears. */
  #turn = 0;

  add(tracker: Tracker): void {
    this.#trackers.push(tracker);
  }

  get trackers(): readonly Tracker[] {
    return this.#trackers;
  }

  /** Begins all announces that may begin now. */
  take(nowMs: number): { readonly tracker: Tracker; readonly announce: DueAnnounce }[] {
    const taken: { tracker: Tracker; announce: DueAnnounce }[] = [];
    const inTurn = [...this.#trackers.slice(this.#turn), ...this.#trackers.slice(0, this.#turn)];
    this.#turn = (this.#turn + 1) % Math.max(1, this.#trackers.length);
    for (const tracker of inTurn) {
      let announce = tracker.schedule.take(nowMs);
      while (announce !== undefined) {
        taken.push({ tracker, announce });
        announce = tracker.schedule.take(nowMs);
      }
    }
    return taken;
  }

  /** When `take` has something again; never where nothing waits, or others must end first. */
  get nextAtMs(): number {
    return this.#trackers.reduce(
      (nextAtMs, { schedule }) => Math.min(nextAtMs, schedule.nextAtMs),
      Number.POSITIVE_INFINITY,
    );
  }
}
