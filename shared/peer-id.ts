import { decodeLatin1, encodeLatin1 } from './text.ts';

declare const brand: unique symbol;

/** The 20 bytes that a client calls itself in one session (BEP 3, BEP 20), one character a byte. */
export type PeerId = string & { readonly [brand]: 'PeerId' };

export const PEER_ID_BYTES = 20;

/** The peer id that 20 raw bytes are; `undefined` for any other length. */
export function peerIdFromBytes(bytes: Uint8Array): PeerId | undefined {
  return peerIdFromText(decodeLatin1(bytes));
}

/** The peer id that 20 characters U+0000 to U+00FF are; `undefined` for any other text. */
export function peerIdFromText(text: string): PeerId | undefined {
  return isPeerId(text) ? text : undefined;
}

function isPeerId(text: string): text is PeerId {
  if (text.length !== PEER_ID_BYTES) return false;
  for (let i = 0; i < PEER_ID_BYTES; i += 1) if (text.charCodeAt(i) > 0xff) return false;
  return true;
}

export function peerIdBytes(peerId: PeerId): Uint8Array<ArrayBuffer> {
  return encodeLatin1(peerId);
}
