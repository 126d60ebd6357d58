import { Turns } from '../storage/turns.ts';
import {
  type AnnouncedTracker,
  trackerName,
  type TrackerSurroundings,
} from './announced-tracker.ts';
import { HttpTracker } from './http-tracker.ts';
import { Pace } from './pace.ts';
import { TrackerReports } from './tracker-reports.ts';
import { TrackerSchedule } from './tracker-schedule.ts';
import { type SiteLimits, TrackerSite } from './tracker-site.ts';
import { WebSocketTracker } from './websocket-tracker.ts';

/** Trackers of others, of all torrents together. */
const MAX_FOREIGN_TRACKERS = 100;
/** Of one torrent, the first ones first. */
const MAX_FOREIGN_TRACKERS_PER_TORRENT = 20;
/** Two thousand torrents take 40 seconds. One that is away is asked every five minutes in the end. */
const HTTP_LIMITS: SiteLimits = { maxPerSecond: 50, maxUnderWay: 4, maxRetrySeconds: 300 };
const SOCKET_LIMITS: SiteLimits = { maxPerSecond: 20, maxUnderWay: 16, maxRetrySeconds: 300 };

export interface ForeignTrackersInit extends TrackerSurroundings {
  /** Our own edge's origin: it is announced to otherwise. */
  readonly edgeUrl: string;
}

/**
 * The trackers of others that torrents name. Each has limits of its own, so that one that hangs, lies or refuses slows
 * down nobody else, and is told nothing that is the edge's alone: neither the publisher token nor an address.
 */
export class ForeignTrackers {
  readonly #init: ForeignTrackersInit;
  readonly #edgeHost: string;
  readonly #byUrl = new Map<string, AnnouncedTracker>();
  readonly #told = new Set<string>();

  constructor(init: ForeignTrackersInit) {
    this.#init = init;
    this.#edgeHost = new URL(init.edgeUrl).host;
  }

  get opened(): Iterable<AnnouncedTracker> {
    return this.#byUrl.values();
  }

  /** Those of `urls` that can be announced to. */
  of(urls: readonly string[]): AnnouncedTracker[] {
    const normal = new Set(urls.flatMap((url) => this.#normalise(url) ?? []));
    const opened = [...normal]
      .slice(0, MAX_FOREIGN_TRACKERS_PER_TORRENT)
      .map((url) => this.#open(url));
    return opened.filter((tracker) => tracker !== undefined);
  }

  /** The URL that is asked; undefined for what is not announced to from here. */
  #normalise(text: string): string | undefined {
    const url = URL.parse(text);
    if (url === null || url.host === this.#edgeHost) return undefined;
    if (url.protocol === 'udp:') {
      this.#tellOnce('udp', `Trackers over UDP are not announced to: ${url.host}`);
      return undefined;
    }
    if (!/^(https?|wss?):$/.test(url.protocol)) return undefined;
    url.hash = '';
    return url.href;
  }

  #open(url: string): AnnouncedTracker | undefined {
    const known = this.#byUrl.get(url);
    if (known !== undefined) return known;
    if (this.#byUrl.size >= MAX_FOREIGN_TRACKERS) {
      this.#tellOnce('many', `More than ${MAX_FOREIGN_TRACKERS} trackers are not announced to`);
      return undefined;
    }
    const tracker = url.startsWith('ws') ? this.#openSocket(url) : this.#openHttp(url);
    this.#byUrl.set(url, tracker);
    this.#init.onOpened(tracker);
    return tracker;
  }

  #openHttp(url: string): AnnouncedTracker {
    return {
      tracker: new HttpTracker({ url, maxGoodbyes: HTTP_LIMITS.maxUnderWay }),
      schedule: scheduleOf(HTTP_LIMITS),
      reports: new TrackerReports(trackerName(url), this.#init.log),
    };
  }

  #openSocket(url: string): AnnouncedTracker {
    const { peerId, answer, log, onDue } = this.#init;
    const schedule = scheduleOf(SOCKET_LIMITS);
    const tracker = new WebSocketTracker({
      url,
      peerId,
      answer,
      connecting: new Turns(1),
      onLost: () => {
        schedule.forgotten(Date.now());
        onDue();
      },
      onSilent: () => {
        schedule.probe(Date.now());
        onDue();
      },
    });
    return { tracker, schedule, reports: new TrackerReports(trackerName(url), log) };
  }

  #tellOnce(what: string, line: string): void {
    if (!this.#told.has(what)) this.#init.log.warn(line);
    this.#told.add(what);
  }
}

function scheduleOf(limits: SiteLimits): TrackerSchedule {
  return new TrackerSchedule(new TrackerSite(limits), new Pace(limits.maxPerSecond));
}
