import { invariant } from '../../shared/invariant.ts';
import type { SwarmAnnounce, SwarmOutcome } from './swarm-announce.ts';

/** A call that takes longer holds nobody up: the next request to come makes another. */
export const LATE_CALL_MS = 1000;
/** How long a request waits for an answer that another one is to bring. */
export const MAX_WAIT_MS = 10_000;
/** Calls that one request makes for others: they are paid for out of its processor time and its subrequests. */
export const MAX_CALLS_PER_LEADER = 32;
/** Then the next request to come takes over; where none has come by now, the old leader goes on. */
export const HANDOVER_MS = 50;

/** Announces of one client for one info-hash, one for each of its addresses. */
export type ClientAnnounces = readonly [SwarmAnnounce, ...SwarmAnnounce[]];

export interface AnnounceCallsMeans {
  /** Clients, each with its announces, that one call is made for; 1: no request ever answers another. */
  readonly maxAnnouncesPerCall: number;
  /** Asks the shard: an answer to each announce, in their order. */
  readonly ask: (batch: readonly SwarmAnnounce[]) => Promise<readonly SwarmOutcome[]>;
  /** Lets work of the current request go on when it is answered or its client is gone. */
  readonly keepAlive: (work: Promise<void>) => void;
  readonly nowMs: () => number;
}

interface Waiting {
  readonly announces: ClientAnnounces;
  readonly resolve: (outcome: SwarmOutcome) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * The way of an isolate's announces to one shard: those that have arrived go together in one call, and those that come
 * while it is under way in the next one. A quiet isolate makes a call for each; a busy one pays for a fraction of them.
 *
 * A call is made in the name of one request, the leader, which answers the others too and is kept alive for it.
 */
export class AnnounceCalls {
  readonly #means: AnnounceCallsMeans;
  readonly #waiting: Waiting[] = [];
  /** The call that whoever comes waits for. */
  #call: { readonly startedAtMs: number } | undefined;

  constructor(means: AnnounceCallsMeans) {
    this.#means = means;
  }

  /** The answer to the first of a client's announces; throws where the shard is away. */
  async announce(announces: ClientAnnounces): Promise<SwarmOutcome> {
    const { maxAnnouncesPerCall, ask } = this.#means;
    if (maxAnnouncesPerCall === 1) return outcomeAt(await ask(announces), 0);
    const { promise, resolve, reject } = Promise.withResolvers<SwarmOutcome>();
    this.#waiting.push({ announces, resolve, reject });
    // The runtime ends a request as hung that waits for another one and for nothing of its own. The timer is gone with
    // the request, and is not cleared: an announce would feel it.
    setTimeout(() => {
      reject(new Error(`a shard gave no answer within ${MAX_WAIT_MS} ms`));
    }, MAX_WAIT_MS);
    if (this.#isLeaderNeeded()) this.#means.keepAlive(this.#lead());
    return promise;
  }

  #isLeaderNeeded(): boolean {
    const { maxAnnouncesPerCall, nowMs } = this.#means;
    if (this.#call === undefined || this.#waiting.length >= maxAnnouncesPerCall) return true;
    return nowMs() - this.#call.startedAtMs >= LATE_CALL_MS;
  }

  /** Makes calls until nobody waits or another leads. It never fails: who waits is told. */
  async #lead(): Promise<void> {
    do {
      for (let calls = 0; calls < MAX_CALLS_PER_LEADER; calls += 1) {
        const call = { startedAtMs: this.#means.nowMs() };
        this.#call = call;
        // A turn of the event loop later, when all requests that have arrived by now are waiting too.
        await sleep(0);
        await this.#answer(this.#waiting.splice(0, this.#means.maxAnnouncesPerCall));
        if (this.#call !== call) return;
        if (this.#waiting.length === 0) break;
      }
      this.#call = undefined;
      if (this.#waiting.length > 0) await sleep(HANDOVER_MS);
    } while (this.#call === undefined && this.#waiting.length > 0);
  }

  async #answer(batch: readonly Waiting[]): Promise<void> {
    if (batch.length === 0) return;
    try {
      const outcomes = await this.#means.ask(batch.flatMap(({ announces }) => announces));
      let first = 0;
      for (const { announces, resolve } of batch) {
        resolve(outcomeAt(outcomes, first));
        first += announces.length;
      }
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
  }
}

function outcomeAt(outcomes: readonly SwarmOutcome[], index: number): SwarmOutcome {
  const outcome = outcomes[index];
  invariant(outcome !== undefined, 'every announce has an answer');
  return outcome;
}

async function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => void setTimeout(resolve, ms));
}
