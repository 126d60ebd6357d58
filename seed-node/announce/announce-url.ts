import type { AnnounceEvent } from '../../shared/announce.ts';
import { type InfoHash, infoHashBytes } from '../../shared/info-hash.ts';
import { type PeerId, peerIdBytes } from '../../shared/peer-id.ts';

/** What the seed box tells a tracker about one torrent (BEP 3). */
export interface SeedAnnounce {
  readonly infoHash: InfoHash;
  readonly peerId: PeerId;
  readonly port: number;
  readonly uploadedBytes: number;
  readonly event: AnnounceEvent;
  readonly peersWanted: number;
  /** The address that peers should dial, where it is not the one that the tracker sees. */
  readonly address: string | undefined;
  /** An IPv6 address that peers may dial as well, beside the one that the tracker sees (BEP 7). */
  readonly ipv6Address?: string | undefined;
}

/** The announce as a GET URL: binary values percent-encoded byte by byte, never as text. */
export function announceUrl(trackerUrl: string, announce: SeedAnnounce): string {
  const parameters = [
    `info_hash=${percentEncode(infoHashBytes(announce.infoHash))}`,
    `peer_id=${percentEncode(peerIdBytes(announce.peerId))}`,
    `port=${announce.port}`,
    `uploaded=${announce.uploadedBytes}`,
    'downloaded=0',
    'left=0',
    'compact=1',
    `numwant=${announce.peersWanted}`,
  ];
  if (announce.event !== 'update') parameters.push(`event=${announce.event}`);
  if (announce.address !== undefined) parameters.push(`ip=${encodeURIComponent(announce.address)}`);
  if (announce.ipv6Address !== undefined)
    parameters.push(`ipv6=${encodeURIComponent(announce.ipv6Address)}`);
  return `${trackerUrl}${trackerUrl.includes('?') ? '&' : '?'}${parameters.join('&')}`;
}

function percentEncode(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += `%${byte.toString(16).padStart(2, '0')}`;
  return text;
}
