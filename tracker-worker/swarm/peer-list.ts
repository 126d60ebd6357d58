import type { Peer } from './peer.ts';

/** Uniform in [0, 1), as `Math.random`. */
export type Random = () => number;

/** A set of peers in no order, that peers are drawn from at random. A peer is in one list at a time. */
export class PeerList {
  readonly #peers: Peer[] = [];

  get size(): number {
    return this.#peers.length;
  }

  has(peer: Peer): boolean {
    return this.#peers[peer.place] === peer;
  }

  add(peer: Peer): void {
    this.#put(this.#peers.length, peer);
  }

  remove(peer: Peer): void {
    if (!this.has(peer)) return;
    const last = this.#peers.pop();
    if (last !== undefined && last !== peer) this.#put(peer.place, last);
  }

  /** Up to `count` different peers other than `asker`, each set as likely as any other, in O(`count`). */
  draw(count: number, asker: Peer | undefined, random: Random): Peer[] {
    // One more than wanted, in case that the asker is drawn. The first steps of a Fisher-Yates shuffle, in
    // place: the list has no order that it could disturb.
    const isListed = asker !== undefined && this.has(asker);
    const drawn = Math.min(count + (isListed ? 1 : 0), this.#peers.length);
    for (let i = 0; i < drawn; i += 1) {
      this.#swap(i, i + Math.floor(random() * (this.#peers.length - i)));
    }
    const others = this.#peers.slice(0, drawn).filter((peer) => peer !== asker);
    return others.slice(0, count);
  }

  #swap(a: number, b: number): void {
    const peerA = this.#peers[a];
    const peerB = this.#peers[b];
    if (peerA === undefined || peerB === undefined) return;
    this.#put(a, peerB);
    this.#put(b, peerA);
  }

  #put(place: number, peer: Peer): void {
    this.#peers[place] = peer;
    // oxlint-disable-next-line no-param-reassign -- a peer carries its place, so that it is found without a search
    peer.place = place;
  }
}
