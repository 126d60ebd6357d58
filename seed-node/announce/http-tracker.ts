import { parseAnnounceReply } from '../../shared/announce.ts';
import { announceUrl } from './announce-url.ts';
import { httpGet } from './http-get.ts';
import type { Whereabouts } from './peer-location.ts';
import { type SeedAnnounce, type Tracker, TrackerRefusal, type TrackerReply } from './tracker.ts';

/** Two hundred peers as dictionaries are less. */
const MAX_REPLY_BYTES = 65_536;
const ANNOUNCE_TIMEOUT_MS = 15_000;
const USER_AGENT = 'Evertorrent/0.1';

/** What our own edge is told besides, and no other tracker. */
export interface OwnEdge {
  /** Proves that the addresses may be believed. */
  readonly publisherToken: string;
  /** Where peers should dial us; asked anew for each announce, as networks change. */
  readonly whereabouts: () => Whereabouts;
}

export interface HttpTrackerInit {
  readonly url: string;
  readonly ownEdge?: OwnEdge;
  /** Goodbyes under way at one time. */
  readonly maxGoodbyes: number;
}

/** One HTTP or HTTPS tracker (BEP 3, BEP 23). */
export class HttpTracker implements Tracker {
  readonly #init: HttpTrackerInit;

  constructor(init: HttpTrackerInit) {
    this.#init = init;
  }

  async announce(announce: SeedAnnounce, signal: AbortSignal): Promise<TrackerReply> {
    const { url, ownEdge } = this.#init;
    const { status, body } = await httpGet(announceUrl(url, announce, ownEdge?.whereabouts()), {
      headers: {
        'user-agent': USER_AGENT,
        ...(ownEdge === undefined ? {} : { authorization: `Bearer ${ownEdge.publisherToken}` }),
      },
      maxBytes: MAX_REPLY_BYTES,
      signal: AbortSignal.any([signal, AbortSignal.timeout(ANNOUNCE_TIMEOUT_MS)]),
    });
    const parsed = parseAnnounceReply(body);
    const reply = parsed.ok ? parsed.value : undefined;
    // A refusal may come with any status; what else is not 200 was said by no tracker.
    if (reply !== undefined && 'failureReason' in reply) {
      throw new TrackerRefusal(reply.failureReason, reply.retrySeconds);
    }
    if (status !== 200) throw new Error(`The tracker answered HTTP ${status}`);
    if (reply === undefined) throw new Error('The tracker did not answer as trackers do');
    return reply;
  }

  async leave(goodbyes: readonly SeedAnnounce[], signal: AbortSignal): Promise<void> {
    const queue = goodbyes.values();
    const sayGoodbyes = async (): Promise<void> => {
      for (const goodbye of queue) {
        if (signal.aborted) return;
        await this.announce(goodbye, signal).catch(() => undefined);
      }
    };
    await Promise.all(Array.from({ length: this.#init.maxGoodbyes }, sayGoodbyes));
  }
}
