import { type IpAddress, ipAddressKey, isIpv4 } from '../../shared/endpoint.ts';
import type { PeerId } from '../../shared/peer-id.ts';

/** One address of a peer, owned by that address: only announces that come from there change it. */
export interface Seat {
  readonly peer: Peer;
  readonly address: IpAddress;
  readonly port: number;
  readonly isSeeder: boolean;
  readonly seenAtSeconds: number;
}

/** A client in a swarm: one peer-id with an address of either family or both, so that a dual-stack client counts once. */
export interface Peer {
  readonly id: PeerId;
  ipv4: Seat | undefined;
  ipv6: Seat | undefined;
  /** Its `completed` was counted. */
  isCounted: boolean;
  /** Its place in the list that holds it; the list's own business. */
  place: number;
}

export function createPeer(id: PeerId): Peer {
  return { id, ipv4: undefined, ipv6: undefined, isCounted: false, place: 0 };
}

export function seatOf(peer: Peer, address: IpAddress): Seat | undefined {
  return isIpv4(address) ? peer.ipv4 : peer.ipv6;
}

export function setSeat(peer: Peer, address: IpAddress, seat: Seat | undefined): void {
  if (isIpv4(address)) peer.ipv4 = seat;
  else peer.ipv6 = seat;
}

export function seatsOf(peer: Peer): Seat[] {
  return [peer.ipv4, peer.ipv6].filter((seat) => seat !== undefined);
}

/**
 * A peer is a leecher while any of its addresses says so: somebody who announces its peer-id from elsewhere can then
 * not make it a seeder, which other seeders would no longer be told of.
 */
export function isSeeder(peer: Peer): boolean {
  return seatsOf(peer).every((seat) => seat.isSeeder);
}

const IPV6_NETWORK_HEX_DIGITS = 16;

/** Where an announce came from, as far as one party owns it: an IPv4 address, or the /64 that an IPv6 host gets. */
export function sourceKey(address: IpAddress): string {
  const key = ipAddressKey(address);
  return isIpv4(address) ? key : key.slice(0, IPV6_NETWORK_HEX_DIGITS);
}
