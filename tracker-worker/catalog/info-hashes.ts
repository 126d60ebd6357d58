import {
  type InfoHash,
  type InfoHashes,
  infoHashFromBytes,
  type InfoHashV2,
  infoHashV2FromBytes,
  type TorrentFormat,
} from '../../shared/info-hash.ts';
import { invariant } from '../../shared/invariant.ts';

/** The info-hashes of the raw `info` bytes: SHA-1 (BEP 3), SHA-256 (BEP 52), or both for a hybrid. */
export async function infoHashesOf(
  infoBytes: Uint8Array,
  format: TorrentFormat,
): Promise<InfoHashes> {
  // Copied: a view into a larger buffer may be typed as shared memory, which the digest does not take.
  const bytes = Uint8Array.from(infoBytes);
  if (format === 'v2') return { v1: undefined, v2: await hashV2(bytes) };
  const v2 = format === 'hybrid' ? await hashV2(bytes) : undefined;
  return { v1: await hashV1(bytes), v2 };
}

async function hashV1(bytes: Uint8Array<ArrayBuffer>): Promise<InfoHash> {
  const infoHash = infoHashFromBytes(new Uint8Array(await crypto.subtle.digest('SHA-1', bytes)));
  invariant(infoHash !== undefined, 'a SHA-1 is as long as an info-hash');
  return infoHash;
}

async function hashV2(bytes: Uint8Array<ArrayBuffer>): Promise<InfoHashV2> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  const infoHash = infoHashV2FromBytes(digest);
  invariant(infoHash !== undefined, 'a SHA-256 is as long as a v2 info-hash');
  return infoHash;
}
