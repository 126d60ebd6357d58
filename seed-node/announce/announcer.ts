import type { AnnounceEvent } from '../../shared/announce.ts';
import type { Endpoint } from '../../shared/endpoint.ts';
import type { InfoHash } from '../../shared/info-hash.ts';
import type { PeerId } from '../../shared/peer-id.ts';
import type { AnnounceState } from '../../shared/seeding.ts';
import type { Log } from '../log.ts';
import { AnnounceScheduler } from './announce-scheduler.ts';
import type { AnnouncedTracker } from './announced-tracker.ts';
import { EdgeTrackers } from './edge-trackers.ts';
import { ForeignTrackers } from './foreign-trackers.ts';
import type { OwnEdge } from './http-tracker.ts';
import type { Addressed, AnnounceOutcome, DueAnnounce } from './tracker-schedule.ts';
import { type SeedAnnounce, type Tracker, TrackerRefusal } from './tracker.ts';
import type { UploadCounts } from './upload-counts.ts';
import type { OfferAnswerer } from './websocket-tracker.ts';

/** Leechers to dial that we ask for, and take. */
const PEERS_WANTED = 50;
/** How long `stop` waits for all goodbyes together. */
const GOODBYE_TIMEOUT_MS = 3_000;
/** What comes due meanwhile is begun together. */
const REST_MS = 20;
/** Of what a tracker gives for a reason, kept for each torrent. */
const MAX_REFUSAL_CHARACTERS = 200;
/** A clock that was set, or a machine that slept, is noticed by then. */
const MAX_REST_MS = 60_000;

export interface AnnouncerInit {
  /** The edge's origin. */
  readonly edgeUrl: string;
  readonly ownEdge: OwnEdge;
  readonly peerId: PeerId;
  /** Where trackers that see our address find us: what the router calls the peer port, now. */
  readonly port: () => number;
  readonly log: Log;
  readonly uploads: UploadCounts;
  readonly answer: OfferAnswerer;
  /** Peers that a tracker named: leechers that may be dialled. */
  readonly onPeers: (infoHash: InfoHash, peers: readonly Endpoint[]) => void;
}

/**
 * Keeps every swarm of the seed box announced to the edge and to the torrent's other trackers, forever: one scheduler
 * and one timer for all of them.
 *
 * Invariants: `started` until a tracker answers once, then regular announces, `stopped` at the end, `completed` never:
 * a seed downloads nothing; what the scheduler hands out is settled once.
 */
export class Announcer {
  readonly #init: AnnouncerInit;
  readonly #scheduler = new AnnounceScheduler<AnnouncedTracker>();
  readonly #edge: EdgeTrackers;
  readonly #foreign: ForeignTrackers;
  readonly #stopping = new AbortController();
  #timer: NodeJS.Timeout | undefined;
  #wakesAtMs = Number.POSITIVE_INFINITY;

  constructor(init: AnnouncerInit) {
    this.#init = init;
    const surroundings = {
      ...init,
      onOpened: (tracker: AnnouncedTracker) => this.#scheduler.add(tracker),
      onDue: () => this.#wake(),
    };
    this.#edge = new EdgeTrackers(surroundings);
    this.#foreign = new ForeignTrackers(surroundings);
  }

  /** Announces the swarm to the edge from now on. */
  add(infoHash: InfoHash): void {
    this.#addTo(this.#edge.of(infoHash), infoHash);
  }

  /** Announces the swarm to these trackers of others from now on, and to no other ones. */
  announceElsewhere(infoHash: InfoHash, trackerUrls: readonly string[]): void {
    const trackers = new Set(this.#foreign.of(trackerUrls));
    for (const tracker of this.#foreign.opened) {
      if (!trackers.has(tracker)) tracker.schedule.remove(infoHash);
    }
    this.#addTo([...trackers], infoHash);
  }

  /** How announcing the swarm is going, at each of its trackers. */
  statesOf(infoHash: InfoHash): AnnounceState[] {
    return [...this.#scheduler.trackers].flatMap(({ schedule, reports }) => {
      const standing = schedule.standingOf(infoHash);
      if (standing === undefined) return [];
      const { state, answeredAtMs, refusal } = standing;
      return {
        tracker: reports.name,
        state: schedule.isAway ? 'away' : state,
        lastAt: answeredAtMs === undefined ? null : new Date(answeredAtMs).toISOString(),
        error: refusal ?? null,
      };
    });
  }

