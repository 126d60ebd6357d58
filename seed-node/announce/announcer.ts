import type { AnnounceEvent, AnnounceReply } from '../../shared/announce.ts';
import type { Endpoint } from '../../shared/endpoint.ts';
import type { InfoHash } from '../../shared/info-hash.ts';
import type { PeerId } from '../../shared/peer-id.ts';
import type { Log } from '../log.ts';
import { type AnnounceOutcome, nextAnnounceSeconds } from './announce-schedule.ts';
import type { SeedAnnounce } from './announce-url.ts';
import { TrackerRefusal } from './http-tracker.ts';

/** Announces under way at one time. */
const MAX_CONCURRENT = 16;
/** Leechers to dial that we ask for. */
const PEERS_WANTED = 50;
/** How long `stop` waits for all goodbyes together. */
const GOODBYE_TIMEOUT_MS = 3_000;
const TICK_MS = 250;

/** The part of a tracker that the announcer needs. */
export interface Tracker {
  announce(announce: SeedAnnounce, signal: AbortSignal): Promise<AnnounceReply>;
}

/** The part of an announce that tells where we are. */
export type Whereabouts = Pick<SeedAnnounce, 'port' | 'address' | 'ipv6Address'>;

export interface AnnouncerInit {
  readonly tracker: Tracker;
  readonly peerId: PeerId;
  /** Where peers should dial us; asked anew for each announce, as networks change. */
  readonly whereabouts: () => Whereabouts;
  readonly log: Log;
  readonly uploadedBytes: (infoHash: InfoHash) => number;
  /** Peers that the tracker named: leechers that may be dialled. */
  readonly onPeers: (infoHash: InfoHash, peers: readonly Endpoint[]) => void;
}

interface Announced {
  dueAtMs: number;
  /** The tracker has answered since we started: it knows us. */
  isKnown: boolean;
  failuresInARow: number;
  lastFailure: string | undefined;
}

/**
 * Keeps every swarm of the seed box announced to the edge, forever: one timer for all of them.
 *
 * Invariants: `started` until the tracker answers once, then regular announces, `stopped` at the end, `completed`
 * never: a seed downloads nothing; at most one announce of a swarm and `MAX_CONCURRENT` in all are under way.
 */
export class Announcer {
  readonly #init: AnnouncerInit;
  readonly #torrents = new Map<InfoHash, Announced>();
  readonly #underWay = new Set<InfoHash>();
  readonly #stopping = new AbortController();
  #timer: NodeJS.Timeout | undefined;
  #moves = 0;

  constructor(init: AnnouncerInit) {
    this.#init = init;
    this.#timer = setInterval(() => this.#announceDue(), TICK_MS);
  }

  /** Announces the swarm from now on. */
  add(infoHash: InfoHash): void {
    if (this.#torrents.has(infoHash)) return;
    this.#torrents.set(infoHash, {
      dueAtMs: Date.now(),
      isKnown: false,
      failuresInARow: 0,
      lastFailure: undefined,
    });
    this.#announceDue();
  }

  /** We are elsewhere: every swarm is told soon, also those that are just being told where we were. */
  moved(): void {
    this.#moves += 1;
    for (const announced of this.#torrents.values()) announced.dueAtMs = Date.now();
  }

  /** Says goodbye to the tracker for each swarm that it knows, within three seconds in all. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#stopping.abort(new Error('The seed box stops'));
    const timeout = AbortSignal.timeout(GOODBYE_TIMEOUT_MS);
    const known = [...this.#torrents].filter(([, announced]) => announced.isKnown);
    const queue = known.map(([infoHash]) => infoHash);
    const sayGoodbyes = async (): Promise<void> => {
      for (let next = queue.pop(); next !== undefined && !timeout.aborted; next = queue.pop()) {
        await this.#send(next, 'stopped', timeout).catch((error: unknown) => {
          this.#init.log.debug(`The goodbye for ${next} was not heard: ${String(error)}`);
        });
      }
    };
    await Promise.all(Array.from({ length: MAX_CONCURRENT }, sayGoodbyes));
  }

  #announceDue(): void {
    if (this.#timer === undefined) return;
    const nowMs = Date.now();
    for (const [infoHash, announced] of this.#torrents) {
      if (this.#underWay.size >= MAX_CONCURRENT) break;
      if (announced.dueAtMs > nowMs || this.#underWay.has(infoHash)) continue;
      void this.#announce(infoHash, announced);
    }
  }

  async #announce(infoHash: InfoHash, announced: Announced): Promise<void> {
    this.#underWay.add(infoHash);
    const moves = this.#moves;
    const outcome = await this.#attempt(infoHash, announced);
    const seconds = moves === this.#moves ? nextAnnounceSeconds(outcome, Math.random()) : 0;
    announced.dueAtMs = Date.now() + seconds * 1_000;
    this.#underWay.delete(infoHash);
  }

  async #attempt(infoHash: InfoHash, announced: Announced): Promise<AnnounceOutcome> {
    try {
      const event = announced.isKnown ? 'update' : 'started';
      const reply = await this.#send(infoHash, event, this.#stopping.signal);
      if (announced.lastFailure !== undefined)
        this.#init.log.info(`Announcing ${infoHash} works again`);
      announced.isKnown = true;
      announced.failuresInARow = 0;
      announced.lastFailure = undefined;
      this.#init.onPeers(infoHash, reply.peers);
      return { type: 'reply', ...reply };
    } catch (error) {
      if (this.#stopping.signal.aborted) return { type: 'unreachable', failuresInARow: 1 };
      announced.failuresInARow += 1;
      this.#report(infoHash, announced, error);
      return error instanceof TrackerRefusal
        ? { type: 'refused', retrySeconds: error.retrySeconds }
        : { type: 'unreachable', failuresInARow: announced.failuresInARow };
    }
  }

  /** Once a spell of failures, not once a failure. */
  #report(infoHash: InfoHash, announced: Announced, error: unknown): void {
    const failure = error instanceof Error ? error.message : String(error);
    if (failure !== announced.lastFailure) {
      this.#init.log.warn(`Announcing ${infoHash} failed and is tried again`, error);
    }
    announced.lastFailure = failure;
  }

  #send(infoHash: InfoHash, event: AnnounceEvent, signal: AbortSignal): Promise<AnnounceReply> {
    const { tracker, peerId, whereabouts, uploadedBytes } = this.#init;
    return tracker.announce(
      {
        infoHash,
        peerId,
        ...whereabouts(),
        event,
        uploadedBytes: uploadedBytes(infoHash),
        peersWanted: event === 'stopped' ? 0 : PEERS_WANTED,
      },
      signal,
    );
  }
}
