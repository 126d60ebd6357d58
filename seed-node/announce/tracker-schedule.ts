import type { InfoHash } from '../../shared/info-hash.ts';
import { type AnnounceAnswer, nextAnnounceSeconds } from './announce-schedule.ts';
import { DueQueue } from './due-queue.ts';
import type { Pace } from './pace.ts';
import type { Attempt } from './reachability.ts';
import type { TrackerSite } from './tracker-site.ts';

/** How an announce ended. */
export type AnnounceOutcome = AnnounceAnswer | { readonly type: 'unreachable' };

/** A swarm, and what the tracker called us in it. */
export interface Addressed {
  readonly infoHash: InfoHash;
  readonly trackerId: string | undefined;
}

/** An announce whose time has come; it is under way until it is settled. */
export interface DueAnnounce extends Attempt, Addressed {
  /** The tracker has answered before: it knows us. */
  readonly isKnown: boolean;
}

/** How a swarm stands with the tracker. */
export interface SwarmStanding {
  /** `waiting`: it has not answered since we started, or lost what it knew. */
  readonly state: 'announced' | 'refused' | 'waiting';
  readonly answeredAtMs: number | undefined;
  /** Why it was refused. */
  readonly refusal: string | undefined;
}

interface Announced {
  readonly infoHash: InfoHash;
  dueAtMs: number;
  isKnown: boolean;
  isRefused: boolean;
  refusal: string | undefined;
  answeredAtMs: number | undefined;
  /** What is under way was begun before the tracker was last doubted. */
  isDoubted: boolean;
  trackerId: string | undefined;
  underWay: DueAnnounce | undefined;
}

/**
 * When each swarm is announced to one tracker. Pure: time and randomness are arguments.
 *
 * Invariants: a swarm is either under way or in the queue, once; what failed goes behind what waits already, so that
 * one swarm that a tracker cannot bear does not keep the others waiting.
 */
export class TrackerSchedule {
  readonly #site: TrackerSite;
  readonly #pace: Pace;
  readonly #swarms = new Map<InfoHash, Announced>();
  readonly #queue = new DueQueue<Announced>();

  /** `pace` is the tracker's own; the site's holds besides. */
  constructor(site: TrackerSite, pace: Pace) {
    this.#site = site;
    this.#pace = pace;
  }

  get isAway(): boolean {
    return this.#site.isAway;
  }

  /** When `take` has something; never while others must end first. */
  get nextAtMs(): number {
    return Math.max(this.#queue.dueAtMs, this.#pace.nextAtMs, this.#site.nextAtMs);
  }

  add(infoHash: InfoHash, nowMs: number): void {
    if (this.#swarms.has(infoHash)) return;
    const announced: Announced = {
      infoHash,
      dueAtMs: nowMs,
      isKnown: false,
      isRefused: false,
      refusal: undefined,
      answeredAtMs: undefined,
      isDoubted: false,
      trackerId: undefined,
      underWay: undefined,
    };
    this.#swarms.set(infoHash, announced);
    this.#queue.push(announced, nowMs);
  }

  remove(infoHash: InfoHash): void {
    if (this.#swarms.delete(infoHash)) this.#queueAll();
  }

  /** The next announce, where one may begin now. */
  take(nowMs: number): DueAnnounce | undefined {
    if (this.nextAtMs > nowMs) return undefined;
    const announced = this.#queue.pop();
    if (announced === undefined) return undefined;
    this.#pace.start(nowMs);
    const { infoHash, isKnown, trackerId } = announced;
    announced.underWay = { infoHash, isKnown, trackerId, ...this.#site.start(nowMs) };
    return announced.underWay;
  }

  settle(announce: DueAnnounce, outcome: AnnounceOutcome, nowMs: number, random: number): void {
    if (outcome.type === 'unreachable') this.#site.failed(announce, nowMs, random);
    else this.#site.answered();
    const announced = this.#swarms.get(announce.infoHash);
    if (announced === undefined || announced.underWay !== announce) return;
    announced.underWay = undefined;
    announced.dueAtMs = nowMs;
    const isStale = announced.isDoubted && outcome.type === 'reply';
    announced.isDoubted = false;
    if (outcome.type !== 'unreachable') {
      if (!isStale) announced.dueAtMs += nextAnnounceSeconds(outcome, random) * 1_000;
      announced.isKnown = outcome.type === 'reply';
      announced.isRefused = outcome.type === 'refused';
      announced.refusal = outcome.type === 'refused' ? outcome.reason : undefined;
      announced.answeredAtMs = nowMs;
      if (outcome.type === 'reply') announced.trackerId = outcome.trackerId ?? announced.trackerId;
    }
    this.#queue.push(announced, announced.dueAtMs);
  }

  /** The tracker knows us no longer: everything is announced anew, but for what it refuses. */
  forgotten(nowMs: number): void {
    for (const announced of this.#swarms.values()) announced.isKnown = false;
    this.doubted(nowMs);
  }

  /**
   * What the tracker knows may be lost, or no longer true: everything is announced soon, also what is being announced
   * already, but for what it refuses.
   */
  doubted(nowMs: number): void {
    for (const announced of this.#swarms.values()) {
      announced.isDoubted = announced.underWay !== undefined;
      if (!announced.isRefused) announced.dueAtMs = Math.min(announced.dueAtMs, nowMs);
    }
    this.#queueAll();
  }

  /** One announce comes sooner, to find out whether the tracker is still there. */
  probe(nowMs: number): void {
    const announced = this.#queue.pop();
    if (announced === undefined) return;
    announced.dueAtMs = Math.min(announced.dueAtMs, nowMs);
    this.#queue.push(announced, announced.dueAtMs);
  }

  /** How a swarm stands; undefined where it is not announced here. */
  standingOf(infoHash: InfoHash): SwarmStanding | undefined {
    const announced = this.#swarms.get(infoHash);
    if (announced === undefined) return undefined;
    const { isKnown, isRefused, answeredAtMs, refusal } = announced;
    return {
      state: isRefused ? 'refused' : isKnown ? 'announced' : 'waiting',
      answeredAtMs,
      refusal,
    };
  }

  /** The swarms that the tracker has us in. */
  known(): Addressed[] {
    return [...this.#swarms.values()].filter(({ isKnown }) => isKnown);
  }

  #queueAll(): void {
    this.#queue.clear();
    for (const announced of this.#swarms.values()) {
      if (announced.underWay === undefined) this.#queue.push(announced, announced.dueAtMs);
    }
  }
}
