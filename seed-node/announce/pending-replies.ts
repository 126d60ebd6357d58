import type { InfoHash } from '../../shared/info-hash.ts';
import type { TrackerReply } from './tracker.ts';

interface Pending {
  readonly resolve: (reply: TrackerReply) => void;
  readonly reject: (error: Error) => void;
}

/**
 * The announces over one WebSocket that wait for what the tracker says. Invariant: each is settled once, by a reply, a
 * failure or its time.
 */
export class PendingReplies {
  readonly #bySwarm = new Map<InfoHash, Pending>();

  /** Waits for the reply about a swarm; after `timeoutMs` it tells `onTimeout` and throws. */
  wait(infoHash: InfoHash, timeoutMs: number, onTimeout: () => void): Promise<TrackerReply> {
    const { promise, resolve, reject } = Promise.withResolvers<TrackerReply>();
    const timer = setTimeout(() => {
      this.reject(infoHash, new Error(`There was no reply after ${timeoutMs} ms`));
      onTimeout();
    }, timeoutMs);
    this.#bySwarm.set(infoHash, { resolve, reject });
    return promise.finally(() => clearTimeout(timer));
  }

  resolve(infoHash: InfoHash, reply: TrackerReply): void {
    const pending = this.#bySwarm.get(infoHash);
    this.#bySwarm.delete(infoHash);
    pending?.resolve(reply);
  }

  /** Without an info-hash it is about the one that has waited longest. */
  reject(infoHash: InfoHash | undefined, error: Error): void {
    const [oldest] = this.#bySwarm.keys();
    const rejected = infoHash ?? oldest;
    if (rejected === undefined) return;
    const pending = this.#bySwarm.get(rejected);
    this.#bySwarm.delete(rejected);
    pending?.reject(error);
  }

  rejectAll(error: Error): void {
    for (const infoHash of this.#bySwarm.keys()) this.reject(infoHash, error);
  }
}
