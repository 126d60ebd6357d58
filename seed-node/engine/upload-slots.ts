/** How many peers of all torrents together are served at one time. */
const DEFAULT_UPLOAD_SLOTS = 64;
/** A peer keeps its slot at least that long while others wait. */
export const SLOT_TURN_MS = 30_000;

/** Whom to tell that its slot came or went. */
export interface SlotChanges<Peer> {
  readonly unchoke: readonly Peer[];
  readonly choke: readonly Peer[];
}

/**
 * Shares a fixed number of upload slots fairly: first come, first served, and whoever has held a slot longest makes
 * room when others have waited a turn.
 *
 * Invariants: a peer is waiting or served, never both; at most `slots` are served; nobody waits while a slot is free.
 */
export class UploadSlots<Peer> {
  readonly #slots: number;
  /** In order of arrival. */
  readonly #waiting = new Set<Peer>();
  /** In order of service, with its start. */
  readonly #served = new Map<Peer, number>();

  constructor(slots: number = DEFAULT_UPLOAD_SLOTS) {
    this.#slots = slots;
  }

  /** A peer wants data. */
  enter(peer: Peer, nowMs: number): SlotChanges<Peer> {
    if (!this.#served.has(peer)) this.#waiting.add(peer);
    return { unchoke: this.#fill(nowMs), choke: [] };
  }

  /** A peer wants nothing any more, or is gone. */
  leave(peer: Peer, nowMs: number): SlotChanges<Peer> {
    this.#waiting.delete(peer);
    const wasServed = this.#served.delete(peer);
    return { unchoke: this.#fill(nowMs), choke: wasServed ? [peer] : [] };
  }

  /** Gives the slots of those whose turn is over to those who wait. Call it every second or so. */
  rotate(nowMs: number): SlotChanges<Peer> {
    const choke: Peer[] = [];
    for (const [peer, sinceMs] of this.#served) {
      if (choke.length >= this.#waiting.size || nowMs - sinceMs < SLOT_TURN_MS) break;
      choke.push(peer);
    }
    for (const peer of choke) this.#served.delete(peer);
    const unchoke = this.#fill(nowMs);
    for (const peer of choke) this.#waiting.add(peer);
    return { unchoke, choke };
  }

  #fill(nowMs: number): Peer[] {
    const unchoke: Peer[] = [];
    for (const peer of this.#waiting) {
      if (this.#served.size >= this.#slots) break;
      this.#waiting.delete(peer);
      this.#served.set(peer, nowMs);
      unchoke.push(peer);
    }
    return unchoke;
  }
}
