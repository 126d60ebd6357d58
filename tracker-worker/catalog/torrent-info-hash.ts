import { type InfoHash, infoHashFromBytes } from '../../shared/info-hash.ts';
import { invariant } from '../../shared/invariant.ts';

/** The v1 info-hash: the SHA-1 of the raw `info` bytes (BEP 3). */
export async function torrentInfoHash(infoBytes: Uint8Array): Promise<InfoHash> {
  // Copied: a view into a larger buffer may be typed as shared memory, which the digest does not take.
  const digest = await crypto.subtle.digest('SHA-1', Uint8Array.from(infoBytes));
  const infoHash = infoHashFromBytes(new Uint8Array(digest));
  invariant(infoHash !== undefined, 'a SHA-1 is as long as an info-hash');
  return infoHash;
}
