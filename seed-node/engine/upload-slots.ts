/** How many peers of all torrents together are served at one time. */
const DEFAULT_UPLOAD_SLOTS = 64;
/** A peer that makes use of its slot keeps it at least that long while others wait. */
export const SLOT_TURN_MS = 30_000;
/** A peer that takes nothing for so long makes room for one that waits. */
export const SLOT_IDLE_MS = 10_000;

/** Whom to tell that its slot came or went. */
export interface SlotChanges<Peer> {
  readonly unchoke: readonly Peer[];
  readonly choke: readonly Peer[];
}

/**
 * Shares a fixed number of upload slots fairly: torrents take turns, and of one torrent first come is first served.
 * Whoever has held a slot longest, or takes nothing, makes room for those who wait.
 *
 * Invariants: a peer is waiting or served, never both; at most `slots` are served; nobody waits while a slot is free.
 */
export class UploadSlots<Peer, Torrent> {
  readonly #slots: number;
  /** Those who wait in order of arrival; the torrents in the order of their next turns. */
  readonly #waiting = new Map<Torrent, Set<Peer>>();
  /** In order of service, with its start. */
  readonly #served = new Map<Peer, number>();
  /** Of everyone who waits or is served. */
  readonly #torrentOf = new Map<Peer, Torrent>();

  constructor(slots: number = DEFAULT_UPLOAD_SLOTS) {
    this.#slots = slots;
  }

  get servedCount(): number {
    return this.#served.size;
  }

  get waitingCount(): number {
    return this.#torrentOf.size - this.#served.size;
  }

  /** A peer wants data of a torrent. */
  enter(peer: Peer, torrent: Torrent, nowMs: number): SlotChanges<Peer> {
    if (!this.#torrentOf.has(peer)) this.#queue(peer, torrent);
    return { unchoke: this.#fill(nowMs), choke: [] };
  }

  /** A peer wants nothing any more, or is gone. */
  leave(peer: Peer, nowMs: number): SlotChanges<Peer> {
    const torrent = this.#torrentOf.get(peer);
    this.#torrentOf.delete(peer);
    const wasServed = this.#served.delete(peer);
    if (torrent !== undefined && !wasServed) this.#unqueue(peer, torrent);
    return { unchoke: this.#fill(nowMs), choke: wasServed ? [peer] : [] };
  }

  /**
   * Gives the slots of those who take nothing, then of those whose turn is over, to those who wait. `lastUsedAtMs`
   * tells when a peer was last sent data, if ever. Call it every second or so.
   */
  rotate(nowMs: number, lastUsedAtMs: (peer: Peer) => number): SlotChanges<Peer> {
    const wanted = this.waitingCount;
    const idle: Peer[] = [];
    const over: Peer[] = [];
    for (const [peer, sinceMs] of wanted === 0 ? [] : this.#served) {
      const isIdle = nowMs - Math.max(sinceMs, lastUsedAtMs(peer)) >= SLOT_IDLE_MS;
      if (isIdle) idle.push(peer);
      else if (nowMs - sinceMs >= SLOT_TURN_MS) over.push(peer);
    }
    const choke = [...idle, ...over].slice(0, wanted);
    for (const peer of choke) this.#served.delete(peer);
    const unchoke = this.#fill(nowMs);
    for (const peer of choke) {
      const torrent = this.#torrentOf.get(peer);
      if (torrent !== undefined) this.#queue(peer, torrent);
    }
    return { unchoke, choke };
  }

  #queue(peer: Peer, torrent: Torrent): void {
    const queue = this.#waiting.get(torrent) ?? new Set();
    this.#waiting.set(torrent, queue.add(peer));
    this.#torrentOf.set(peer, torrent);
  }

  #unqueue(peer: Peer, torrent: Torrent): void {
    const queue = this.#waiting.get(torrent);
    queue?.delete(peer);
    if (queue?.size === 0) this.#waiting.delete(torrent);
  }

  #fill(nowMs: number): Peer[] {
    const unchoke: Peer[] = [];
    while (this.#served.size < this.#slots) {
      const [next] = this.#waiting;
      const [peer] = next?.[1] ?? [];
      if (next === undefined || peer === undefined) break;
      const [torrent, queue] = next;
      // The torrent has had its turn.
      this.#waiting.delete(torrent);
      queue.delete(peer);
      if (queue.size > 0) this.#waiting.set(torrent, queue);
      this.#served.set(peer, nowMs);
      unchoke.push(peer);
    }
    return unchoke;
  }
}
