import { concatBytes } from '../../shared/bytes.ts';
import { SHA256_BYTES } from '../../shared/merkle.ts';
import { frameMessage, ID, readUint32, writeUint32 } from './message-frame.ts';

/** Hashes of one layer of a file's merkle tree, and of layers above it to prove them (BEP 52, `hash request`). */
export interface HashRequest {
  /** Which file: the root of its tree, 32 bytes. */
  readonly piecesRoot: Uint8Array;
  /** 0 is the layer of the blocks' hashes. */
  readonly baseLayer: number;
  /** The first hash in that layer. */
  readonly index: number;
  /** How many hashes of it. */
  readonly length: number;
  /** Up to how many layers above `baseLayer` uncles are wanted. */
  readonly proofLayers: number;
}

const PAYLOAD_BYTES = SHA256_BYTES + 4 * 4;

/** The request that a payload is; `undefined` for one of any other length. */
export function decodeHashRequest(payload: Uint8Array): HashRequest | undefined {
  if (payload.length !== PAYLOAD_BYTES) return undefined;
  return {
    piecesRoot: payload.subarray(0, SHA256_BYTES),
    baseLayer: readUint32(payload, SHA256_BYTES),
    index: readUint32(payload, SHA256_BYTES + 4),
    length: readUint32(payload, SHA256_BYTES + 8),
    proofLayers: readUint32(payload, SHA256_BYTES + 12),
  };
}

/** The answer: what was asked for, then the hashes. */
export function encodeHashes(request: HashRequest, hashes: Uint8Array): Uint8Array<ArrayBuffer> {
  return frameMessage(ID.hashes, [encodePayload(request), hashes]);
}

/** That the request will not be answered. */
export function encodeHashReject(request: HashRequest): Uint8Array<ArrayBuffer> {
  return frameMessage(ID.hashReject, [encodePayload(request)]);
}

function encodePayload(request: HashRequest): Uint8Array<ArrayBuffer> {
  const numbers = new Uint8Array(4 * 4);
  writeUint32(numbers, 0, request.baseLayer);
  writeUint32(numbers, 4, request.index);
  writeUint32(numbers, 8, request.length);
  writeUint32(numbers, 12, request.proofLayers);
  return concatBytes([request.piecesRoot, numbers]);
}
