import { type IpAddress, ipAddressKey } from '../../shared/endpoint.ts';
import type { PeerId } from '../../shared/peer-id.ts';
import { type Seat, sourceKey } from './peer.ts';

/** The seats of a swarm: found by who and where, counted by where from, and walked by age. */
export class SeatIndex {
  /** By source, then by peer-id and address: a source's count is its map's size. */
  readonly #bySource = new Map<string, Map<string, Seat>>();
  /** A `Set` keeps the order of insertion, and a seat that is seen again goes to its end. */
  readonly #byAge = new Set<Seat>();

  get size(): number {
    return this.#byAge.size;
  }

  find(peerId: PeerId, address: IpAddress): Seat | undefined {
    return this.#bySource.get(sourceKey(address))?.get(seatKey(peerId, address));
  }

  countAt(address: IpAddress): number {
    return this.#bySource.get(sourceKey(address))?.size ?? 0;
  }

  /** The longest unseen first. */
  byAge(): Iterable<Seat> {
    return this.#byAge;
  }

  /** Adds a seat as the one just seen, in place of the one that the same peer had at this address. */
  put(seat: Seat): void {
    this.delete(this.find(seat.peer.id, seat.address));
    const source = sourceKey(seat.address);
    const seats = this.#bySource.get(source) ?? new Map<string, Seat>();
    seats.set(seatKey(seat.peer.id, seat.address), seat);
    this.#bySource.set(source, seats);
    this.#byAge.add(seat);
  }

  delete(seat: Seat | undefined): void {
    if (seat === undefined) return;
    this.#byAge.delete(seat);
    const source = sourceKey(seat.address);
    const seats = this.#bySource.get(source);
    seats?.delete(seatKey(seat.peer.id, seat.address));
    if (seats?.size === 0) this.#bySource.delete(source);
  }
}

function seatKey(peerId: PeerId, address: IpAddress): string {
  return peerId + ipAddressKey(address);
}
