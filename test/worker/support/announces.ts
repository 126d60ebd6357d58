import {
  type AnnounceFailure,
  type AnnounceReply,
  parseAnnounceReply,
} from '../../../shared/announce.ts';
import { formatEndpoint } from '../../../shared/endpoint.ts';
import type { InfoHash } from '../../../shared/info-hash.ts';
import { fetchEdge } from './edge.ts';

/** 40 hex digits as a query writes 20 bytes. */
export function percentEncode(hex: string): string {
  return hex.replaceAll(/../g, '%$&');
}

/** The 20 bytes of a peer-id that ends in `suffix`. */
export function peerIdText(suffix: string): string {
  return `-EV0001-${suffix.padStart(12, '0')}`;
}

/** An announce's query; an entry that is `undefined` is left out. */
export function announceQuery(
  infoHash: InfoHash,
  parameters: Readonly<Record<string, string | undefined>> = {},
): string {
  const all = {
    info_hash: percentEncode(infoHash),
    peer_id: peerIdText('1'),
    port: '6881',
    left: '100',
    ...parameters,
  };
  return Object.entries(all)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => `${key}=${value}`)
    .join('&');
}

/** Sends an announce and reads the answer as a client would. */
export async function announce(
  query: string,
  headers: Record<string, string> = {},
): Promise<AnnounceReply | AnnounceFailure> {
  const response = await fetchEdge(`/announce?${query}`, { headers });
  const reply = parseAnnounceReply(await response.bytes());
  if (!reply.ok) throw new Error(`HTTP ${response.status}: ${reply.refusal.reason}`);
  return reply.value;
}

/** The failure reason, or `undefined` for a reply. */
export function failureOf(answer: AnnounceReply | AnnounceFailure): string | undefined {
  return 'failureReason' in answer ? answer.failureReason : undefined;
}

/** The peers of a reply as texts, sorted. */
export function peersOf(answer: AnnounceReply | AnnounceFailure): string[] {
  if ('failureReason' in answer) throw new Error(`refused: ${answer.failureReason}`);
  return answer.peers.map((peer) => formatEndpoint(peer)).toSorted();
}

/** Seeders and leechers of a reply. */
export function countsOf(answer: AnnounceReply | AnnounceFailure): [number, number] {
  if ('failureReason' in answer) throw new Error(`refused: ${answer.failureReason}`);
  return [answer.seeders, answer.leechers];
}
