import { createHash } from 'node:crypto';
import {
  type InfoHash,
  type InfoHashes,
  infoHashFromBytes,
  type InfoHashV2,
  infoHashV2FromBytes,
  type TorrentFormat,
} from '../../shared/info-hash.ts';
import { invariant } from '../../shared/invariant.ts';
import { sha256 } from './sha256.ts';

/** The info-hashes of the raw `info` bytes: SHA-1 (BEP 3), SHA-256 (BEP 52), or both for a hybrid. */
export function infoHashesOf(infoBytes: Uint8Array, format: TorrentFormat): InfoHashes {
  if (format === 'v2') return { v1: undefined, v2: hashV2(infoBytes) };
  return { v1: hashV1(infoBytes), v2: format === 'hybrid' ? hashV2(infoBytes) : undefined };
}

function hashV1(infoBytes: Uint8Array): InfoHash {
  const infoHash = infoHashFromBytes(createHash('sha1').update(infoBytes).digest());
  invariant(infoHash !== undefined, 'SHA-1 makes 20 bytes');
  return infoHash;
}

function hashV2(infoBytes: Uint8Array): InfoHashV2 {
  const infoHash = infoHashV2FromBytes(sha256(infoBytes));
  invariant(infoHash !== undefined, 'SHA-256 makes 32 bytes');
  return infoHash;
}
