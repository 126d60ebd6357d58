import {
  type AnnounceFailure,
  type AnnounceReply,
  parseAnnounceReply,
} from '../../../shared/announce.ts';
import { bytesOf, decodeBencode, entryOf, integerOf, textOf } from '../../../shared/bencode.ts';
import { formatEndpoint, formatIpAddress, ipAddressFromBytes } from '../../../shared/endpoint.ts';
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

/** Everything that an announce's answer says, as texts and numbers that a table can hold. */
export interface AnswerSummary {
  readonly failure: string | undefined;
  readonly retryIn: string | undefined;
  readonly keys: readonly string[];
  readonly seeders: number | undefined;
  readonly leechers: number | undefined;
  readonly downloads: number | undefined;
  readonly externalAddress: string | undefined;
  readonly form: 'compact' | 'dictionaries' | 'none';
  /** Sorted. */
  readonly peers: readonly string[];
  /** Sorted; empty where the answer names none. */
  readonly peerIds: readonly string[];
}

/** Reads an answer strictly: canonical bencode, all of it. */
export function summarize(bytes: Uint8Array): AnswerSummary {
  const decoded = decodeBencode(bytes, { bytes: 100_000, depth: 4, nodes: 10_000 });
  if (!decoded.ok) throw new Error(decoded.refusal.reason);
  const root = decoded.value;
  const reply = parseAnnounceReply(bytes);
  const peers = entryOf(root, 'peers');
  const external = ipAddressFromBytes(bytesOf(entryOf(root, 'external ip')) ?? new Uint8Array());
  const peerIds = peers?.type === 'list' ? peers.items.map((peer) => entryOf(peer, 'peer id')) : [];
  return {
    failure: textOf(entryOf(root, 'failure reason')),
    retryIn: textOf(entryOf(root, 'retry in')),
    keys: root.type === 'dictionary' ? [...root.entries.keys()] : [],
    seeders: integerOf(entryOf(root, 'complete')),
    leechers: integerOf(entryOf(root, 'incomplete')),
    downloads: integerOf(entryOf(root, 'downloaded')),
    externalAddress: external === undefined ? undefined : formatIpAddress(external),
    form: peers === undefined ? 'none' : peers.type === 'list' ? 'dictionaries' : 'compact',
    peers: reply.ok && 'peers' in reply.value ? peersOf(reply.value) : [],
    peerIds: peerIds
      .map((peerId) => textOf(peerId))
      .filter((peerId) => peerId !== undefined)
      .toSorted(),
  };
}