  /** Announces the swarm no more. */
  remove(infoHash: InfoHash): void {
    for (const { schedule } of this.#scheduler.trackers) schedule.remove(infoHash);
  }

  /** We are elsewhere: each tracker is told of every swarm soon, as fast as its pace allows. */
  moved(): void {
    const nowMs = Date.now();
    for (const { schedule } of this.#scheduler.trackers) schedule.doubted(nowMs);
    this.#wake();
  }

  /**
   * Says goodbye to each tracker for each swarm that it knows, those with the latest uploads first, within three
   * seconds in all.
   */
  async stop(): Promise<void> {
    if (this.#stopping.signal.aborted) return;
    clearTimeout(this.#timer);
    this.#stopping.abort(new Error('The seed box stops'));
    const signal = AbortSignal.timeout(GOODBYE_TIMEOUT_MS);
    const known = new Map<Tracker, Addressed[]>();
    for (const { tracker, schedule } of this.#scheduler.trackers) {
      const swarms = known.get(tracker) ?? [];
      known.set(tracker, swarms);
      if (!schedule.isAway) for (const addressed of schedule.known()) swarms.push(addressed);
    }
    const { uploads } = this.#init;
    const leave = ([tracker, swarms]: [Tracker, Addressed[]]): Promise<void> => {
      swarms.sort((a, b) => uploads.lastAtMs(b.infoHash) - uploads.lastAtMs(a.infoHash));
      return tracker.leave(
        swarms.map((addressed) => this.#say('stopped', addressed)),
        signal,
      );
    };
    await Promise.all([...known].map(leave));
  }

  #addTo(trackers: readonly AnnouncedTracker[], infoHash: InfoHash): void {
    const nowMs = Date.now();
    for (const { schedule } of trackers) schedule.add(infoHash, nowMs);
    this.#wake();
  }

  /** Sees to it that the timer goes off when something is due. */
  #wake(): void {
    if (this.#stopping.signal.aborted) return;
    const nowMs = Date.now();
    if (this.#wakesAtMs <= nowMs + REST_MS) return;
    const nextAtMs = Math.min(this.#scheduler.nextAtMs, nowMs + MAX_REST_MS);
    const wakesAtMs = Math.max(nextAtMs, nowMs + REST_MS);
    if (wakesAtMs >= this.#wakesAtMs) return;
    clearTimeout(this.#timer);
    this.#wakesAtMs = wakesAtMs;
    this.#timer = setTimeout(() => this.#beginDue(), wakesAtMs - nowMs);
  }

  #beginDue(): void {
    this.#wakesAtMs = Number.POSITIVE_INFINITY;
    for (const { tracker, announce } of this.#scheduler.take(Date.now())) {
      void this.#announce(tracker, announce);
    }
    this.#wake();
  }

  async #announce(announced: AnnouncedTracker, announce: DueAnnounce): Promise<void> {
    const { tracker, schedule, reports } = announced;
    const { infoHash } = announce;
    let outcome: AnnounceOutcome = { type: 'unreachable' };
    let failure: unknown;
    try {
      const said = this.#say(announce.isKnown ? 'update' : 'started', announce);
      const reply = await tracker.announce(said, this.#stopping.signal);
      outcome = { type: 'reply', ...reply };
      this.#init.onPeers(infoHash, reply.peers.slice(0, PEERS_WANTED));
    } catch (error) {
      failure = error;
      if (error instanceof TrackerRefusal) {
        outcome = {
          type: 'refused',
          retrySeconds: error.retrySeconds,
          reason: error.message.slice(0, MAX_REFUSAL_CHARACTERS),
        };
        reports.refused(infoHash, error.message, Date.now());
      }
    }
    if (this.#stopping.signal.aborted) return;
    const wasAway = schedule.isAway;
    schedule.settle(announce, outcome, Date.now(), Math.random());
    if (!wasAway && schedule.isAway) reports.away(failure, Date.now());
    if (wasAway && !schedule.isAway) reports.back(Date.now());
    this.#wake();
  }

  #say(event: AnnounceEvent, { infoHash, trackerId }: Addressed): SeedAnnounce {
    const { peerId, port, uploads } = this.#init;
    return {
      infoHash,
      peerId,
      port: port(),
      event,
      trackerId,
      uploadedBytes: uploads.bytesOf(infoHash),
      peersWanted: event === 'stopped' ? 0 : PEERS_WANTED,
    };
  }
}
