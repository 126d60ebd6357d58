import { concatBytes } from '../../shared/bytes.ts';
import type { IpAddress } from '../../shared/endpoint.ts';
import { type InfoHash, infoHashBytes } from '../../shared/info-hash.ts';
import type { PieceIndex, PieceLayout } from '../../shared/pieces.ts';
import { readUint32 } from '../wire/message-frame.ts';

/** SHA-1 of some bytes, 20 bytes: given by the runtime, since the engine has none. */
export type Sha1 = (bytes: Uint8Array) => Uint8Array;

/** The `k` of BEP 6. */
export const MAX_ALLOWED_FAST_PIECES = 10;
/** Bytes that a choked peer may have in all; of larger pieces there are fewer. */
export const MAX_ALLOWED_FAST_BYTES: number = 4 * 1024 * 1024;

/** How many pieces of that torrent a choked peer may have. */
export function allowedFastCount({ pieceCount, pieceLengthBytes }: PieceLayout): number {
  const inBytes = Math.floor(MAX_ALLOWED_FAST_BYTES / pieceLengthBytes);
  return Math.min(MAX_ALLOWED_FAST_PIECES, inBytes, pieceCount);
}

/**
 * `count` distinct pieces that a peer may ask for while it is choked: the same ones whenever it comes back, from
 * wherever in its network (BEP 6, "Allowed Fast Set Generation"; of an IPv6 address, its /64).
 */
export function allowedFastPieces(
  infoHash: InfoHash,
  address: IpAddress,
  layout: PieceLayout,
  count: number,
  sha1: Sha1,
): PieceIndex[] {
  const network = address.length === 4 ? [...address.subarray(0, 3), 0] : address.subarray(0, 8);
  const pieces = new Set<PieceIndex>();
  let hash = sha1(concatBytes([Uint8Array.from(network), infoHashBytes(infoHash)]));
  while (pieces.size < Math.min(count, layout.pieceCount)) {
    for (let offset = 0; offset < 20 && pieces.size < count; offset += 4) {
      const index = layout.pieceIndex(readUint32(hash, offset) % layout.pieceCount);
      if (index !== undefined) pieces.add(index);
    }
    hash = sha1(hash);
  }
  return [...pieces];
}
