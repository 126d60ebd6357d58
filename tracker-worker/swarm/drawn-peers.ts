import { invariant } from '../../shared/invariant.ts';
import { type PeerId, peerIdFromText } from '../../shared/peer-id.ts';
import { StringBuilder } from '../../shared/string-builder.ts';
import { PEER_ID_WORDS, pushWord, type SeatKey } from './seat.ts';
import type { SeatTable } from './seat-table.ts';
import type { PeersReply, SocketPeer } from './swarm-announce.ts';

/** Empty between two replies. */
const ipv4 = new StringBuilder();
const ipv6 = new StringBuilder();
const ipv4Ids = new StringBuilder();
const ipv6Ids = new StringBuilder();

/**
 * The addresses of drawn peers as an HTTP reply carries them, without the asker's own endpoint: those by which the
 * peers were drawn first, then the other ones of the same peers.
 */
export function dialledPeers(
  seats: SeatTable,
  drawn: readonly number[],
  asker: { readonly key: SeatKey; readonly port: number; readonly wantsPeerIds: boolean },
): Pick<PeersReply, 'ipv4Peers' | 'ipv6Peers' | 'ipv4PeerIds' | 'ipv6PeerIds'> {
  let leads = drawn;
  let slots = drawn;
  while (slots.length > 0) {
    seats.gather(slots);
    const nextLeads: number[] = [];
    const nextSlots: number[] = [];
    for (let i = 0; i < slots.length; i += 1) {
      const lead = leads[i] ?? 0;
      const slot = slots[i] ?? 0;
      const { length: ipv4Length } = ipv4;
      const { length: ipv6Length } = ipv6;
      // A client that was started anew has another peer-id, but must not be sent to itself.
      const next = seats.pushEndpoint(i, slot, asker, ipv4, ipv6);
      if (asker.wantsPeerIds && ipv4.length > ipv4Length) pushPeerId(seats, slot, ipv4Ids);
      if (asker.wantsPeerIds && ipv6.length > ipv6Length) pushPeerId(seats, slot, ipv6Ids);
      if (next === lead) continue;
      nextLeads.push(lead);
      nextSlots.push(next);
    }
    leads = nextLeads;
    slots = nextSlots;
  }
  return {
    ipv4Peers: ipv4.take(),
    ipv6Peers: ipv6.take(),
    ipv4PeerIds: ipv4Ids.take(),
    ipv6PeerIds: ipv6Ids.take(),
  };
}

/** The sockets of drawn peers. */
export function socketPeers(seats: SeatTable, drawn: readonly number[]): SocketPeer[] {
  return drawn.map((lead) => {
    let seat = lead;
    while (seats.kind(seat) !== 'socket') seat = seats.next(seat);
    return { peerId: peerIdOf(seats, seat), socket: seats.socket(seat) };
  });
}

function peerIdOf(seats: SeatTable, seat: number): PeerId {
  const bytes: number[] = [];
  for (let word = 0; word < PEER_ID_WORDS; word += 1) {
    pushWord(seats.peerIdWord(seat, word), bytes);
  }
  const peerId = peerIdFromText(String.fromCharCode(...bytes));
  invariant(peerId !== undefined, 'a seat has a whole peer id');
  return peerId;
}

function pushPeerId(seats: SeatTable, seat: number, ids: StringBuilder): void {
  for (let word = 0; word < PEER_ID_WORDS; word += 1) ids.pushWord(seats.peerIdWord(seat, word));
}
