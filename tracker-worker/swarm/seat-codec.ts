import { concatBytes } from '../../shared/bytes.ts';
import { ipAddressFromBytes, isIpv4 } from '../../shared/endpoint.ts';
import { PEER_ID_BYTES, peerIdBytes, peerIdFromBytes } from '../../shared/peer-id.ts';
import type { SeatRecord } from './seat-record.ts';

/** First byte of every saved swarm; a shard that finds another starts the swarm empty. */
const VERSION = 1;
const FLAG = { ipv6: 1, seeder: 2, counted: 4 } as const;
/** Peer-id, flags, seconds since 1970, port; the address follows. */
const HEAD_BYTES = PEER_ID_BYTES + 1 + 4 + 2;

/** A swarm's seats as the bytes of one database row, in their order. */
export function encodeSeats(seats: readonly SeatRecord[]): Uint8Array<ArrayBuffer> {
  return concatBytes([Uint8Array.of(VERSION), ...seats.map((seat) => encodeSeat(seat))]);
}

function encodeSeat(seat: SeatRecord): Uint8Array {
  const bytes = new Uint8Array(HEAD_BYTES + seat.address.length);
  const view = new DataView(bytes.buffer);
  bytes.set(peerIdBytes(seat.peerId));
  bytes[PEER_ID_BYTES] =
    (isIpv4(seat.address) ? 0 : FLAG.ipv6) |
    (seat.isSeeder ? FLAG.seeder : 0) |
    (seat.isCounted ? FLAG.counted : 0);
  view.setUint32(PEER_ID_BYTES + 1, seat.seenAtSeconds);
  view.setUint16(PEER_ID_BYTES + 5, seat.port);
  bytes.set(seat.address, HEAD_BYTES);
  return bytes;
}

/** The seats in a row's bytes, or `undefined` where the bytes are not what `encodeSeats` makes. */
export function decodeSeats(bytes: Uint8Array): SeatRecord[] | undefined {
  if (bytes[0] !== VERSION) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const seats: SeatRecord[] = [];
  let offset = 1;
  while (offset < bytes.length) {
    const head = offset + HEAD_BYTES;
    if (head > bytes.length) return undefined;
    const flags = bytes[offset + PEER_ID_BYTES] ?? 0;
    const end = head + ((flags & FLAG.ipv6) === 0 ? 4 : 16);
    const peerId = peerIdFromBytes(bytes.subarray(offset, offset + PEER_ID_BYTES));
    const address = ipAddressFromBytes(bytes.slice(head, end));
    if (end > bytes.length || peerId === undefined || address === undefined) return undefined;
    seats.push({
      peerId,
      address,
      port: view.getUint16(offset + PEER_ID_BYTES + 5),
      isSeeder: (flags & FLAG.seeder) !== 0,
      isCounted: (flags & FLAG.counted) !== 0,
      seenAtSeconds: view.getUint32(offset + PEER_ID_BYTES + 1),
    });
    offset = end;
  }
  return seats;
}
