import { BLOCK_BYTES } from '../../shared/pieces.ts';
import { decodeHashRequest, type HashRequest } from './hash-message.ts';
import { frameMessage, ID, LENGTH_PREFIX_BYTES, readUint32, writeUint32 } from './message-frame.ts';

/** A run of one piece's bytes that a peer asks for (BEP 3, `request`); not yet checked against any torrent. */
export interface BlockRequest {
  readonly pieceIndex: number;
  readonly beginBytes: number;
  readonly lengthBytes: number;
}

/** What a leecher can say to a seed (BEP 3, 6, 10, 52); `other` is an id that asks nothing of a seed. */
export type PeerMessage =
  | {
      readonly type:
        | 'keep-alive'
        | 'choke'
        | 'unchoke'
        | 'interested'
        | 'not-interested'
        | 'have-all'
        | 'have-none'
        | 'other';
    }
  | { readonly type: 'have'; readonly pieceIndex: number }
  | { readonly type: 'bitfield'; readonly bits: Uint8Array }
  | { readonly type: 'request' | 'cancel'; readonly request: BlockRequest }
  | { readonly type: 'hash-request'; readonly request: HashRequest }
  | { readonly type: 'extended'; readonly extendedId: number; readonly payload: Uint8Array };

/** The most that a `piece` adds to its block: id, index, begin. */
const PIECE_HEADER_BYTES = 9;
/** Extension handshakes, PEX and metadata messages of known clients stay well below this. */
const MAX_EXTENDED_BYTES = 64 * 1024;

/**
 * The longest message that a peer of a torrent with that many pieces can mean: a whole bitfield, a block, or an
 * extended message, whichever is the largest.
 */
export function maxMessageBytes(pieceCount: number): number {
  return Math.max(
    1 + Math.ceil(pieceCount / 8),
    PIECE_HEADER_BYTES + BLOCK_BYTES,
    2 + MAX_EXTENDED_BYTES,
  );
}

/** The message that a frame without its length prefix is; `undefined` where its length does not fit its id. */
export function decodeMessage(frame: Uint8Array): PeerMessage | undefined {
  const id = frame[0];
  if (id === undefined) return { type: 'keep-alive' };
  const payloadBytes = frame.length - 1;
  switch (id) {
    case ID.choke:
      return payloadBytes === 0 ? { type: 'choke' } : undefined;
    case ID.unchoke:
      return payloadBytes === 0 ? { type: 'unchoke' } : undefined;
    case ID.interested:
      return payloadBytes === 0 ? { type: 'interested' } : undefined;
    case ID.notInterested:
      return payloadBytes === 0 ? { type: 'not-interested' } : undefined;
    case ID.have:
      return payloadBytes === 4 ? { type: 'have', pieceIndex: readUint32(frame, 1) } : undefined;
    case ID.haveAll:
      return payloadBytes === 0 ? { type: 'have-all' } : undefined;
    case ID.haveNone:
      return payloadBytes === 0 ? { type: 'have-none' } : undefined;
    case ID.bitfield:
      return { type: 'bitfield', bits: frame.subarray(1) };
    case ID.request:
    case ID.cancel:
      if (payloadBytes !== 12) return undefined;
      return {
        type: id === ID.request ? 'request' : 'cancel',
        request: {
          pieceIndex: readUint32(frame, 1),
          beginBytes: readUint32(frame, 5),
          lengthBytes: readUint32(frame, 9),
        },
      };
    case ID.hashRequest: {
      const request = decodeHashRequest(frame.subarray(1));
      return request && { type: 'hash-request', request };
    }
    case ID.extended: {
      const extendedId = frame[1];
      return extendedId === undefined
        ? undefined
        : { type: 'extended', extendedId, payload: frame.subarray(2) };
    }
    default:
      return { type: 'other' };
  }
}

export const KEEP_ALIVE: Uint8Array = new Uint8Array(LENGTH_PREFIX_BYTES);
export const CHOKE: Uint8Array = frameMessage(ID.choke, []);
export const UNCHOKE: Uint8Array = frameMessage(ID.unchoke, []);
export const HAVE_ALL: Uint8Array = frameMessage(ID.haveAll, []);

export function encodeBitfield(bits: Uint8Array): Uint8Array<ArrayBuffer> {
  return frameMessage(ID.bitfield, [bits]);
}

const pieceHeader = new Uint8Array(LENGTH_PREFIX_BYTES + PIECE_HEADER_BYTES);
const pieceHeaderView = new DataView(pieceHeader.buffer);

/**
 * What stands in front of the block in a `piece` message, the answer to `request`; the block follows it as it is. The
 * bytes are overwritten by the next call.
 */
export function encodePieceHeader(request: BlockRequest): Uint8Array {
  pieceHeaderView.setUint32(0, PIECE_HEADER_BYTES + request.lengthBytes);
  pieceHeader[LENGTH_PREFIX_BYTES] = ID.piece;
  pieceHeaderView.setUint32(LENGTH_PREFIX_BYTES + 1, request.pieceIndex);
  pieceHeaderView.setUint32(LENGTH_PREFIX_BYTES + 5, request.beginBytes);
  return pieceHeader;
}

/** That the request will not be answered with a block (BEP 6). */
export function encodeReject(request: BlockRequest): Uint8Array<ArrayBuffer> {
  const payload = new Uint8Array(12);
  writeUint32(payload, 0, request.pieceIndex);
  writeUint32(payload, 4, request.beginBytes);
  writeUint32(payload, 8, request.lengthBytes);
  return frameMessage(ID.reject, [payload]);
}

/** That the piece may be asked for by a choked peer too (BEP 6). */
export function encodeAllowedFast(pieceIndex: number): Uint8Array<ArrayBuffer> {
  const payload = new Uint8Array(4);
  writeUint32(payload, 0, pieceIndex);
  return frameMessage(ID.allowedFast, [payload]);
}

export function encodeExtended(extendedId: number, payload: Uint8Array): Uint8Array<ArrayBuffer> {
  return frameMessage(ID.extended, [Uint8Array.of(extendedId), payload]);
}
