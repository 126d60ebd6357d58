import { type InfoHash, infoHashPrefix } from '../../shared/info-hash.ts';
import { Turns } from '../storage/turns.ts';
import {
  type AnnouncedTracker,
  trackerName,
  type TrackerSurroundings,
} from './announced-tracker.ts';
import { HttpTracker, type OwnEdge } from './http-tracker.ts';
import { Pace } from './pace.ts';
import { TrackerReports } from './tracker-reports.ts';
import { TrackerSchedule } from './tracker-schedule.ts';
import { type SiteLimits, TrackerSite } from './tracker-site.ts';
import { WebSocketTracker } from './websocket-tracker.ts';

/** Two thousand torrents take eight seconds; a probe every eight at most finds an edge that is back within ten. */
export const EDGE_LIMITS: SiteLimits = { maxPerSecond: 250, maxUnderWay: 16, maxRetrySeconds: 8 };
/** Over sockets many may be under way: they wait for connections. */
const EDGE_SOCKET_LIMITS: SiteLimits = { maxPerSecond: 250, maxUnderWay: 64, maxRetrySeconds: 8 };
/** The edge takes 50 messages a second from one socket; answers need room too. */
const MAX_PER_SECOND_PER_SOCKET = 20;
/** Connections being opened at one time. */
const MAX_CONNECTING = 8;

export interface EdgeTrackersInit extends TrackerSurroundings {
  /** The edge's origin. */
  readonly edgeUrl: string;
  readonly ownEdge: OwnEdge;
}

/**
 * Our own edge's trackers: HTTP, and a socket for all swarms that share the first byte of their info-hash, since it
 * ends in the shard that owns them. Both are scheduled by that byte, so that what one lost socket brings about costs a
 * 256th of all swarms; over HTTP as over sockets the edge is one site.
 */
export class EdgeTrackers {
  readonly #init: EdgeTrackersInit;
  readonly #http: HttpTracker;
  readonly #httpSite = new TrackerSite(EDGE_LIMITS);
  readonly #httpReports: TrackerReports;
  readonly #socketUrl: string;
  readonly #socketSite = new TrackerSite(EDGE_SOCKET_LIMITS);
  readonly #socketReports: TrackerReports;
  readonly #connecting = new Turns(MAX_CONNECTING);
  /** By prefix: 256 at most. */
  readonly #byPrefix = new Map<string, readonly AnnouncedTracker[]>();

  constructor(init: EdgeTrackersInit) {
    this.#init = init;
    const { edgeUrl, ownEdge, log } = init;
    const url = `${edgeUrl}/announce`;
    this.#http = new HttpTracker({ url, ownEdge, maxGoodbyes: EDGE_LIMITS.maxUnderWay });
    this.#httpReports = new TrackerReports(trackerName(url), log);
    this.#socketUrl = url.replace(/^http/, 'ws');
    this.#socketReports = new TrackerReports(trackerName(this.#socketUrl), log);
  }

  /** Where a swarm is announced at the edge. */
  of(infoHash: InfoHash): readonly AnnouncedTracker[] {
    const prefix = infoHashPrefix(infoHash);
    const known = this.#byPrefix.get(prefix);
    if (known !== undefined) return known;
    const opened = this.#open(prefix);
    this.#byPrefix.set(prefix, opened);
    for (const tracker of opened) this.#init.onOpened(tracker);
    return opened;
  }

  #open(prefix: string): readonly AnnouncedTracker[] {
    const { peerId, answer, onDue, ownEdge } = this.#init;
    const httpSchedule = new TrackerSchedule(this.#httpSite, new Pace(EDGE_LIMITS.maxPerSecond));
    const schedule = new TrackerSchedule(this.#socketSite, new Pace(MAX_PER_SECOND_PER_SOCKET));
    const socket = new WebSocketTracker({
      url: `${this.#socketUrl}/${prefix}`,
      publisherToken: ownEdge.publisherToken,
      peerId,
      answer,
      connecting: this.#connecting,
      onLost: () => {
        schedule.forgotten(Date.now());
        // Whatever ended the shard's sockets may have cost its last announces over HTTP as well.
        httpSchedule.doubted(Date.now());
        onDue();
      },
      onSilent: () => {
        schedule.probe(Date.now());
        onDue();
      },
    });
    return [
      { tracker: this.#http, schedule: httpSchedule, reports: this.#httpReports },
      { tracker: socket, schedule, reports: this.#socketReports },
    ];
  }
}
