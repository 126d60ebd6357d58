import { randomBytes } from 'node:crypto';
import { invariant } from '../shared/invariant.ts';
import { type PeerId, peerIdFromBytes } from '../shared/peer-id.ts';
import { encodeLatin1 } from '../shared/text.ts';

/** Azureus style (BEP 20): `-ET` and a version, then random bytes. */
export function createPeerId(): PeerId {
  const bytes = randomBytes(20);
  bytes.set(encodeLatin1('-ET0100-'));
  const peerId = peerIdFromBytes(bytes);
  invariant(peerId !== undefined, 'a peer id is 20 bytes');
  return peerId;
}
