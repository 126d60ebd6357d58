/** The longest that can be asked for at a time: the longest block of a peer. */
export const MAX_ASK_BYTES: number = 128 * 1024;
/** What those who wait get in each round: one block of most clients. */
const QUANTUM_BYTES = 16 * 1024;

interface Ask<Work> {
  readonly bytes: number;
  readonly work: Work;
}

/** Of one who waits. */
interface Share<Work> {
  readonly asks: Ask<Work>[];
  /** What it was given in rounds before and has not used. */
  creditBytes: number;
}

interface Turn<Taker, Work> {
  readonly taker: Taker;
  readonly share: Share<Work>;
  readonly ask: Ask<Work>;
}

/**
 * Shares out so many bytes a second: a token bucket, and those who wait take turns by bytes (deficit round robin), so
 * that who asks for long blocks, or for many, gets no more than others.
 *
 * Invariants: in any span of time no more than `bytesPerSecond` of it and `burstBytes` is let through; what one asked
 * for is let through in its order; whoever waits gets its quantum once a round.
 */
export class UploadRate<Taker, Work> {
  readonly #bytesPerSecond: number;
  /** What a quiet second leaves for later, and room for the longest block. */
  readonly burstBytes: number;
  readonly #waiting = new Map<Taker, Share<Work>>();
  #tokens: number;
  #filledAtMs: number;

  constructor(bytesPerSecond: number, nowMs: number) {
    this.#bytesPerSecond = bytesPerSecond;
    this.burstBytes = Math.max(bytesPerSecond, MAX_ASK_BYTES);
    this.#tokens = this.burstBytes;
    this.#filledAtMs = nowMs;
  }

  /** Takers that wait. */
  get waitingCount(): number {
    return this.#waiting.size;
  }

  /** Puts work for that many bytes, at most `MAX_ASK_BYTES`, into the queue; `release` gives it back. */
  ask(taker: Taker, bytes: number, work: Work): void {
    const share = this.#waiting.get(taker) ?? { asks: [], creditBytes: 0 };
    share.asks.push({ bytes, work });
    this.#waiting.set(taker, share);
  }

  /** A taker is gone: what it waited for is forgotten. */
  leave(taker: Taker): void {
    this.#waiting.delete(taker);
  }

  /** The work whose turn has come. */
  release(nowMs: number): Work[] {
    this.#fill(nowMs);
    const released: Work[] = [];
    for (let turn = this.#turn(); turn !== undefined; turn = this.#turn()) {
      const { taker, share, ask } = turn;
      if (ask.bytes > this.#tokens) break;
      this.#tokens -= ask.bytes;
      share.creditBytes -= ask.bytes;
      share.asks.shift();
      if (share.asks.length === 0) this.#waiting.delete(taker);
      released.push(ask.work);
    }
    return released;
  }

  /** In how many milliseconds there is work to release, of those who wait now; undefined where nobody does. */
  msToNext(nowMs: number): number | undefined {
    this.#fill(nowMs);
    const turn = this.#turn();
    if (turn === undefined) return undefined;
    const missingBytes = turn.ask.bytes - this.#tokens;
    return Math.max(0, Math.ceil((missingBytes * 1_000) / this.#bytesPerSecond));
  }

  /** Whose turn it is: the first whose credit is enough for what it asks. The others get credit on the way. */
  #turn(): Turn<Taker, Work> | undefined {
    for (;;) {
      const [first] = this.#waiting;
      const [taker, share] = first ?? [];
      const ask = share?.asks[0];
      if (taker === undefined || share === undefined || ask === undefined) return undefined;
      if (share.creditBytes >= ask.bytes) return { taker, share, ask };
      share.creditBytes += QUANTUM_BYTES;
      this.#waiting.delete(taker);
      this.#waiting.set(taker, share);
    }
  }

  #fill(nowMs: number): void {
    // A clock that was set back gives nothing.
    const passedMs = Math.max(0, nowMs - this.#filledAtMs);
    this.#filledAtMs = nowMs;
    const tokens = this.#tokens + (passedMs * this.#bytesPerSecond) / 1_000;
    this.#tokens = Math.min(this.burstBytes, tokens);
  }
}
