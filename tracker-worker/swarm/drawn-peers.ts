import { type PeerId, peerIdFromText } from '../../shared/peer-id.ts';
import { invariant } from '../../shared/invariant.ts';
import { PEER_ID_WORDS, pushWord, type SeatKey } from './seat.ts';
import type { SeatTable } from './seat-table.ts';
import type { PeersReply, SocketPeer } from './swarm-announce.ts';

/** The addresses of drawn peers as an HTTP reply carries them, without the asker's own endpoint. */
export function dialledPeers(
  seats: SeatTable,
  drawn: readonly number[],
  asker: { readonly key: SeatKey; readonly port: number; readonly wantsPeerIds: boolean },
): Pick<PeersReply, 'ipv4Peers' | 'ipv6Peers' | 'ipv4PeerIds' | 'ipv6PeerIds'> {
  const ipv4: number[] = [];
  const ipv6: number[] = [];
  const ipv4Ids: number[] = [];
  const ipv6Ids: number[] = [];
  for (const lead of drawn) {
    let seat = lead;
    do {
      const { length: ipv4Length } = ipv4;
      const { length: ipv6Length } = ipv6;
      // A client that was started anew has another peer-id, but must not be sent to itself.
      const next = seats.pushEndpoint(seat, asker, ipv4, ipv6);
      if (asker.wantsPeerIds && ipv4.length > ipv4Length) pushPeerId(seats, seat, ipv4Ids);
      if (asker.wantsPeerIds && ipv6.length > ipv6Length) pushPeerId(seats, seat, ipv6Ids);
      seat = next;
    } while (seat !== lead);
  }
  return {
    ipv4Peers: textOf(ipv4),
    ipv6Peers: textOf(ipv6),
    ipv4PeerIds: textOf(ipv4Ids),
    ipv6PeerIds: textOf(ipv6Ids),
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
  pushPeerId(seats, seat, bytes);
  const peerId = peerIdFromText(textOf(bytes));
  invariant(peerId !== undefined, 'a seat has a whole peer id');
  return peerId;
}

function pushPeerId(seats: SeatTable, seat: number, bytes: number[]): void {
  for (let word = 0; word < PEER_ID_WORDS; word += 1) {
    pushWord(seats.peerIdWord(seat, word), bytes);
  }
}

/** A character a byte. A reply has at most 1,000 peers, so that the call takes all of them as arguments. */
function textOf(bytes: readonly number[]): string {
  return bytes.length === 0 ? '' : String.fromCharCode(...bytes);
}
