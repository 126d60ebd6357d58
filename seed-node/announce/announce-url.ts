import { infoHashBytes } from '../../shared/info-hash.ts';
import { peerIdBytes } from '../../shared/peer-id.ts';
import { encodeLatin1 } from '../../shared/text.ts';
import type { SeedAnnounce } from './tracker.ts';

/**
 * The announce as a GET URL: binary values percent-encoded byte by byte, never as text. `address` is the one that peers
 * should dial, where it is not the one that the tracker sees; only our own edge is told it.
 */
export function announceUrl(trackerUrl: string, announce: SeedAnnounce, address?: string): string {
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
  if (address !== undefined) parameters.push(`ip=${encodeURIComponent(address)}`);
  if (announce.trackerId !== undefined) {
    parameters.push(`trackerid=${percentEncode(encodeLatin1(announce.trackerId))}`);
  }
  return `${trackerUrl}${trackerUrl.includes('?') ? '&' : '?'}${parameters.join('&')}`;
}

function percentEncode(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += `%${byte.toString(16).padStart(2, '0')}`;
  return text;
}
