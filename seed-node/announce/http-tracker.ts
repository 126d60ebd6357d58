import { type AnnounceReply, parseAnnounceReply } from '../../shared/announce.ts';
import { readBounded } from '../http/read-bounded.ts';
import { announceUrl, type SeedAnnounce } from './announce-url.ts';

const MAX_REPLY_BYTES = 1_000_000;
const ANNOUNCE_TIMEOUT_MS = 15_000;

/** A tracker answered, and what it answered is no: `failure reason` (BEP 3), and when to ask again (BEP 31). */
export class TrackerRefusal extends Error {
  readonly retrySeconds: number | undefined;

  constructor(reason: string, retrySeconds: number | undefined) {
    super(reason);
    this.retrySeconds = retrySeconds;
  }
}

export interface HttpTrackerInit {
  readonly url: string;
  /** Proves to our own edge that the `ip` in the announce may be believed. */
  readonly publisherToken: string | undefined;
}

/** One HTTP or HTTPS tracker (BEP 3, BEP 23). */
export class HttpTracker {
  readonly #init: HttpTrackerInit;

  constructor(init: HttpTrackerInit) {
    this.#init = init;
  }

  /** Announces once. Throws `TrackerRefusal` for a refusal, and another error where nobody answered sensibly. */
  async announce(announce: SeedAnnounce, signal: AbortSignal): Promise<AnnounceReply> {
    const { url, publisherToken } = this.#init;
    const response = await fetch(announceUrl(url, announce), {
      headers: publisherToken === undefined ? {} : { authorization: `Bearer ${publisherToken}` },
      redirect: 'error',
      signal: AbortSignal.any([signal, AbortSignal.timeout(ANNOUNCE_TIMEOUT_MS)]),
    });
    const body = await readBounded(response, MAX_REPLY_BYTES);
    if (response.status !== 200) throw new Error(`The tracker answered HTTP ${response.status}`);
    const reply = parseAnnounceReply(body);
    if (!reply.ok) throw new Error(reply.refusal.reason);
    if ('failureReason' in reply.value) {
      throw new TrackerRefusal(reply.value.failureReason, reply.value.retrySeconds);
    }
    return reply.value;
  }
}
