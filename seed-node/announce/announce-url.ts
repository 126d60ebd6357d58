import { infoHashBytes } from '../../shared/info-hash.ts';
import { peerIdBytes } from '../../shared/peer-id.ts';
import { encodeLatin1 } from '../../shared/text.ts';
import type { Whereabouts } from './peer-location.ts';
import type { SeedAnnounce } from './tracker.ts';

/**
 * The announce as a GET URL: binary values percent-encoded byte by byte, never as text. `whereabouts` is for our own
 * edge alone; any other tracker is told the announce's port, and no address.
 */
export function announceUrl(
  trackerUrl: string,
  announce: SeedAnnounce,
  whereabouts: Whereabouts = { port: announce.port, address: undefined },
): string {
  const { port, address, ipv6Address } = whereabouts;
  const parameters = [
    `info_hash=${percentEncode(infoHashBytes(announce.infoHash))}`,
    `peer_id=${percentEncode(peerIdBytes(announce.peerId))}`,
    `port=${port}`,
    `uploaded=${announce.uploadedBytes}`,
    'downloaded=0',
    'left=0',
    'compact=1',
    `numwant=${announce.peersWanted}`,
  ];
  if (announce.event !== 'update') parameters.push(`event=${announce.event}`);
  if (address !== undefined) parameters.push(`ip=${encodeURIComponent(address)}`);
  if (ipv6Address !== undefined) parameters.push(`ipv6=${encodeURIComponent(ipv6Address)}`);
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
